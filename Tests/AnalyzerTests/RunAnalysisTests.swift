import Testing
import TraceFormat

@testable import Analyzer

@Suite struct RunAnalysisTests {
    @Test func everyRequestIsCountedInOnePlace() {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 100)
        run.answer("/run/cart", due: 10, service: 100, status: 429)
        run.answer("/health", due: 20, service: 100, status: 404, recorded: 404)
        run.end("/run/cart", due: 30, after: 50, .failed(.closedWithoutResponse))
        run.end("/run/cart", due: 40, after: 9000, .censored(.timeout))
        run.leaveUnsent("/health", due: 50, .incompleteRecording)
        let analysis = run.analysed()
        let counts = analysis.overall.counts
        #expect(counts.total == 6)
        #expect(counts.sent == 5)
        #expect(counts.completed == 3)
        #expect(counts.succeeded == 2)
        #expect(counts.failures == [.closedWithoutResponse: 1])
        #expect(counts.censorings == [.timeout: 1])
        #expect(counts.unsentReasons == [.incompleteRecording: 1])
        #expect(counts.statuses == [200: 1, 404: 1, 429: 1])
        #expect(counts.addUp)
        #expect(analysis.routes.map(\.name) == ["/run/cart", "/health"])
        #expect(analysis.routes.map(\.counts.total) == [4, 2])
    }

    @Test(arguments: [
        (200, nil, true), (304, nil, true), (404, 404, true), (404, 200, false), (404, nil, false),
        (429, 429, false), (500, 500, false), (503, 503, false), (nil, nil, false),
    ])
    func clientErrorsSucceedOnlyIfProductionAnsweredThemToo(
        _ status: UInt16?,
        _ recorded: UInt16?,
        _ isSuccess: Bool
    ) {
        #expect(RequestRecord.isSuccess(status: status, recorded: recorded) == isSuccess)
    }

    /// V8 of docs/measurement.md: 100 requests a second, the server frozen for 1.5 seconds.
    @Test func stallShowsInResponseTimeAndHidesFromServiceTime() {
        var run = SyntheticRun()
        for number in 0..<10_000 as Range<Int64> {
            let due = number * 10_000
            let isFirst = due == 50_000_000
            let isHeldUp = due > 50_000_000 && due < 51_500_000
            let wait = isHeldUp ? 51_500_000 - due : 0
            run.answer(
                "/health",
                due: due,
                service: isFirst ? 1_501_000 : 1000,
                late: wait,
                blocked: wait
            )
        }
        let analysis = run.analysed()
        let milliseconds = { (summary: LatencySummary) in
            Quantile.reported.map { summary[$0].nanoseconds.map { $0 / 1_000_000 } }
        }
        #expect(milliseconds(analysis.overall.response) == [1, 1, 501, 1401, 1501])
        #expect(milliseconds(analysis.overall.service) == [1, 1, 1, 1, 1501])
        #expect(analysis.lag?.clientLag.max == 0)
        #expect(analysis.lag?.blocked.max == 1_490_000_000)
        #expect(analysis.validity.isValid)
    }

    @Test func refusalsAndFailuresAreNotInTheLatency() {
        var run = SyntheticRun()
        for due in 0..<10 as Range<Int64> { run.answer("/health", due: due, service: 1000) }
        for due in 10..<20 as Range<Int64> {
            run.answer("/health", due: due, service: 1, status: 503)
            run.end("/health", due: due, after: 2, .failed(.resetWithoutResponse))
        }
        let response = run.analysed().overall.response
        #expect(response.succeeded == 10)
        #expect(response[.p50] == .exact(1_000_000))
        #expect(response[.max] == .exact(1_000_000))
    }

    @Test func percentilesAreWithheldUntilTheyCanBeTold() {
        let summary = LatencySummary(succeeded: Array(1...28), censored: [])
        #expect(summary[.p50] == .exact(14))
        #expect(summary[.p90] == .withheld(.tooFew(count: 28, needed: 29)))
        #expect(summary[.max] == .exact(28))
        let more = LatencySummary(succeeded: Array(1...29), censored: [])
        #expect(more[.p90] == .exact(27))
        let empty = LatencySummary(succeeded: [], censored: [])
        #expect(empty[.max] == .withheld(.tooFew(count: 0, needed: 1)))
    }

    @Test func givenUpRequestsMakeThePercentilesTheyReachLowerBounds() {
        let summary = LatencySummary(succeeded: Array(1...96), censored: [500, 500, 500, 500])
        #expect(summary[.p50] == .exact(50))
        #expect(summary[.p90] == .exact(90))
        #expect(summary[.max] == .atLeast(500))
        // Given up early: each could have been anywhere above 10.
        let early = LatencySummary(succeeded: Array(1...96), censored: [10, 10, 10, 10])
        #expect(early[.p50] == .atLeast(46))
        #expect(early[.max] == .atLeast(96))
    }

    @Test func givenUpRequestsWithoutAnAgeStillCount() {
        var run = SyntheticRun()
        for due in 0..<5 as Range<Int64> { run.answer("/health", due: due, service: 1000) }
        run.end("/health", due: 5, after: 0, .censored(.interrupted))
        run.outcomes[5].end = nil
        let response = run.analysed().overall.response
        #expect(response.censored == 1)
        #expect(response[.max] == .atLeast(1_000_000))
    }

    @Test func percentilesComeWithTheIntervalOfTheirRanks() {
        let summary = LatencySummary(succeeded: Array(1...100).shuffledBackwards(), censored: [])
        let p50 = summary.percentiles.first { $0.quantile == .p50 }
        #expect(p50?.interval == 40...61)
        let p99 = summary.percentiles.first { $0.quantile == .p99 }
        #expect(p99?.interval == nil)
    }

    @Test func orderOfOutcomesDoesNotMatter() {
        var run = SyntheticRun()
        for due in 0..<400 as Range<Int64> {
            run.answer("/run/m\(due % 3)", due: due, service: due * 7 % 90 + 1)
        }
        let forwards = run.analysed().jsonReport()
        run.outcomes.reverse()
        #expect(run.analysed().jsonReport() == forwards)
    }

    @Test func requestsBeyondTheP99AreToldApartByTemperature() {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 90_000)
        for number in 1..<400 as Range<Int64> {
            run.answer("/run/cart", due: 100_000 + number * 1000, service: number < 397 ? 50 : 70)
        }
        let tail = run.analysed().tail
        // The p99 is the 396th of 400, 50 µs; beyond it are three of 70 µs and the cold one.
        #expect(tail == RunAnalysis.Tail(count: 4, coldOrShadow: 1))
    }
}

extension [Int64] {
    /// Some other order, the same every time.
    fileprivate func shuffledBackwards() -> [Int64] {
        filter { $0.isMultiple(of: 2) } + filter { !$0.isMultiple(of: 2) }.reversed()
    }
}
