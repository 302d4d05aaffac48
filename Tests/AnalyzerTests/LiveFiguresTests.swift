import Testing
import TraceFormat

@testable import Analyzer

@Suite struct LiveFiguresTests {
    private func outcomes(_ change: (inout SyntheticRun) -> Void) -> [Outcome] {
        var run = SyntheticRun()
        change(&run)
        return run.outcomes
    }

    private func figures(hasSchedule: Bool = true, _ outcomes: [Outcome]) -> LiveFigures {
        var figures = LiveFigures(hasSchedule: hasSchedule)
        figures.add(outcomes)
        return figures
    }

    @Test func percentilesAreThoseOfTheReportWithinOnePercent() throws {
        let outcomes = outcomes { run in
            for number in 0..<2000 as Range<Int64> {
                run.answer("/a", due: number * 1000, service: 100 + number * 3, late: number % 50)
            }
        }
        let figures = figures(outcomes)
        for quantile in [0.5, 0.9, 0.99] {
            let times = outcomes.compactMap(\.responseTime).sorted()
            let lags = outcomes.compactMap(\.clientLag).sorted()
            let rank = Int((quantile * Double(times.count)).rounded(.up)) - 1
            let time = try #require(figures.responseTime(at: quantile))
            let lag = try #require(figures.clientLag(at: quantile))
            #expect(abs(Double(time - times[rank])) <= Double(times[rank]) / 100)
            #expect(abs(Double(lag - lags[rank])) <= Double(lags[rank]) / 100)
        }
    }

    @Test func nothingIsSaidOfNothing() {
        let figures = figures([])
        #expect(figures.responseTime(at: 0.5) == nil)
        #expect(figures.clientLag(at: 0.99) == nil)
        #expect(figures.errors == [])
        #expect(figures.doubts == [])
    }

    @Test func errorsAreCountedByClass() {
        let figures = figures(
            outcomes { run in
                run.answer("/a", due: 0, service: 10, status: 503)
                run.answer("/a", due: 0, service: 10, status: 404)
                run.end("/a", due: 0, after: 10, .failed(.closedWithoutResponse))
                run.end("/a", due: 0, after: 10, .failed(.closedWithoutResponse))
                run.end("/a", due: 0, after: 10, .censored(.timeout))
            }
        )
        #expect(
            figures.errors == [
                .init(name: "closed-without-response", count: 2),
                .init(name: "5xx", count: 1), .init(name: "timeout", count: 1),
            ]
        )
    }

    @Test func aLateClientIsToldAtOnce() {
        let late = outcomes { run in
            for number in 0..<100 as Range<Int64> {
                run.answer("/a", due: number * 1000, service: 100, late: 2000)
            }
        }
        let doubts = figures(late).doubts
        #expect(doubts.count == 2)
        #expect(doubts.first?.hasPrefix("client lag p99 is 2.0") == true)
        #expect(doubts.last == "100 of 100 requests left over 1 ms late")
        // Without a schedule nothing can be late.
        #expect(figures(hasSchedule: false, late).doubts == [])
    }

    @Test func lostRequestsAreTold() {
        let figures = figures(
            outcomes { run in
                run.answer("/a", due: 0, service: 10)
                run.end("/a", due: 0, after: 10, .censored(.timeout))
                run.leaveUnsent("/a", due: 0, .incompleteRecording)
            }
        )
        #expect(figures.doubts == ["1 of 3 requests were unsent or given up"])
    }
}
