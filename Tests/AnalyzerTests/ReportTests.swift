import Foundation
import SeededRandom
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct ReportTests {
    /// Forty requests: a module with a cold start, a script, a refusal, a trap, a timeout.
    private func run(cart: Int64 = 1400) -> SyntheticRun {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 182_000)
        run.answer("/run/cart", due: 1000, service: 181_000)
        run.answer("/run/cart", due: 2000, service: 300, status: 429, recorded: 200)
        for number in 0..<30 as Range<Int64> {
            run.answer(
                "/run/cart",
                due: 200_000 + number * 1000,
                service: cart + number,
                late: 1
            )
        }
        for number in 0..<5 as Range<Int64> {
            run.answer("/script/checkout", due: 300_000 + number, service: 61_000)
        }
        run.end("/run/cart", due: 400_000, after: 500, .failed(.closedWithoutResponse))
        run.end("/run/cart", due: 500_000, after: 10_000_000, .censored(.timeout))
        return run
    }

    @Test func textReportOfARun() {
        #expect(run().analysed().textReport() == Self.runText)
    }

    @Test func textReportOfAComparison() throws {
        var baseline = run()
        var candidate = run(cart: 1900)
        // Without the timeout, both runs are valid.
        baseline.outcomes.removeLast()
        candidate.outcomes.removeLast()
        let comparison = try RunComparison(
            baseline: baseline.analysed(),
            candidate: candidate.analysed()
        )
        #expect(comparison.textReport() == Self.comparisonText)
    }

    @Test func reportsFitInEightyColumns() throws {
        var generator = SplitMix64(seed: 9)
        var run = SyntheticRun()
        run.info.traceName = String(repeating: "long-name-", count: 12)
        for number in 0..<2000 {
            let name = String(repeating: "x", count: generator.next(below: 60) + 1)
            let status = UInt16(generator.next(below: 400) + 200)
            run.answer(
                "/tenant/\(name)/m",
                due: Int64(number),
                service: Int64(number) * 100_000,
                late: Int64(generator.next(below: 9_000_000)),
                status: status
            )
        }
        run.end("/run/cart", due: 0, after: 10_000_000, .censored(.timeout))
        let analysis = run.analysed()
        let comparison = try RunComparison(baseline: analysis, candidate: analysis)
        let symbols = Style(hasColours: false, hasSymbols: true)
        for text in [analysis.textReport(style: symbols), comparison.textReport(style: symbols)] {
            let wide = text.split(separator: "\n").filter { $0.count > 80 }
            // One word that is longer than a line cannot be wrapped.
            #expect(wide.allSatisfy { $0.contains("long-name") }, "\(wide)")
        }
    }

    @Test func jsonReportHasTheKeysOfItsContract() throws {
        let report = try object(run().analysed().jsonReport())
        #expect(report["schema_version"] as? Int == 1)
        let validity = try #require(report["validity"] as? [String: Any])
        #expect(validity["verdict"] as? String == "invalid")
        #expect((validity["reasons"] as? [String])?.count == 1)
        for name in ["client_lag_ns", "blocked_ns"] {
            let spread = try #require(validity[name] as? [String: Any])
            #expect(Set(spread.keys) == ["p50", "p99", "max"])
        }
        let overall = try #require(report["overall"] as? [String: Any])
        #expect(overall["route"] as? String == "all")
        #expect(overall["count"] as? Int == 40)
        #expect(overall["completed"] as? Int == 38)
        #expect(overall["failed"] as? [String: Int] == ["closed-without-response": 1])
        #expect(overall["status"] as? [String: Int] == ["200": 37, "429": 1])
        for name in ["response_ns", "service_ns"] {
            let latency = try #require(overall[name] as? [String: Any])
            #expect(Set(["p50", "p90", "p99", "p999", "max"]).isSubset(of: Set(latency.keys)))
            #expect(latency["p99"] is NSNull)
            #expect(latency["max"] as? Int == 10_000_000_000)
            #expect(latency["at_least"] as? [String] == ["max"])
        }
        let routes = try #require(report["routes"] as? [[String: Any]])
        #expect(routes.map { $0["route"] as? String } == ["/run/cart", "/script/checkout"])
        let temperature = try #require(report["temperature"] as? [String: [String: Any]])
        let cart = try #require(temperature["cart"])
        let counts = ["cold", "shadow", "cold-429", "warm", "unknown"].map { cart[$0] as? Int }
        #expect(counts == [1, 1, 1, 32, 0])
        #expect(cart["cold_values_ns"] as? [Int] == [182_000_000])
        #expect(cart["herd"] as? Int == 2)
    }

    @Test func jsonComparisonHasTheKeysOfItsContract() throws {
        let comparison = try RunComparison(
            baseline: run().analysed(),
            candidate: run(cart: 1900).analysed()
        )
        let report = try object(comparison.jsonReport())
        #expect(report["verdict"] as? String == "invalid")
        let routes = try #require(report["routes"] as? [[String: Any]])
        let overall = try #require(report["overall"] as? [String: Any])
        for group in [overall] + routes {
            #expect(
                Set(["route", "pairs", "verdict", "change", "low", "high"])
                    .isSubset(of: Set(group.keys))
            )
        }
        #expect(routes[0]["route"] as? String == "/run/cart")
        #expect(routes[0]["verdict"] as? String == "regressed")
        let change = try #require(routes[0]["change"] as? Double)
        #expect(abs(change - 0.353) < 0.005)
        #expect(routes[1]["change"] is NSNull)
    }

    @Test func markdownEscapesWhatARecordingBringsAlong() {
        var run = SyntheticRun()
        run.answer("/a|b*c", due: 0, service: 10)
        let report = run.analysed().markdownReport()
        #expect(report.contains("| /a\\|b\\*c | 1 |"))
        #expect(report.hasPrefix("## Replay of shop.mtr: valid\n\nshop.mtr (4f1c8e0d) · speed 1x"))
    }

    private func object(_ json: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
        return try #require(value as? [String: Any])
    }

    private static let runText = """
        RUN       shop.mtr (4f1c8e0d) · speed 1x · http://127.0.0.1:3000 ·
                  connections as recorded
        COUNTS    planned 40 · sent 40 · completed 38 · failed 1 · censored 1 · unsent 0
        TRUST     INVALID · client lag p50 1.0 µs p99 1.0 µs max 1.0 µs ·
                  blocked p50 0 ns p99 0 ns max 0 ns
                  failed: 1 of 40 requests (2.5 %) unsent or given up, over the limit of
                  0.1 %
        FIDELITY  sent within 500 ms of 500 ms due (0.0 %) ·
                  gaps off by p50 0 ns p99 1.0 µs max 1.0 µs · mix of routes as recorded

        response time              n      p50      p90      p99    p99.9      max     ok
        all                       40   1.4 ms    61 ms      n/a      n/a    ≥10 s  92.5%
          service time                 1.4 ms    61 ms      n/a      n/a    ≥10 s
        /run/cart                 35   1.4 ms   1.4 ms      n/a      n/a    ≥10 s  91.4%
          service time                 1.4 ms   1.4 ms      n/a      n/a    ≥10 s
        /script/checkout           5    61 ms      n/a      n/a      n/a    61 ms   100%
          service time                  61 ms      n/a      n/a      n/a    61 ms
                  ok: the share that succeeded; the percentiles are over these
                  n/a: too few requests to tell (p50 needs 5, p90 needs 29, p99 needs
                  299, p99.9 needs 2995)
                  ≥: a lower bound, because requests were given up before their end

        STATUS    200 ×37 · 429 ×1
        FAILED    closed-without-response ×1
        GAVE UP   timeout ×1
        TIME      26 windows of 20 ms
                  sent   0/s to 1000/s, most at 200 ms
                  p50    1.4 ms to 61 ms, most at 300 ms
                  max    1.4 ms to ≥10 s, most at 500 ms
                  errors 0 % to 100 %, most at 400 ms
                  lag    0 ns to 1.0 µs, most at 200 ms
        COLD      1 module · 1 cold · 1 shadow · 1 cold-429 · 32 warm · 0 unknown ·
                  5 script
                  a first use costs +181 ms [too few for an interval] · n 1
                  cart: cold 182 ms (warm p50 1.4 ms, +181 ms) · shadow ×1: 181 ms ·
                  refused while loading ×1 · first success after 182 ms
                  warm assumes that no module was thrown out of memory (--mik-config)
        ANSWERS   1 compared with the recording · another status ×1 · another body ×0
                  /run/cart: another status ×1, first #2
        SLOWEST   #39 /run/cart timeout 10 s · warm
                  #0 /run/cart 200 182 ms · cold
                  #1 /run/cart 200 181 ms · shadow

        """

    private static let comparisonText = """
        VERDICT   REGRESSED · all +35 % [+35 %, +35 %] · screening: one pair of runs
                  /run/cart: slower, +35 % [+35 %, +36 %]
                  all: slower, +35 % [+35 %, +35 %]
        BASELINE  shop.mtr (4f1c8e0d) · speed 1x · http://127.0.0.1:3000 ·
                  connections as recorded
        CANDIDATE shop.mtr (4f1c8e0d) · speed 1x · http://127.0.0.1:3000 ·
                  connections as recorded

        response time          pairs   change      95 % interval failing  verdict
        all                       35    +35 %     [+35 %, +35 %]       0  REGRESSED
        /run/cart                 30    +35 %     [+35 %, +36 %]       0  REGRESSED
        /script/checkout           5      n/a                          0  INCONCLUSIVE

        SHIFT     p50 of all warm pairs: 1.4 ms → 1.9 ms (+35 %) [+35 %, +35 %]
                  p90 of all warm pairs: 61 ms → 61 ms (0.0 %) [0.0 %, +35 %]
                  p99 of all warm pairs: n/a (n = 35, needs 299)
        FAILURES  new ×0 · repaired ×0 · p 1.0000
        COLD      cart: 182 ms → 182 ms
        ANSWERS   38 compared · all alike
        WORST     #3 /run/cart: 1.4 ms → 1.9 ms
                  #4 /run/cart: 1.4 ms → 1.9 ms
                  #5 /run/cart: 1.4 ms → 1.9 ms
        LEFT OUT  2 did not succeed in both · 2 cold or shadow in both
        METHOD    median of paired log-ratios of warm requests that succeeded in both
                  runs
                  margin 5.0 %, at least 50 µs
                  bootstrap of blocks of 3 pairs, R = 2000, seed 42
                  each route is judged by its own 95 % interval
                  two runs cannot tell a change of the target from one of the machine
                  between them; six interleaved repetitions of both can

        """
}
