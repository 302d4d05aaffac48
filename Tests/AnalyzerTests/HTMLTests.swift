import SeededRandom
import Testing
import TraceFormat

@testable import Analyzer

/// The pages about runs and comparisons.
@Suite struct HTMLTests {
    /// Requests of two routes, one of them with an unpleasant name, with errors of several kinds.
    private func run(slowdown: Int64 = 0, count: Int64 = 400) -> SyntheticRun {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 182_000)
        for number in 1..<count {
            let route = number.isMultiple(of: 2) ? "/run/cart" : "/<script>alert(1)</script>"
            run.answer(route, due: number * 1000, service: 1400 + number % 97 + slowdown, late: 1)
        }
        run.answer("/run/cart", due: count * 1000, service: 300, status: 503, recorded: 200)
        run.end("/run/cart", due: (count + 1) * 1000, after: 500, .failed(.closedWithoutResponse))
        return run
    }

    private func ids(of page: String) -> [String] {
        page.split(separator: " id=\"").dropFirst().compactMap { part in
            part.firstIndex(of: "\"").map { String(part[..<$0]) }
        }
    }

    @Test func aRunHasItsSections() throws {
        let judged = run().analysed()
        let thresholds = judged.judged(by: [try Threshold(parsing: "p50<1h")], strict: false)
        let page = judged.htmlReport(thresholds: thresholds)
        let expected = [
            "verdict", "trust", "latency", "timeline", "cold", "phases", "errors", "answers",
            "slowest", "thresholds", "definitions", "report",
        ]
        #expect(ids(of: page) == expected)
        #expect(page.contains("closed-without-response"))
        #expect(page == run().analysed().htmlReport(thresholds: thresholds))
    }

    @Test func nothingOfARecordingIsRunOrFetched() {
        let page = run().analysed().htmlReport()
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;"))
        for reference in ["src=", "href=\"http", "url(", "@import"] {
            #expect(!page.contains(reference), "\(reference)")
        }
    }

    @Test(arguments: ["max", "1"])
    func runsWithoutAnythingHavePages(speed: String) {
        var empty = SyntheticRun()
        empty.info.speed = speed
        let page = empty.analysed().htmlReport()
        #expect(page.contains("INVALID"))
        #expect(ids(of: page).contains("errors"))
    }

    @Test func theSizeDoesNotGrowWithTheRun() {
        var run = SyntheticRun()
        var random = SplitMix64(seed: 7)
        for number in 0..<50_000 as Range<Int64> {
            let service = 500 + Int64(random.next() % 20_000)
            run.answer("/route\(number % 300)", due: number * 100, service: service, late: 2)
        }
        let page = run.analysed().htmlReport()
        #expect(page.utf8.count < 1 << 20)
    }

    @Test func comparisonsHaveTheirSections() throws {
        let (baseline, candidate) = (run().analysed(), run(slowdown: 900).analysed())
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        let page = comparison.htmlReport(
            baselineTimes: baseline.headlineTimes,
            candidateTimes: candidate.headlineTimes
        )
        let expected = [
            "verdict", "routes", "latency", "cold", "answers", "worst", "errors", "method",
            "report",
        ]
        #expect(ids(of: page) == expected)
        #expect(page.contains("REGRESSED") && !page.contains("<script>"))
        let repetition = try Repetition(
            baseline: baseline,
            candidate: candidate,
            options: ComparisonOptions()
        )
        let repeated = try RepeatedComparison([repetition, repetition])
        let sections = [
            "verdict", "routes", "endpoints", "repetitions", "answers", "errors", "method",
            "report",
        ]
        #expect(ids(of: repeated.htmlReport()) == sections)
    }

    @Test func spectraReachTheLargestValue() {
        let spectrum = Spectrum(ofSorted: Array(1...1000))
        #expect(spectrum.points.last?.y == 1000)
        #expect(spectrum.points.first?.y == 1)
        #expect(zip(spectrum.points, spectrum.points.dropFirst()).allSatisfy { $0.y <= $1.y })
        #expect(spectrum.knownUpTo == 0.997)
    }
}
