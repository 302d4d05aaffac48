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
    /// Percentiles of the same pairs in both runs.
    public let shifts: [PercentileShift]
    /// The median of the pairs' log-ratios; `nil` with fewer than
    /// ``ComparisonOptions/minimumPairs`` pairs.
    let middle: Double?
    /// The log-ratio of both runs' p99; `nil` with fewer pairs than a p99 takes.
    let tail: Double?
    /// The margin of the median.
    let margin: Double
    /// The margin of the p99.
    let tailMargin: Double
    /// The median of candidateᵢ − baselineᵢ in nanoseconds.
    let medianDifference: Int64?
    /// The share of pairs in which the candidate was slower.
    let shareSlower: Double?
    /// The median log-ratio of the service times of requests that were cold in both runs.
    let coldMiddle: Double?

    /// The name of the group of all requests.
    static let nameOfAll = "all"
}

/// Collects the pairs of one group in order of time.
struct PairCollector {
    private var times: [(baseline: Int64, candidate: Int64)] = []
    private var coldLogRatios: [Double] = []
    private var leftOut: [LeftOut: Int] = [:]
    private var flips = FailureFlips()

    mutating func add(_ use: PairUse) {
        switch use {
        case .used(let baseline, let candidate):
            times.append((baseline, candidate))
        case .cold(let baseline, let candidate):
            coldLogRatios.append(logarithm(Double(candidate) / Double(baseline)))
            leftOut[.cold, default: 0] += 1
        case .leftOut(let reason): leftOut[reason, default: 0] += 1
        }
    }

    mutating func add(_ flip: FailureFlips.Direction) {
        flips.add(flip)
    }

    /// The group's numbers with intervals from within this one pair of runs.
    func compared(as name: String, options: ComparisonOptions) -> GroupComparison {
        let times = PairedTimes(times)
        return GroupComparison(
            name: name,
            pairs: self.times.count,
            leftOut: leftOut,
            effect: times.flatMap { Effect($0, of: name, options: options) },
            shifts: shifts(times),
            flips: flips
        )
    }

    /// The group's numbers without intervals: these come from repetitions.
    func estimated(as name: String, options: ComparisonOptions) -> GroupEstimate {
        let paired = PairedTimes(times)
        let judged = times.count >= ComparisonOptions.minimumPairs ? paired : nil
        let noise = options.noiseFloor
        let tail = paired?.quantiles(.p99)
        return GroupEstimate(
            name: name,
            pairs: times.count,
            leftOut: leftOut,
            flips: flips,
            shifts: shifts(paired),
            middle: judged?.middle,
            tail: tail.map { logarithm(Double($0.candidate) / Double($0.baseline)) },
            margin: paired?.margin(.p50, noise: noise.median(of: name), options: options)
                ?? options.margin,
            tailMargin: paired?.margin(.p99, noise: noise.tail(of: name), options: options)
                ?? options.margin,
            medianDifference: judged?.medianDifference,
            shareSlower: judged?.shareSlower,
            coldMiddle: median(ofSorted: coldLogRatios.sorted())
        )
    }

    private func shifts(_ times: PairedTimes?) -> [PercentileShift] {
        PercentileShift.compared.map { quantile in
            let values = times?.quantiles(quantile)
            return PercentileShift(
                quantile: quantile,
                baseline: values?.baseline,
                candidate: values?.candidate
            )
        }
    }
}
