import Foundation
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct ThresholdReportTests {
    /// A cold start of 80 ms, 39 warm answers of 1 to 39 ms, and a script's of 61 ms.
    private func run() -> SyntheticRun {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 80_000)
        for number in 1..<40 as Range<Int64> {
            run.answer("/run/cart", due: number * 100_000, service: number * 1000)
        }
        run.answer("/script/checkout", due: 5_000_000, service: 61_000)
        run.ending = RunEnding(isPartial: false, duration: 10_000_000_000)
        return run
    }

    private func judged(
        _ run: SyntheticRun,
        _ thresholds: [String],
        strict: Bool = false
    ) throws -> ThresholdReport {
        let thresholds = try thresholds.map { try Threshold(parsing: $0) }
        return run.analysed().judged(by: thresholds, strict: strict)
    }

    @Test(arguments: [
        ("p50<22ms", "21 ms", 41, "passed"), ("p50<21ms", "21 ms", 41, "missed"),
        ("p50<=21ms", "21 ms", 41, "passed"), ("max>=80ms", "80 ms", 41, "passed"),
        ("p50<20.9999ms", "21.000 ms", 41, "missed"),
        ("/run/cart p50<22ms", "20 ms", 40, "passed"), ("/run/* max<1ms", "80 ms", 40, "missed"),
        ("/script/checkout max<1s", "61 ms", 1, "passed"),
        ("service.p50<22ms", "21 ms", 41, "passed"), ("response.p50<1ms", "21 ms", 41, "missed"),
        ("cold.max<100ms", "80 ms", 1, "passed"), ("warm.p50<20ms", "20 ms", 39, "missed"),
        ("warm.p75<31ms", "30 ms", 39, "passed"),
        ("errors<=0%", "0 %", 41, "passed"), ("rate>4/s", "4.1/s", 41, "passed"),
        ("/script/* rate>=0.2/s", "0.1/s", 1, "missed"),
        // Nothing that is not there, or not known well enough, passes.
        ("p99<1h", nil, 41, "undecided"), ("cold.p50<1h", nil, 1, "undecided"),
        ("/run/search p50<1h", nil, 0, "undecided"), ("/run/search errors<1%", nil, 0, "undecided"),
        ("/script/checkout cold.max<1h", nil, 0, "undecided"),
    ])
    func numbersAreJudged(
        _ threshold: String,
        _ measured: String?,
        _ count: Int,
        _ outcome: String
    ) throws {
        let result = try #require(judged(run(), [threshold]).results.first)
        #expect(result.measuredText == measured)
        #expect(result.measurement.count == count)
        #expect(result.outcome.rawValue == outcome)
        #expect((result.note == nil) == (measured != nil && !threshold.contains("rate")))
    }

    @Test func lowerBoundsBreakLimitsButKeepNone() throws {
        var run = run()
        run.end("/run/cart", due: 6_000_000, after: 2_000_000, .censored(.timeout))
        let results = try judged(run, ["max<1s", "max<3s", "max>1s", "max>3s"]).results
        #expect(results.map(\.outcome) == [.missed, .undecided, .passed, .undecided])
        #expect(results.allSatisfy { $0.measuredText == "≥2.0 s" })
    }

    @Test func failuresCountAsErrors() throws {
        var run = run()
        run.answer("/run/cart", due: 6_000_000, service: 1, status: 500)
        run.end("/run/cart", due: 6_000_001, after: 1, .failed(.closedWithoutResponse))
        run.leaveUnsent("/run/cart", due: 6_000_002, .incompleteRecording)
        let result = try #require(judged(run, ["errors<4%"]).results.first)
        #expect(result.measurement.value == .share(2 / 43))
        #expect(result.outcome == .missed)
    }

    @Test func targetsWarnAndCriticalLimitsFail() {
        let threshold = { (target: Int64, critical: Int64) in
            Threshold(
                .latency(.headline, .max),
                .below,
                .nanoseconds(target * 1_000_000),
                critical: .nanoseconds(critical * 1_000_000)
            )
        }
        let limits = [threshold(81, 90), threshold(80, 81), threshold(10, 80)]
        let analysis = run().analysed()
        let outcomes = analysis.judged(by: limits).results.map(\.outcome)
        #expect(outcomes == [.passed, .warned, .missed])
        #expect(analysis.judged(by: Array(limits.prefix(2))).verdict == .warned)
        let strict = analysis.judged(by: Array(limits.prefix(2)), strict: true)
        #expect(strict.results.map(\.outcome) == [.passed, .missed])
        #expect(strict.verdict == .missed)
    }

    @Test func verdictFailsClosed() throws {
        #expect(try judged(run(), ["max<1s"]).verdict == .passed)
        #expect(try judged(run(), ["max<1s", "p99<1h"]).verdict == .undecided)
        #expect(try judged(run(), ["max<1ms", "p99<1h"]).verdict == .missed)
        #expect(try judged(run(), []).verdict == .undecided)
        let empty = try judged(SyntheticRun(), ["max<1s", "errors<100%", "rate>1/s"])
        #expect(empty.verdict == .invalid)
        #expect(empty.results.allSatisfy { $0.outcome == .undecided })

        var dead = SyntheticRun()
        for number in 0..<50 as Range<Int64> {
            dead.end("/run/cart", due: number, after: 1, .failed(.connectionRefused))
        }
        let refused = try judged(dead, ["max<1s", "errors<=100%"])
        #expect(refused.verdict == .invalid)
        #expect(refused.results.map(\.outcome) == [.undecided, .passed])
    }

    @Test func responseTimesAreMissingAtFullSpeed() throws {
        var run = run()
        run.info.speed = "max"
        let results = try judged(run, ["p50<22ms", "response.p50<1h"]).results
        #expect(results.map(\.outcome) == [.passed, .undecided])
        #expect(results[1].note == "withheld: no schedule at speed max")
    }

    @Test func rateComesWithWhatWasAskedFor() throws {
        var run = run()
        let scheduled = try #require(judged(run, ["/run/* rate>500/s"]).results.first)
        #expect(scheduled.note == "the schedule asked for 4.0/s")
        run.info.speed = "max"
        let full = try #require(judged(run, ["/script/* rate>500/s"]).results.first)
        #expect(full.note == "2.4 % of the run's requests were of /script/*")
        #expect(try judged(run, ["rate>500/s"]).results.first?.note == nil)
    }

    @Test func profileOfMikHasItsPublishedTargets() throws {
        let texts = Threshold.mik.map { threshold in
            let sign = threshold.comparison.rawValue
            return "\(threshold.subject) \(sign) \(threshold.target) (\(threshold.critical))"
        }
        #expect(
            texts == [
                "/health rate > 10000/s (5000/s)", "/run/*,/tenant/* rate > 1000/s (500/s)",
                "/script/* rate > 500/s (200/s)", "p50 < 1.0 ms (5.0 ms)",
                "p99 < 10 ms (50 ms)", "cold.max < 100 ms (500 ms)", "warm.p50 < 5.0 ms (20 ms)",
            ]
        )
    }

    @Test func reportsShowEveryThreshold() throws {
        let analysis = run().analysed()
        let report = try judged(run(), ["/run/cart max<1ms", "p99<1h", "errors<1%"])
        #expect(report.textReport(of: analysis) == Self.text)
        #expect(analysis.textReport(thresholds: report).hasSuffix(Self.summary))
        #expect(
            analysis.markdownReport(thresholds: report)
                .contains("| /run/cart max | \\< 1.0 ms |  | 80 ms | 40 | missed |")
        )
    }

    @Test func jsonHasEveryNumber() throws {
        let analysis = run().analysed()
        let report = try judged(run(), ["/run/cart max<1ms", "p99<1h"])
        let object = try JSONSerialization.jsonObject(
            with: Data(report.jsonReport(of: analysis).utf8)
        )
        let document = try #require(object as? [String: Any])
        #expect(document["kind"] as? String == "check")
        #expect(document["verdict"] as? String == "missed")
        let results = try #require(document["thresholds"] as? [[String: Any]])
        #expect(results[0]["measured"] as? Int == 80_000_000)
        #expect(results[0]["target"] as? Int == 1_000_000)
        #expect(results[1]["measured"] is NSNull)
        #expect(results[1]["note"] as? String == "withheld: n = 41, needs 299")
    }

    private static let text = """
        CHECK     MISSED · 1 passed · 1 missed · 1 undecided
        RUN       shop.mtr (4f1c8e0d) · speed 1x · http://127.0.0.1:3000 ·
                  connections as recorded
        TRUST     valid

        threshold                         target   critical  measured        n  result
        /run/cart max                   < 1.0 ms                80 ms       40  MISSED
        p99                             < 3600 s                  n/a       41  undecided
                  withheld: n = 41, needs 299
        errors                           < 1.0 %                  0 %       41  passed

        """

    private static let summary = """
        THRESH    MISSED /run/cart max < 1.0 ms: 80 ms
                  undecided p99 < 3600 s: withheld: n = 41, needs 299
                  passed errors < 1.0 %: 0 %

        """
}
