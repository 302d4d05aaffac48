import TraceFormat

/// Outcomes of requests for a few routes, with service times that vary.
struct SyntheticOutcomes {
    /// How much longer each request takes than in other outcomes, as a factor.
    var slowdown = 1.0

    /// What their run says of itself.
    static let info = RunInfo(
        writer: "benchmark",
        traceHash: "0123456789abcdef",
        traceName: "synthetic.mtr",
        target: "http://127.0.0.1:3000",
        speed: "1",
        connections: "recorded",
        planned: UInt64(Scale.count),
        startedAt: 0
    )

    /// All of them, in the order of the plan.
    var all: [Outcome] {
        (0..<UInt64(Scale.count)).map { outcome($0) }
    }

    private func outcome(_ index: UInt64) -> Outcome {
        let due = Int64(index) * 100_000
        // Any fixed sequence without a short period does.
        let variation = Double((index &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24)
        var outcome = Outcome(
            index: index,
            connection: index % 64,
            sequence: index / 64,
            method: "GET",
            target: "/run/module-\(index % 12)/item/\(index % 1000)",
            due: due
        )
        outcome.liveConnection = index % 64
        outcome.sent = due + 20_000
        outcome.firstByte = due + 20_000 + Int64((500_000 + 800_000 * variation) * slowdown)
        outcome.end = outcome.firstByte
        outcome.result = .completed
        outcome.status = 200
        outcome.requestByteCount = 140
        outcome.responseHeadByteCount = 120
        outcome.responseBodyByteCount = 12
        outcome.fingerprint = Fingerprint(high: index, low: 0)
        return outcome
    }
}
