extension Threshold {
    /// The targets that mik publishes for its own benchmarks, each with its critical limit.
    ///
    /// They are said of isolated endpoints on an idle machine: a rate is only reached by a replay
    /// that asks for that much, such as one at full speed of a trace of just these requests.
    public static let mik: [Threshold] = [
        Threshold(.rate, of: health, .above, .perSecond(10_000), critical: .perSecond(5000)),
        Threshold(.rate, of: modules, .above, .perSecond(1000), critical: .perSecond(500)),
        Threshold(.rate, of: scripts, .above, .perSecond(500), critical: .perSecond(200)),
        latency(.headline, .p50, 1, critical: 5),
        latency(.headline, .p99, 10, critical: 50),
        // Each first use counts, and a run has too few of them for a percentile.
        latency(.cold, .max, 100, critical: 500),
        latency(.warm, .p50, 5, critical: 20),
    ]

    private static let health = ThresholdScope.routes(["/health"])
    private static let modules = ThresholdScope.routes(["/run/*", "/tenant/*"])
    private static let scripts = ThresholdScope.routes(["/script/*"])

    private static func latency(
        _ times: ThresholdMetric.Times,
        _ quantile: Quantile,
        _ milliseconds: Int64,
        critical: Int64
    ) -> Threshold {
        Threshold(
            .latency(times, quantile),
            .below,
            .nanoseconds(milliseconds * 1_000_000),
            critical: .nanoseconds(critical * 1_000_000)
        )
    }
}
