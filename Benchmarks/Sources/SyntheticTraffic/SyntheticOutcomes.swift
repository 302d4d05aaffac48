public import TraceFormat

/// Outcomes of requests to a few modules, the first of each slow, with times that vary, also between
/// runs of different slowdowns.
public struct SyntheticOutcomes {
    private static let spacing: Int64 = 100_000
    private let count: UInt64
    private let slowdown: Double

    /// Makes so many; `slowdown` is how much longer each request takes than in other runs, as a
    /// factor.
    public init(count: UInt64, slowdown: Double = 1) {
        self.count = count
        self.slowdown = slowdown
    }

    /// What their run says of itself at its start.
    public var info: RunInfo {
        RunInfo(
            writer: "benchmark",
            traceHash: "0123456789abcdef",
            traceName: "synthetic.mtr",
            target: "http://127.0.0.1:3000",
            speed: "1",
            connections: "recorded",
            planned: count,
            startedAt: 0
        )
    }

    /// What their run says of itself at its end.
    public var ending: RunEnding {
        RunEnding(isPartial: false, duration: Int64(count) * Self.spacing)
    }

    /// All of them, in the order of the plan, each made when it is asked for.
    public var all: some Sequence<Outcome> {
        (0..<count).lazy.map { outcome($0) }
    }

    private func outcome(_ index: UInt64) -> Outcome {
        let due = Int64(index) * Self.spacing
        // Any fixed sequence without a short period does.
        let seed = index &+ UInt64(slowdown * 1000) &* 0xD134_2543_DE82_EF95
        let variation = Double((seed &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24)
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
        let isFirst = index < 12
        let time = isFirst ? 80e6 : 500_000 + 800_000 * variation
        outcome.firstByte = due + 20_000 + Int64(time * slowdown)
        outcome.end = outcome.firstByte
        outcome.result = .completed
        outcome.status = 200
        outcome.requestByteCount = 140
        outcome.responseHeadByteCount = 120
        outcome.responseBodyByteCount = 12
        outcome.fingerprint = Fingerprint(high: index, low: 0)
        outcome.serverMilliseconds = 1
        return outcome
    }
}
