import Testing
import TraceFormat

@testable import Analyzer

@Suite struct TimeWindowTests {
    /// Ten seconds: a request in every millisecond, of which those of the fourth second are slow, and
    /// every tenth of the eighth one fails.
    private func run() -> SyntheticRun {
        var run = SyntheticRun()
        for number in 0..<10_000 as Range<Int64> {
            let second = number / 1000
            run.answer(
                "/health",
                due: number * 1000,
                service: second == 3 ? 900 : 100,
                late: second == 5 ? 50 : 0,
                status: second == 7 && number % 10 == 0 ? 500 : 200
            )
        }
        return run
    }

    @Test func eachWindowHasItsOwnNumbers() throws {
        let windows = try #require(run().analysed().windows)
        #expect(windows.width == 500_000_000)
        #expect(windows.windows.count == 20)
        #expect(windows.windows.allSatisfy { $0.due == 500 })
        #expect(windows.windows.map(\.due).reduce(0, +) == 10_000)
        #expect(
            windows.windows.map { $0.latency[.p50] }[5...8].map(\.nanoseconds) == [
                100_000, 900_000, 900_000, 100_000,
            ]
        )
        #expect(windows.windows[14].errorShare == 0.1)
        #expect(windows.windows[13].errorShare == 0)
        #expect(windows.windows[10].clientLag == 50_000)
        #expect(windows.rate(of: windows.windows[0]) == 1000)
        #expect(windows.windows[0].latency[.p999] == .withheld(.tooFew(count: 500, needed: 2995)))
    }

    @Test func aTerminalShowsTheCourse() {
        let text = run().analysed().textReport(
            style: Style(hasColours: false, hasSymbols: true)
        )
        #expect(text.contains("TIME      20 windows of 500 ms\n"))
        #expect(text.contains("p50    ▁▁▁▁▁▁██▁▁▂▂▁▁▁▁▁▁▁▁ 100 µs to 900 µs, most at 3.0 s\n"))
        #expect(text.contains("errors ▁▁▁▁▁▁▁▁▁▁▁▁▁▁██▁▁▁▁ 0 % to 10.0 %, most at 7.0 s\n"))
        let plain = run().analysed().textReport()
        #expect(plain.contains("          p50    100 µs to 900 µs, most at 3.0 s\n"))
    }

    @Test(arguments: [1, 31, 32, 999, 1_000_000, 3_600_000_000] as [Int64])
    func thereAreNeverMoreThanThirtyTwo(last: Int64) throws {
        var run = SyntheticRun()
        run.answer("/health", due: 0, service: 1)
        run.answer("/health", due: last, service: 1)
        let windows = try #require(run.analysed().windows)
        #expect((1...32).contains(windows.windows.count))
        #expect(windows.windows.map(\.due).reduce(0, +) == 2)
        #expect(windows.windows.map(\.sent).reduce(0, +) == 2)
    }

    @Test func aRunWithoutTimeHasNoWindows() {
        #expect(SyntheticRun().analysed().windows == nil)
        var run = SyntheticRun()
        run.answer("/health", due: 0, service: 1)
        #expect(run.analysed().windows == nil)
        run.outcomes[0].due = .max
        #expect(run.analysed().windows == nil)
        run.outcomes[0].due = .min
        #expect(run.analysed().windows == nil)
    }
}

@Suite struct SlowRequestTests {
    @Test func theSlowestComeFirstWithWhatLeadsToThem() {
        var run = SyntheticRun()
        for number in 0..<40 as Range<Int64> {
            run.answer("/health", due: number, service: 100 + (number * 7) % 40)
        }
        run.answer("/run/cart", due: 100, service: 5000, late: 70, blocked: 60)
        run.outcomes[40].requestID = "4b1d"
        run.leaveUnsent("/health", due: 200, .interrupted)
        let analysis = run.analysed()
        #expect(analysis.slowest.count == 10)
        #expect(analysis.slowest.map(\.time) == analysis.slowest.map(\.time).sorted(by: >))
        #expect(analysis.slowest[0].index == 40)
        #expect(analysis.slowest[0].requestID == "4b1d")
        #expect(analysis.slowest[1].time == 139_000)
        #expect(
            analysis.textReport().contains(
                "SLOWEST   #40 /run/cart 200 5.1 ms · service 5.0 ms · blocked 60 µs · cold ·\n          id 4b1d\n"
            )
        )
    }

    @Test func ofEquallySlowOnesTheFirstStay() {
        var run = SyntheticRun()
        for number in 0..<30 as Range<Int64> { run.answer("/health", due: number, service: 100) }
        run.outcomes.reverse()
        #expect(run.analysed().slowest.map(\.index) == Array(0..<10))
    }
}
