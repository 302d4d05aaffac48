/// How much slower or faster the same requests were, with its 95 % interval.
///
/// dᵢ = ln(candidateᵢ ÷ baselineᵢ) for every pair; the change is exp(median d) − 1. What differs
/// from request to request is in both halves of a pair and cancels. The interval comes from a
/// block bootstrap of the dᵢ in order of time.
public struct Effect: ChangeEstimate, Equatable, Sendable {
    /// The change as a fraction: 0.29 is 29 % slower.
    public let change: Double
    /// The lower end of the interval, as a fraction.
    public let low: Double
    /// The upper end of the interval, as a fraction.
    public let high: Double
    /// The smallest change that matters here: the margin, or the floor as a fraction of the
    /// baseline's median if that is more.
    public let margin: Double
    /// The median of candidateᵢ − baselineᵢ, in nanoseconds.
    public let medianDifference: Int64
    /// The share of pairs in which the candidate was slower, from 0 to 1; `nil` without pairs.
    public let shareSlower: Double?
    /// The number of neighbouring pairs in one block of the bootstrap; `nil` without pairs.
    public let blockLength: Int?
}

extension Effect {
    /// Estimates the effect from the times of one group; `nil` with too few pairs.
    ///
    /// The interval is widened by what two runs of one target differ by on this machine, if that is
    /// known: a single pair of runs cannot tell the two apart.
    init?(
        _ times: PairedTimes,
        margins: GroupMargins,
        bootstrap: BlockBootstrap
    ) {
        guard times.count >= ComparisonOptions.minimumPairs else { return nil }
        let interval = bootstrap.interval(of: times.logRatios)
        let widening = logarithm(1 + margins.noise)
        blockLength = bootstrap.blockLength
        change = exponential(times.middle) - 1
        low = exponential(interval.lowerBound - widening) - 1
        high = exponential(interval.upperBound + widening) - 1
        margin = margins.median
        medianDifference = times.medianDifference
        shareSlower = times.shareSlower
    }
}
