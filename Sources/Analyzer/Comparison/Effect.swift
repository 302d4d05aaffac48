/// How much slower or faster the same requests were, with its 95 % interval.
///
/// dᵢ = ln(candidateᵢ ÷ baselineᵢ) for every pair; the change is exp(median d) − 1. What differs
/// from request to request is in both halves of a pair and cancels. The interval comes from a
/// block bootstrap of the dᵢ in order of time.
public struct Effect: Equatable, Sendable {
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
    /// The share of pairs in which the candidate was slower, from 0 to 1.
    public let shareSlower: Double
    /// The number of neighbouring pairs in one block of the bootstrap.
    public let blockLength: Int

    /// What the interval says: REGRESSED if it lies wholly above the margin, IMPROVED if wholly
    /// below its negative, EQUIVALENT if wholly between the two, else INCONCLUSIVE.
    public var verdict: Verdict {
        if low > margin { return .regressed }
        if high < -margin { return .improved }
        return low >= -margin && high <= margin ? .equivalent : .inconclusive
    }

    /// The best guess is a regression, but the interval does not settle it.
    public var isProbablyRegression: Bool { verdict == .inconclusive && change > margin }

    /// Slower for sure, but perhaps by less than matters.
    public var isSlowerBySomeAmount: Bool { verdict == .inconclusive && low > 0 }
}

extension Effect {
    /// Estimates the effect from pairs of nanoseconds in order of time; `nil` with too few.
    init?(_ pairs: [(baseline: Int64, candidate: Int64)], options: ComparisonOptions) {
        guard pairs.count >= ComparisonOptions.minimumPairs else { return nil }
        let logRatios = pairs.map { logarithm(Double($0.candidate) / Double($0.baseline)) }
        let differences = pairs.map { $0.candidate &- $0.baseline }.sorted()
        let baselines = pairs.map(\.baseline).sorted()
        guard let middle = median(ofSorted: logRatios.sorted()),
            let medianDifference = Quantile.p50.value(ofSorted: differences),
            let baselineMedian = Quantile.p50.value(ofSorted: baselines)
        else { return nil }
        blockLength = BlockBootstrap.blockLength(for: logRatios)
        let bootstrap = BlockBootstrap(
            blockLength: blockLength,
            resamples: options.resamples,
            seed: options.seed
        )
        let interval = bootstrap.interval(of: logRatios)
        change = exponential(middle) - 1
        low = exponential(interval.lowerBound) - 1
        high = exponential(interval.upperBound) - 1
        margin = max(options.margin, Double(options.floor) / Double(baselineMedian))
        self.medianDifference = medianDifference
        shareSlower = Double(logRatios.count { $0 > 0 }) / Double(logRatios.count)
    }
}

/// One percentile of the warm pairs in both runs.
public struct PercentileShift: Equatable, Sendable {
    /// Which percentile.
    public let quantile: Quantile
    /// In the baseline, in nanoseconds; `nil` with too few pairs.
    public let baseline: Int64?
    /// In the candidate, in nanoseconds; `nil` with too few pairs.
    public let candidate: Int64?

    /// The relative change, as a fraction.
    public var change: Double? {
        guard let baseline, let candidate else { return nil }
        return Double(candidate) / Double(baseline) - 1
    }

    /// The percentiles that are compared.
    static let compared: [Quantile] = [.p50, .p90, .p99]

    /// The shifts between two sets of nanoseconds of the same requests.
    static func shifts(_ pairs: [(baseline: Int64, candidate: Int64)]) -> [PercentileShift] {
        let baselines = pairs.map(\.baseline).sorted()
        let candidates = pairs.map(\.candidate).sorted()
        return compared.map { quantile in
            let isTold = pairs.count >= quantile.minimumCount
            return PercentileShift(
                quantile: quantile,
                baseline: isTold ? quantile.value(ofSorted: baselines) : nil,
                candidate: isTold ? quantile.value(ofSorted: candidates) : nil
            )
        }
    }
}
