/// The binomial distribution: how many of n independent trials succeed.
///
/// Probabilities are built from the mode outwards by the ratio of neighbours and then divided by
/// their sum, which keeps twelve digits for a million trials. Those below 1e-18 of the mode's are
/// taken as zero.
struct Binomial {
    /// The number of trials.
    let trials: Int
    /// The count that `probabilities` starts with.
    private let first: Int
    private let probabilities: [Double]

    /// Makes the distribution of successes among `trials`, each with `probability`, 0 < p < 1.
    init(trials: Int, probability: Double) {
        precondition(trials >= 0, "a count of trials is not negative")
        precondition(probability > 0 && probability < 1, "a certain outcome has no distribution")
        let odds = probability / (1 - probability)
        let mode = min(trials, Int(Double(trials + 1) * probability))
        var below: [Double] = []
        var weight = 1.0
        var count = mode
        while count > 0, weight > 1e-18 {
            weight *= Double(count) / (Double(trials - count + 1) * odds)
            below.append(weight)
            count -= 1
        }
        var weights = Array(below.reversed())
        weights.append(1)
        weight = 1
        count = mode
        while count < trials, weight > 1e-18 {
            weight *= Double(trials - count) * odds / Double(count + 1)
            weights.append(weight)
            count += 1
        }
        let total = weights.sorted().reduce(0, +)
        self.trials = trials
        self.first = mode - below.count
        self.probabilities = weights.map { $0 / total }
    }

    /// The probability of at most `count` successes.
    func probability(ofAtMost count: Int) -> Double {
        guard count >= first else { return 0 }
        return probabilities.prefix(count - first + 1).reduce(0, +)
    }

    /// The largest count c with P(at most c − 1) ≤ `tail`.
    fileprivate func lowerRank(tail: Double) -> Int {
        var sum = 0.0
        for (offset, probability) in probabilities.enumerated() {
            sum += probability
            if sum > tail { return first + offset }
        }
        return trials
    }

    /// The smallest count c with P(at least c) ≤ `tail`.
    fileprivate func upperRank(tail: Double) -> Int {
        var sum = 0.0
        for (offset, probability) in probabilities.enumerated().reversed() {
            sum += probability
            if sum > tail { return first + offset + 1 }
        }
        return 0
    }
}

/// The ranks between which a quantile lies with at least 95 % confidence.
struct RankInterval: Equatable {
    /// The lower rank j, counted from 1.
    let lower: Int
    /// The upper rank k, counted from 1.
    let upper: Int
    /// The probability that the quantile lies in [x(j), x(k)].
    let coverage: Double

    /// The order-statistic interval (Le Boudec, Performance Evaluation, section 2); `nil` if the
    /// values are too few to enclose the quantile on both sides.
    ///
    /// j is the largest with P(Bin(n, p) ≤ j − 1) ≤ α/2, k the smallest with P(Bin(n, p) ≥ k) ≤ α/2.
    /// It assumes independent values; requests of one run are only nearly so.
    init?(of quantile: Quantile, count: Int, confidence: Double = 0.95) {
        guard count > 0, quantile.numerator < quantile.denominator else { return nil }
        let distribution = Binomial(trials: count, probability: quantile.fraction)
        let tail = (1 - confidence) / 2
        lower = distribution.lowerRank(tail: tail)
        upper = distribution.upperRank(tail: tail)
        guard lower >= 1, upper <= count else { return nil }
        coverage =
            distribution.probability(ofAtMost: upper - 1)
            - distribution.probability(ofAtMost: lower - 1)
    }
}

/// The exact two-sided McNemar test: 2·P(Bin(b + c, ½) ≤ min(b, c)), at most 1.
///
/// How likely a split at least as uneven as `first` against `second` is, if each change of mind
/// were as likely in one direction as in the other.
func mcNemarProbability(_ first: Int, _ second: Int) -> Double {
    let distribution = Binomial(trials: first + second, probability: 0.5)
    return min(1, 2 * distribution.probability(ofAtMost: min(first, second)))
}
