import Testing
import TraceFormat

@testable import Analyzer

@Suite struct FidelityTests {
    @Test func errorsOfTimesAreThoseOfTheGaps() throws {
        var run = SyntheticRun()
        // Due each millisecond; the third is 300 µs late, the last 500.
        for (number, late) in [0, 0, 300, 0, 500].enumerated() {
            run.answer("/a", due: Int64(number) * 1000, service: 10, late: Int64(late))
        }
        run.leaveUnsent("/a", due: 9000, .tooLate)
        run.info.environment["recorded_peak_connections"] = "7"
        var ledger = Ledger()
        ledger["connections", "peak_open"] = 5
        run.ending = RunEnding(isPartial: false, duration: 1, ledger: ledger)
        let fidelity = try #require(run.analysed().fidelity)
        #expect(fidelity.dueDuration == 4_000_000)
        #expect(fidelity.sentDuration == 4_500_000)
        #expect(fidelity.durationError == 0.125)
        #expect(fidelity.gapError?.max == 500_000)
        #expect(fidelity.gapError?.p50 == 300_000)
        #expect(fidelity.recordedConnections == 7 && fidelity.openConnections == 5)
        #expect(run.analysed().textReport().contains("at most 5 connections, recorded 7"))
    }

    @Test func thereIsNoneWithoutAScheduleOrWithoutRequests() {
        var run = SyntheticRun()
        run.answer("/a", due: 0, service: 10)
        #expect(run.analysed().fidelity == nil)
        run.answer("/a", due: 5, service: 10)
        #expect(run.analysed().fidelity != nil)
        run.info.speed = "max"
        #expect(run.analysed().fidelity == nil)
    }
}
