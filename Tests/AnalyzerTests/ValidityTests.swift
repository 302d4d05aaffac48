import Testing
import TraceFormat

@testable import Analyzer

@Suite struct ValidityTests {
    /// A hundred good requests, of which the last `late` left late by the client's doing.
    private func run(late: Int = 0, by lateness: Int64 = 2000) -> SyntheticRun {
        var run = SyntheticRun()
        for number in 0..<1000 {
            let isLate = number >= 1000 - late
            run.answer(
                "/health",
                due: Int64(number) * 10,
                service: 500,
                late: isLate ? lateness : 0
            )
        }
        return run
    }

    private func failedChecks(_ run: SyntheticRun) -> [String] {
        run.analysed().validity.checks.filter { $0.result == .failed }.map(\.name)
    }

    @Test func cleanRunIsValid() {
        let validity = run().analysed().validity
        #expect(validity.isValid)
        #expect(validity.reasons == [])
        let untold = validity.checks.filter { $0.result != .passed }
        #expect(untold.map(\.name) == ["stolen_time", "own_work", "descriptors"])
        #expect(untold.allSatisfy { $0.result == .notApplicable })
        #expect(validity.doubts.isEmpty)
    }

    @Test(arguments: [(50 as UInt64, true), (51, false)])
    func aHostThatTakesTheProcessorsAwayMakesARunInvalid(stolen: UInt64, isValid: Bool) {
        var run = run()
        run.ending?.ledger["machine", "processor_ticks"] = 1000
        run.ending?.ledger["machine", "stolen_ticks"] = stolen
        #expect(failedChecks(run) == (isValid ? [] : ["stolen_time"]))
        run.ending?.ledger["machine", "processor_ticks"] = 99
        #expect(failedChecks(run) == [])
    }

    @Test(arguments: [(8_000_000 as UInt64, true), (8_100_000, false)])
    func aClientThatNeedsAllProcessorsMakesARunInvalid(microseconds: UInt64, isValid: Bool) {
        var run = run()
        run.ending?.ledger["machine", "processor_ticks"] = 1000
        run.ending?.ledger["client", "user_microseconds"] = microseconds / 2
        run.ending?.ledger["client", "system_microseconds"] = microseconds / 2
        #expect(failedChecks(run) == (isValid ? [] : ["own_work"]))
    }

    @Test func aClientThatSpinsUsesItsProcessorsOnPurpose() {
        var run = run()
        run.ending?.ledger["machine", "processor_ticks"] = 1000
        run.ending?.ledger["client", "user_microseconds"] = 10_000_000
        #expect(failedChecks(run) == ["own_work"])
        run.info.environment["spin"] = "auto (on)"
        #expect(failedChecks(run) == [])
        run.info.environment["spin"] = "auto (off)"
        #expect(failedChecks(run) == ["own_work"])
    }

    @Test func lateRequestsMakeARunInvalidBeyondOnePerCent() {
        #expect(failedChecks(run(late: 10)) == [])
        #expect(failedChecks(run(late: 11)) == ["client_lag", "late_requests"])
        #expect(failedChecks(run(late: 11, by: 999)) == [])
    }

    @Test(arguments: [(100_000 as UInt64, true), (100_001, false)])
    func aClientThatStalledForLongSawTooMuchLate(microseconds: UInt64, isValid: Bool) {
        var run = run()
        run.ending?.ledger["client", "longest_stall_microseconds"] = microseconds
        #expect(failedChecks(run) == (isValid ? [] : ["stalls"]))
    }

    @Test func aRunWithoutAnySuccessIsNoPass() {
        var run = SyntheticRun()
        for due in 0..<20 as Range<Int64> {
            run.answer("/health", due: due, service: 10, status: 404)
        }
        #expect(failedChecks(run) == ["succeeded"])
    }

    @Test func aDamagedTraceMakesTheRunInvalid() {
        var run = run()
        run.ending?.ledger["trace", "damages"] = 1
        #expect(failedChecks(run) == ["whole_trace"])
    }

    @Test func whatAStoppedRunNeverCameToIsUnsent() {
        var run = SyntheticRun()
        for due in 0..<20 as Range<Int64> { run.answer("/health", due: due, service: 10) }
        run.ending?.isPartial = true
        let counts = run.analysed(planned: 50).overall.counts
        #expect(counts.sent == 20)
        #expect(counts.unsentReasons == [.interrupted: 30])
        #expect(counts.total == 50)
        #expect(counts.addUp)
    }

    @Test func waitingForTheTargetIsNotTheClientsLag() {
        var run = SyntheticRun()
        for due in 0..<100 as Range<Int64> {
            run.answer("/health", due: due, service: 500, late: 9000, blocked: 9000)
        }
        #expect(failedChecks(run) == [])
    }

    @Test func slowTargetsAllowForMoreLag() {
        var run = SyntheticRun()
        // 5 % of a median of 102 ms is over the 2 ms of lag; the share of late ones is not.
        for due in 0..<100 as Range<Int64> {
            run.answer("/health", due: due, service: 100_000, late: 2000)
        }
        #expect(failedChecks(run) == ["late_requests"])
    }

    @Test(arguments: [(899, false), (900, true), (1000, true)] as [(UInt64, Bool)])
    func descriptorsNearTheirLimitAreToldAndDecideNothing(peak: UInt64, isTold: Bool) {
        var run = run()
        run.ending?.ledger["descriptors", "limit"] = 1000
        run.ending?.ledger["descriptors", "peak"] = peak
        let validity = run.analysed().validity
        #expect(validity.isValid)
        #expect(validity.doubts.contains { $0.name == "descriptors" } == isTold)
        #expect(run.analysed().textReport().contains("near the limit") == isTold)
    }

    @Test func deadServerIsNoMeasurement() {
        var run = SyntheticRun()
        for due in 0..<50 as Range<Int64> {
            run.end("/health", due: due, after: 1, .failed(.connectionRefused))
        }
        let validity = run.analysed().validity
        #expect(!validity.isValid)
        #expect(validity.reasons == ["no request got a whole response: was the target up?"])
    }

    @Test func emptyRunIsNoMeasurement() {
        #expect(failedChecks(SyntheticRun()) == ["answered", "client_lag", "late_requests"])
    }

    @Test func givenUpAndInterruptedRequestsAreLost() {
        var onLimit = run()
        onLimit.end("/health", due: 0, after: 9, .censored(.timeout))
        #expect(failedChecks(onLimit) == [])
        onLimit.leaveUnsent("/health", due: 0, .interrupted)
        #expect(failedChecks(onLimit) == ["lost_requests"])
    }

    @Test func whatTheRecordingLacksIsNoLossOfTheReplay() {
        var run = run()
        for _ in 0..<20 { run.leaveUnsent("/health", due: 0, .incompleteRecording) }
        #expect(failedChecks(run) == [])
    }

    @Test func partialAndCutOffRunsAreInvalid() {
        var partial = run()
        partial.ending?.isPartial = true
        #expect(failedChecks(partial) == ["complete"])
        partial.ending = nil
        #expect(failedChecks(partial) == ["complete"])
        let whole = run()
        var analyzer = RunAnalyzer(info: whole.info)  // plans no request at all
        analyzer.add(whole.outcomes[0])
        #expect(analyzer.finish(ending: whole.ending).validity.reasons.count == 1)
    }

    @Test func outcomesThatCannotBeTrueMakeARunInvalid() {
        var twice = run()
        twice.outcomes[1].index = 0
        #expect(failedChecks(twice) == ["consistent"])
        var backwards = run()
        backwards.outcomes[5].end = -1
        #expect(failedChecks(backwards) == ["consistent"])
        var neverSent = run()
        neverSent.outcomes[5].sent = nil
        #expect(failedChecks(neverSent) == ["consistent"])
        var overflowing = run()
        overflowing.outcomes[5].due = .min
        overflowing.outcomes[6].due = .max
        _ = overflowing.analysed().textReport()
    }

    @Test func lagIsNotCheckedWithoutASchedule() {
        var run = run(late: 1000, by: 5000)
        run.info.speed = "max"
        let analysis = run.analysed()
        let skipped = analysis.validity.checks.filter { $0.result == .notApplicable }
        #expect(
            skipped.map(\.name) == [
                "client_lag", "late_requests", "stolen_time", "own_work", "descriptors",
            ]
        )
        #expect(analysis.lag == nil)
        #expect(analysis.overall.response[.p50] == .withheld(.noSchedule))
        #expect(analysis.overall.service[.p50] == .exact(500_000))
    }
}
