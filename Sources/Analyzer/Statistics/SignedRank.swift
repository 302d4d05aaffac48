/// The distribution of Wilcoxon's signed-rank sum W of n values without ties, when each sign is as
/// likely as the other (Wilcoxon 1945).
struct SignedRankDistribution {
    /// The number of values.
    let count: Int
    /// P(W ≤ w) for w from 0 to n(n + 1)/2.
    private let cumulative: [Double]

    /// Counts the sign patterns of every rank sum; exact up to 2⁵³ patterns, sixteen digits above.
    init(count: Int) {
        precondition(count >= 0, "a count is not negative")
        let largest = count * (count + 1) / 2
        var shares = [Double](repeating: 0, count: largest + 1)
        shares[0] = 1
        for rank in stride(from: 1, through: count, by: 1) {
            // Each rank is in the sum or not, with equal chances.
            for sum in stride(from: largest, through: 0, by: -1) {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
            }
        }
        var total = 0.0
        cumulative = shares.map {
            total += $0
            return total
        }
        self.count = count
    }

    /// The probability of a rank sum of at most `sum`.
    func probability(ofAtMost sum: Int) -> Double {
        sum < 0 ? 0 : cumulative[min(sum, cumulative.count - 1)]
    }

    /// The largest rank sum w with P(W ≤ w) ≤ `tail`; `nil` if even 0 is likelier.
    func lowerRank(tail: Double) -> Int? {
        cumulative.lastIndex { $0 <= tail }
    }
}

/// The Hodges–Lehmann estimate of the middle of a few values, with its exact interval.
///
/// The median of all means of two values (Walsh averages), a value with itself included; the
/// interval's ends are the Walsh averages at the ranks that the signed-rank distribution gives
/// (Hodges and Lehmann 1963). It holds for any symmetric distribution.
struct HodgesLehmann: Equatable {
    /// The estimate.
    let estimate: Double
    /// The interval with at least the asked confidence; `nil` with too few values (under 6 for 95 %).
    let interval: ClosedRange<Double>?
    /// The confidence that the interval really has.
    let coverage: Double?

    /// The most values that are taken: their averages are all held in memory.
    static let limit = 500

    /// The estimate for values in any order; `nil` for none or more than ``limit``.
    init?(_ values: [Double], confidence: Double = 0.95) {
        guard values.count <= Self.limit else { return nil }
        var averages: [Double] = []
        averages.reserveCapacity(values.count * (values.count + 1) / 2)
        for (position, value) in values.enumerated() {
            for other in values[position...] { averages.append((value + other) / 2) }
        }
        averages.sort()
        guard let middle = median(ofSorted: averages) else { return nil }
        estimate = middle
        let distribution = SignedRankDistribution(count: values.count)
        if let rank = distribution.lowerRank(tail: (1 - confidence) / 2) {
            interval = averages[rank]...averages[averages.count - 1 - rank]
            coverage = 1 - 2 * distribution.probability(ofAtMost: rank)
        } else {
            interval = nil
            coverage = nil
        }
    }
}
