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

    @Test func sizesAndRoutesAreHeldAgainstTheRecording() throws {
        var run = SyntheticRun()
        for due in 0..<6 as Range<Int64> { run.answer("/run/a", due: due, service: 1) }
        for route in ["/run/b", "/run/c"] {
            run.answer(route, due: 7, service: 1)
            run.leaveUnsent(route, due: 8, .tooLate)
        }
        var ledger = Ledger()
        ledger["bytes", "requests"] = 1100
        ledger["bytes", "response_bodies"] = 3_000_000
        ledger["bytes", "recorded_requests"] = 1000
        ledger["bytes", "recorded_response_bodies"] = 4_000_000
        run.ending = RunEnding(isPartial: false, duration: 1, ledger: ledger)
        let traffic = try #require(run.analysed().traffic)
        #expect(traffic.requests?.recorded == 1000 && traffic.requests?.replayed == 1100)
        #expect(traffic.responseBodies?.change == -0.25)
        #expect(traffic.routes.map(\.route) == ["/run/a", "/run/b", "/run/c"])
        #expect(traffic.routes.map(\.recorded) == [0.6, 0.2, 0.2])
        #expect(traffic.worstRoute?.sent == 0.75)
        #expect(
            traffic.numbers == [
                "requests 1.1 kB, recorded 1.0 kB (+10 %)",
                "response bodies 3.0 MB, recorded 4.0 MB (-25 %)",
                "mix off by at most 15.0 %: /run/a 75.0 %, recorded 60.0 %",
            ]
        )
        run.info.speed = "max"
        #expect(run.analysed().traffic == traffic)
        run.ending = nil
        #expect(run.analysed().traffic?.requests == nil)
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
