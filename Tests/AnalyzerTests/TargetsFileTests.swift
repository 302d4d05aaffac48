import Testing

@testable import Analyzer

@Suite struct TargetsFileTests {
    @Test func targetsAndCriticalLimitsAreRead() throws {
        let file = try TargetsFile(
            parsing: """
                # What the shop promises.
                profile = "mik"

                [[threshold]]
                route = "/run/cart"
                metric = "p99"
                target = "< 10ms"
                critical = "< 50ms"

                [[threshold]]
                metric = "rate"
                target = "> 500/s"
                """
        )
        let own = Array(file.thresholds.dropFirst(Threshold.mik.count))
        #expect(Array(file.thresholds.prefix(Threshold.mik.count)) == Threshold.mik)
        #expect(
            own == [
                Threshold(
                    .latency(.headline, .p99),
                    of: .routes(["/run/cart"]),
                    .below,
                    .nanoseconds(10_000_000),
                    critical: .nanoseconds(50_000_000)
                ),
                Threshold(.rate, .above, .perSecond(500)),
            ]
        )
        #expect(own.map(\.hasWarning) == [true, false])
    }

    @Test(arguments: [
        ("", nil, "holds no threshold"),
        ("a = 1", nil, "'a' is not known here"),
        ("profile = \"other\"", nil, "there is no such profile"),
        ("profile = 3", nil, "there is no such profile"),
        ("threshold = 3", nil, "written as [[threshold]]"),
        ("threshold = [1]", nil, "written as [[threshold]]"),
        ("\n\n[[threshold]", 3, ""),
        ("x = \"\u{0}\"", 1, ""),
        ("\n[[threshold]]\ntarget = \"<1ms\"", 2, "has no metric"),
        ("[[threshold]]\nmetric = \"p50\"", 1, "has no target"),
        ("[[threshold]]\nmetric = 50\ntarget = \"<1ms\"", 1, "'metric' takes a text"),
        ("[[threshold]]\nmetric = \"p50\"\ntarget = \"1ms\"", 1, "does not start with"),
        (
            "[[threshold]]\nmetric = \"p50\"\ntarget = \"<1ms\"\nlimit = 3", 1,
            "'limit' is not known"
        ),
        (
            "[[threshold]]\nmetric = \"p50\"\ntarget = \"<9ms\"\ncritical = \"<5ms\"", 1,
            "not beyond its target"
        ),
        (
            "[[threshold]]\nmetric = \"rate\"\ntarget = \">9/s\"\ncritical = \">10/s\"", 1,
            "not beyond its target"
        ),
        (
            "[[threshold]]\nmetric = \"p50\"\ntarget = \"<9ms\"\n\n[[ threshold ]] # two\nmetric = \"p\"",
            5, "has no target"
        ),
    ])
    func badFilesAreRefusedWithTheirLine(_ text: String, _ line: Int?, _ reason: String) {
        let error = #expect(throws: ThresholdError.self) { try TargetsFile(parsing: text) }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(
            error?.reason.contains(reason) == true || reason.isEmpty,
            "\(error?.description ?? "")"
        )
    }

    @Test func hugeAndDeepFilesAreRefused() {
        let deep = "a = " + String(repeating: "[", count: 100_000)
        #expect(throws: ThresholdError.self) { try TargetsFile(parsing: deep) }
        let huge = String(repeating: "#", count: TargetsFile.sizeLimit + 1)
        #expect(throws: ThresholdError.self) { try TargetsFile(parsing: huge) }
    }
}
