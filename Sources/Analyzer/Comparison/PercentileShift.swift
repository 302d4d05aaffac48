/// One percentile of warm requests that succeeded in both runs.
public struct PercentileShift: Equatable, Sendable {
    /// Which percentile.
    public let quantile: Quantile
    /// In the baseline, in nanoseconds; `nil` with too few requests.
    public let baseline: Int64?
    /// In the candidate, in nanoseconds; `nil` with too few requests.
    public let candidate: Int64?
    /// The 95 % interval of the relative change from within the two runs, as fractions; `nil`
    /// with too few requests, and for one of several repetitions.
    public let interval: ClosedRange<Double>?

    /// The relative change, as a fraction.
    public var change: Double? { logRatio.map { exponential($0) - 1 } }

    /// The logarithm of candidate ÷ baseline.
    var logRatio: Double? {
        guard let baseline, let candidate else { return nil }
        return logarithm(Double(candidate) / Double(baseline))
    }

    /// The percentiles that are compared.
    static let compared: [Quantile] = [.p50, .p90, .p99]

    /// A percentile of both sides, each in ascending order; withheld with too few of either.
    init(
        _ quantile: Quantile,
        baselines: [Int64],
        candidates: [Int64],
        interval logRatios: ClosedRange<Double>? = nil
    ) {
        let isTold = min(baselines.count, candidates.count) >= quantile.minimumCount
        self.quantile = quantile
        baseline = isTold ? quantile.value(ofSorted: baselines) : nil
        candidate = isTold ? quantile.value(ofSorted: candidates) : nil
        interval =
            isTold
            ? logRatios.map { exponential($0.lowerBound) - 1...exponential($0.upperBound) - 1 }
            : nil
    }
}
