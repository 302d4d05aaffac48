/// A change over repetitions: one estimate from each pair of runs, and what these say together.
///
/// Requests of one run share its luck, so that intervals from within runs are too narrow; the
/// repetitions are what is independent (docs/measurement.md). The change is the mean of the
/// repetitions' log-ratios, its interval Student's.
public struct RepeatedEffect: ChangeEstimate, Equatable, Sendable {
    /// The change that each repetition shows, as a fraction, in order.
    public let changes: [Double]
    public let change: Double
    public let low: Double
    public let high: Double
    public let margin: Double
    /// The standard deviation of the repetitions' log-ratios.
    public let deviation: Double
    /// How likely a mean at least as far from none is by chance (Student, two-sided).
    public let probability: Double
    /// The same by turning signs, which assumes nothing but symmetry, and which for K repetitions is
    /// never below 2 ÷ 2ᴷ.
    public let signFlipProbability: Double
    /// The Hodges–Lehmann estimate of the change, which a single odd repetition hardly moves.
    public let robustChange: Double
    /// How many repetitions would probably decide, if the interval does not.
    public let repetitionsNeeded: Int?

    /// More repetitions than this are not worth telling.
    static let mostRepetitions = 1000

    /// Looks at the log-ratios of the repetitions; `nil` for fewer than two.
    init?(_ logRatios: [Double], margin: Double) {
        guard let interval = StudentInterval(logRatios), let robust = HodgesLehmann(logRatios)
        else { return nil }
        changes = logRatios.map { exponential($0) - 1 }
        change = exponential(interval.mean) - 1
        low = exponential(interval.low) - 1
        high = exponential(interval.high) - 1
        self.margin = margin
        deviation = interval.deviation
        probability = interval.probability
        signFlipProbability = Analyzer.signFlipProbability(logRatios)
        robustChange = exponential(robust.estimate) - 1
        repetitionsNeeded = Self.repetitionsNeeded(interval, margin: logarithm(1 + margin))
    }

    /// K* ≈ (t·s ÷ ||θ| − δ|)², and at least two more than there were.
    private static func repetitionsNeeded(_ interval: StudentInterval, margin: Double) -> Int? {
        let distance = abs(abs(interval.mean) - margin)
        guard
            interval.high > margin && interval.low < margin
                || interval.high > -margin && interval.low < -margin
        else { return nil }
        let root = interval.quantile * interval.deviation / distance
        let needed = (root * root).rounded(.up)
        guard needed < Double(mostRepetitions) else { return mostRepetitions }
        return max(interval.count + 2, Int(needed))
    }
}
