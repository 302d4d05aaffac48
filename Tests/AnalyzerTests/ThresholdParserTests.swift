import Testing

@testable import Analyzer

@Suite struct ThresholdParserTests {
    private static let milliseconds: Int64 = 1_000_000

    @Test(arguments: [
        ("p99<50ms", Threshold(.latency(.headline, .p99), .below, .nanoseconds(50 * milliseconds))),
        (
            "  p99.9 <= 1.5 s ",
            Threshold(.latency(.headline, .p999), .atMost, .nanoseconds(1500 * milliseconds))
        ),
        (
            "p999<2s",
            Threshold(.latency(.headline, .p999), .below, .nanoseconds(2000 * milliseconds))
        ),
        (
            "p90.0<1s",
            Threshold(.latency(.headline, .p90), .below, .nanoseconds(1000 * milliseconds))
        ),
        (
            "max<1m",
            Threshold(.latency(.headline, .max), .below, .nanoseconds(60_000 * milliseconds))
        ),
        ("errors<0.1%", Threshold(.errors, .below, .share(0.001))),
        ("errors<=0 %", Threshold(.errors, .atMost, .share(0))),
        ("rate>500/s", Threshold(.rate, .above, .perSecond(500))),
        (
            "/run/cart p50<5ms",
            Threshold(
                .latency(.headline, .p50),
                of: .routes(["/run/cart"]),
                .below,
                .nanoseconds(5 * milliseconds)
            )
        ),
        (
            "/run/*, /tenant/* rate >= 1/s",
            Threshold(.rate, of: .routes(["/run/*", "/tenant/*"]), .atLeast, .perSecond(1))
        ),
        (
            "GET /a<b>c p50<5ms",
            Threshold(
                .latency(.headline, .p50),
                of: .routes(["GET /a<b>c"]),
                .below,
                .nanoseconds(5 * milliseconds)
            )
        ),
        (
            "all service.p99<5ms",
            Threshold(.latency(.service, .p99), .below, .nanoseconds(5 * milliseconds))
        ),
        (
            "cold.p50<100ms",
            Threshold(.latency(.cold, .p50), .below, .nanoseconds(100 * milliseconds))
        ),
        (
            "warm.max<100ms",
            Threshold(.latency(.warm, .max), .below, .nanoseconds(100 * milliseconds))
        ),
        (
            "response.p75<100us",
            Threshold(.latency(.response, Quantile(75, of: 100)), .below, .nanoseconds(100_000))
        ),
    ])
    func thresholdsAreReadAsTheyAreMeant(_ text: String, _ threshold: Threshold) throws {
        #expect(try Threshold(parsing: text) == threshold)
    }

    @Test(arguments: [
        ("", "has no comparison"), ("p99", "has no comparison"), ("<50ms", "names no metric"),
        ("p99<50", "no time above zero with a unit"), ("p99<0ms", "no time above zero"),
        ("p99<-1ms", "no time above zero"), ("p99=<1ms", "'p99=' is no metric"),
        ("p99<>1ms", "'p99<' is no metric"), ("p99<1e99h", "no time above zero"),
        ("p0<1ms", "'p0' is no metric"), ("p100.5<1ms", "'p100.5' is no metric"),
        ("p99.<1ms", "'p99.' is no metric"), ("p99.99999<1ms", "'p99.99999' is no metric"),
        ("p-5<1ms", "'p-5' is no metric"), ("pp<1ms", "'pp' is no metric"),
        ("hot.p50<1ms", "'hot.p50' is no metric"), (".p50<1ms", "'.p50' is no metric"),
        ("mean<1ms", "'mean' is no metric"), ("errors<1", "no share in per cent"),
        ("errors<101%", "no share in per cent"), ("errors<nan%", "no share in per cent"),
        ("rate>500", "no rate above zero"), ("rate>inf/s", "no rate above zero"),
        ("rate>0/s", "no rate above zero"),
    ])
    func nonsenseIsRefusedWithAReason(_ text: String, _ reason: String) {
        let error = #expect(throws: ThresholdError.self) { try Threshold(parsing: text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func everyThresholdCutAnywhereIsReadOrRefused() {
        let text = "/run/*,/tenant/a cold.p99.9 <= 1.5us"
        for count in 0...text.count {
            let cut = String(text.prefix(count))
            #expect((try? Threshold(parsing: cut)) == nil || count == text.count, "\(cut)")
        }
    }

    @Test func scopesMatchNamesOrTheirStart() {
        let scope = ThresholdScope.routes(["/health", "/run/*"])
        #expect(["/health", "/run/", "/run/cart"].allSatisfy(scope.contains))
        #expect(!["/healthy", "/ru", "/script/run/"].contains(where: scope.contains))
        #expect(ThresholdScope.all.contains("anything"))
    }
}
