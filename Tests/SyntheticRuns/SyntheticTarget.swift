public import Analyzer
import SeededRandom
import TraceFormat

/// Runs of one trace against targets that do not exist, with the kinds of noise that real ones have.
///
/// The logarithm of a service time is the sum of what the route takes, what the request takes in
/// every run (σ .25), what it takes in this one (σ .15), an environment in which neighbours resemble
/// each other (σ .05, φ .995: about 200 requests), rare stalls of 10 to 60 requests (+0.5 to +2.5),
/// and what the whole run is off by.
public struct SyntheticTarget: Sendable {
    /// How many requests the trace has.
    public var requestCount: Int
    /// How many routes share 95 % of the requests; one more, ``smallRoute``, has the other 5 %.
    public var routeCount = 8
    /// The standard deviation of what a whole run is off by, as a logarithm.
    public var runDeviation = 0.02

    /// The route that has 5 % of the requests.
    public static let smallRoute = "/small"

    /// A trace of so many requests.
    public init(requestCount: Int) {
        self.requestCount = requestCount
    }

    /// One run; the same `trace` gives the same requests, another `seed` other luck.
    ///
    /// - Parameters:
    ///   - trace: The seed of the requests.
    ///   - seed: The seed of the run.
    ///   - slowdown: By which factor the small route is slower.
    /// - Returns: The analysis of the run.
    public func run(trace: UInt64, seed: UInt64, slowdown: Double = 1) -> RunAnalysis {
        var requests = NormalGenerator(seed: trace)
        var luck = NormalGenerator(seed: seed)
        let offset = runDeviation * luck.next()
        var environment = 0.05 * luck.next()
        var (stallLeft, stall) = (0, 0.0)
        var analyzer = RunAnalyzer(info: info)
        for index in 0..<requestCount {
            let isSmall = requests.share() < 0.05
            let route = Int(requests.share() * Double(routeCount))
            let intrinsic = 0.25 * requests.next()
            environment = 0.995 * environment + 0.05 * 0.0998749218 * luck.next()
            if stallLeft == 0, luck.share() < 0.0005 {
                stallLeft = 10 + Int(luck.share() * 51)
                stall = 0.5 + 2 * luck.share()
            }
            let noise = 0.15 * luck.next() + environment + offset + (stallLeft > 0 ? stall : 0)
            stallLeft = max(0, stallLeft - 1)
            let base = isSmall ? 3e6 * slowdown : 2e6 * Double(route + 1)
            analyzer.add(
                outcome(
                    UInt64(index),
                    target: isSmall ? Self.smallRoute : "/route\(route)",
                    nanoseconds: Int64(base * exponential(intrinsic + noise))
                )
            )
        }
        return analyzer.finish(
            ending: RunEnding(isPartial: false, duration: Int64(requestCount) * 1_000_000)
        )
    }

    private var info: RunInfo {
        RunInfo(
            writer: "synthetic",
            traceHash: "5e17",
            traceName: "synthetic.mtr",
            target: "http://127.0.0.1:1",
            speed: "1",
            connections: "recorded",
            planned: UInt64(requestCount),
            startedAt: 0
        )
    }

    private func outcome(_ index: UInt64, target: String, nanoseconds: Int64) -> Outcome {
        let due = Int64(index) * 1_000_000
        var outcome = Outcome(
            index: index,
            connection: index % 64,
            sequence: index / 64,
            method: "GET",
            target: target,
            due: due,
            result: .completed
        )
        outcome.sent = due
        outcome.end = due + nanoseconds
        outcome.status = 200
        return outcome
    }
}

/// Seeded numbers of mean 0 and variance 1 that are nearly normal: sums of twelve even ones.
private struct NormalGenerator {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// A number from 0 up to 1, all as likely.
    mutating func share() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

    mutating func next() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + share() }
    }
}
