/// What one pair of runs says of one route's requests, or of all, without an interval of its own.
public struct GroupEstimate: Equatable, Sendable {
    /// The route's name; `all` for the whole trace.
    public let name: String
    /// The number of pairs of warm requests that succeeded in both runs.
    public let pairs: Int
    /// The pairs that are not among these, by reason.
    public let leftOut: [LeftOut: Int]
    /// Changes between success and failure.
    public let flips: FailureFlips
    /// The shares of requests that failed.
    public let failures: FailureShares
    /// From where on the answers are not what they were; `nil` if they are, and for all requests.
    public let divergence: Divergence?
    /// Percentiles of the same pairs in both runs.
    public let shifts: [PercentileShift]
    /// The median of the pairs' log-ratios; `nil` with fewer than
    /// ``ComparisonOptions/minimumPairs`` pairs.
    let middle: Double?
    /// The smallest changes that matter.
    let margins: GroupMargins
    /// The median of candidateᵢ − baselineᵢ in nanoseconds.
    let medianDifference: Int64?
    /// The share of pairs in which the candidate was slower.
    let shareSlower: Double?
    /// The median log-ratio of the service times of requests that were cold in both runs.
    let coldMiddle: Double?

    /// The log-ratio of both runs' p99; `nil` with fewer pairs than a p99 takes.
    var tail: Double? { shifts.first { $0.quantile == .p99 }?.logRatio }

    /// The name of the group of all requests.
    static let nameOfAll = "all"
}
