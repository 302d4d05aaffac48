/// The latency of a group of requests: exact nearest-rank percentiles, each with its doubts.
///
/// It is taken over the requests that succeeded and those that were given up (censored). A
/// censored request took at least as long as it was waited for, so it counts with that; where it
/// could be longer and that could move a percentile, the percentile is a lower bound.
/// Failures are in neither part: they are counted, never averaged in.
public struct LatencySummary: Equatable, Sendable {
    /// One percentile.
    public struct Percentile: Equatable, Sendable {
        /// Which one.
        public let quantile: Quantile
        /// What can be said of it.
        public let value: Value
        /// The 95 % order-statistic interval in nanoseconds, where there are values enough.
        ///
        /// It takes requests as independent, which those of one run are only nearly.
        public let interval: ClosedRange<Int64>?
    }

    /// What can be said of a percentile.
    public enum Value: Equatable, Sendable {
        /// It is this many nanoseconds.
        case exact(Int64)
        /// It is this many nanoseconds or more: its rank falls among requests that were given up.
        case atLeast(Int64)
        /// Nothing honest can be said.
        case withheld(Withholding)
    }

    /// Why a percentile is not told.
    public enum Withholding: Equatable, Sendable {
        /// There are fewer requests than it takes to tell the percentile with 95 % confidence.
        case tooFew(count: Int, needed: Int)
        /// The run had no schedule to count from (`--speed max`).
        case noSchedule
    }

    /// The number of requests that succeeded.
    public let succeeded: Int
    /// The number of requests that were given up.
    public let censored: Int
    /// The percentiles in ascending order.
    public let percentiles: [Percentile]

    /// Summarises nanoseconds of requests that succeeded, and ages of those that were given up.
    init(
        succeeded: [Int64],
        censored: [Int64],
        quantiles: [Quantile] = Quantile.reported
    ) {
        let known = succeeded.ascending()
        // Every order statistic of this mixture is at most that of the unknown true times.
        let lowest = censored.isEmpty ? known : (known + censored).ascending()
        self.succeeded = known.count
        self.censored = censored.count
        percentiles = quantiles.map { quantile in
            Percentile(
                quantile: quantile,
                value: Self.value(quantile, known: known, lowest: lowest),
                interval: Self.interval(quantile, known: known, lowest: lowest)
            )
        }
    }

    /// A summary that withholds everything, because there was no schedule.
    init(withoutScheduleFor summary: LatencySummary) {
        succeeded = summary.succeeded
        censored = summary.censored
        percentiles = summary.percentiles.map {
            Percentile(quantile: $0.quantile, value: .withheld(.noSchedule), interval: nil)
        }
    }

    /// What can be said of one of the percentiles.
    public subscript(quantile: Quantile) -> Value {
        guard let percentile = percentiles.first(where: { $0.quantile == quantile }) else {
            preconditionFailure("\(quantile.name) is not among the percentiles")
        }
        return percentile.value
    }

    private static func value(_ quantile: Quantile, known: [Int64], lowest: [Int64]) -> Value {
        guard let rank = quantile.rank(in: lowest.count), lowest.count >= quantile.minimumCount
        else { return .withheld(.tooFew(count: lowest.count, needed: quantile.minimumCount)) }
        let low = lowest[rank - 1]
        // If all censored requests took for ever, this would be the percentile.
        guard rank <= known.count, known[rank - 1] == low else { return .atLeast(low) }
        return .exact(low)
    }

    private static func interval(
        _ quantile: Quantile,
        known: [Int64],
        lowest: [Int64]
    ) -> ClosedRange<Int64>? {
        guard lowest.count >= quantile.minimumCount,
            let ranks = RankInterval(of: quantile, count: lowest.count),
            ranks.upper <= known.count
        else { return nil }
        return lowest[ranks.lower - 1]...known[ranks.upper - 1]
    }
}

extension LatencySummary.Value {
    /// The nanoseconds, exact or as a lower bound; `nil` if withheld.
    public var nanoseconds: Int64? {
        switch self {
        case .exact(let value), .atLeast(let value): value
        case .withheld: nil
        }
    }
}

extension LatencySummary.Withholding: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .tooFew(let count, let needed): "n = \(count), needs \(needed)"
        case .noSchedule: "no schedule at speed max"
        }
    }
}
