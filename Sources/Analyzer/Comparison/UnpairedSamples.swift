/// How the times of two runs compare whose requests are not the same.
///
/// The tests take requests as independent, which those of a run are not: they describe and do not
/// judge.
public struct UnpairedStatistics: Equatable, Sendable {
    /// Warm requests of the baseline that succeeded.
    public let baselineCount: Int
    /// Warm requests of the candidate that succeeded.
    public let candidateCount: Int
    /// How likely a request of the candidate takes longer than one of the baseline (A₁₂).
    public let superiority: Double
    /// Cliff's delta: 2·A₁₂ − 1.
    public let delta: Double
    /// The probability of the Mann–Whitney test.
    public let mannWhitneyProbability: Double
    /// The largest distance of the two distributions (Kolmogorov–Smirnov).
    public let distance: Double
    /// The probability of that distance.
    public let distanceProbability: Double

    /// Compares nanoseconds in ascending order; `nil` if one side is empty.
    init?(baselines: [Int64], candidates: [Int64]) {
        let (before, after) = (baselines.map(Double.init), candidates.map(Double.init))
        guard let ranks = MannWhitney(after, before),
            let distances = KolmogorovSmirnov(sorted: before, after)
        else { return nil }
        baselineCount = baselines.count
        candidateCount = candidates.count
        superiority = ranks.superiority
        delta = ranks.delta
        mannWhitneyProbability = ranks.probability
        distance = distances.distance
        distanceProbability = distances.probability
    }
}

/// Collects the times of one group of two runs that share no requests, each in order of time.
struct SampleCollector: GroupCollector {
    private var baselines: [Int64] = []
    private var candidates: [Int64] = []
    private var failures = FailureShares()

    mutating func add(baseline record: RequestRecord, time: Int64?) {
        failures.add(baseline: record)
        if let time { baselines.append(time) }
    }

    mutating func add(candidate record: RequestRecord, time: Int64?) {
        failures.add(candidate: record)
        if let time { candidates.append(time) }
    }

    func compared(as name: String, options: ComparisonOptions) -> GroupComparison {
        let sorted = (baseline: baselines.ascending(), candidate: candidates.ascending())
        let intervals = intervals(options)
        let shifts = PercentileShift.compared.map { quantile in
            PercentileShift(
                quantile,
                baselines: sorted.baseline,
                candidates: sorted.candidate,
                interval: intervals?(quantile)
            )
        }
        return GroupComparison(
            name: name,
            pairs: pairs,
            leftOut: [:],
            effect: isJudged ? effect(of: name, shifts, sorted, options) : nil,
            shifts: shifts,
            flips: FailureFlips(),
            failures: failures,
            divergence: nil,
            unpaired: UnpairedStatistics(
                baselines: sorted.baseline,
                candidates: sorted.candidate
            )
        )
    }

    func estimated(as name: String, options: ComparisonOptions) -> GroupEstimate {
        let sorted = (baseline: baselines.ascending(), candidate: candidates.ascending())
        let shifts = PercentileShift.compared.map {
            PercentileShift($0, baselines: sorted.baseline, candidates: sorted.candidate)
        }
        return GroupEstimate(
            name: name,
            pairs: pairs,
            leftOut: [:],
            flips: FailureFlips(),
            failures: failures,
            divergence: nil,
            shifts: shifts,
            middle: isJudged ? shifts[0].logRatio : nil,
            margins: GroupMargins(name, baselines: sorted.baseline, options: options),
            medianDifference: nil,
            shareSlower: nil,
            coldMiddle: nil
        )
    }

    private var pairs: Int { min(baselines.count, candidates.count) }
    private var isJudged: Bool { pairs >= ComparisonOptions.minimumPairs }

    /// The intervals of the shifts; `nil` with nothing to draw from.
    private func intervals(
        _ options: ComparisonOptions
    ) -> ((Quantile) -> ClosedRange<Double>)? {
        guard isJudged else { return nil }
        let length =
            [baselines, candidates].map { times in
                BlockBootstrap.blockLength(for: times.map { logarithm(Double($0)) })
            }.max() ?? 1
        let bootstrap = BlockBootstrap(
            blockLength: length,
            resamples: options.resamples,
            seed: options.seed
        )
        let resamplers = [baselines, candidates].map {
            BlockResampler($0.map(Double.init), blockLength: length)
        }
        return { quantile in
            bootstrap.intervalOfUnpairedShift(
                quantile,
                baseline: resamplers[0],
                candidate: resamplers[1]
            )
        }
    }

    /// The change of the median, in place of the median of changes that pairs would have.
    private func effect(
        of name: String,
        _ shifts: [PercentileShift],
        _ sorted: (baseline: [Int64], candidate: [Int64]),
        _ options: ComparisonOptions
    ) -> Effect? {
        guard let shift = shifts.first, let change = shift.change, let interval = shift.interval,
            let before = shift.baseline, let after = shift.candidate
        else { return nil }
        let margins = GroupMargins(name, baselines: sorted.baseline, options: options)
        return Effect(
            change: change,
            low: (1 + interval.lowerBound) / (1 + margins.noise) - 1,
            high: (1 + interval.upperBound) * (1 + margins.noise) - 1,
            margin: margins.median,
            medianDifference: after &- before,
            shareSlower: nil,
            blockLength: nil
        )
    }
}
