/// Whether values in order of time rise or fall (Mann 1945, Kendall 1975).
struct MannKendall: Equatable {
    /// S: pairs in which the later value is larger, less those in which it is smaller.
    let statistic: Int
    /// Kendall's τ: S as a share of all pairs.
    let correlation: Double
    /// The z of the normal approximation, with corrections for ties and continuity.
    let score: Double
    /// How likely an S at least as far from zero is by chance, on either side, by that z.
    let normalProbability: Double
    /// The same by counting all orders; `nil` with ties or more than ``exactLimit`` values.
    let exactProbability: Double?

    /// Up to this many values all orders are counted.
    private static let exactLimit = 60

    /// The exact probability where there is one.
    var probability: Double { exactProbability ?? normalProbability }

    /// Looks at values in order of time; `nil` with fewer than three.
    init?(_ values: [Double]) {
        let count = values.count
        guard count >= 3 else { return nil }
        var statistic = 0
        for (position, earlier) in values.enumerated() {
            for later in values[(position + 1)...] {
                statistic += later > earlier ? 1 : later < earlier ? -1 : 0
            }
        }
        self.statistic = statistic
        correlation = Double(statistic) / Double(count * (count - 1) / 2)
        let groups = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +).values
        let weight = { (size: Int) in size * (size - 1) * (2 * size + 5) }
        let variance = Double(weight(count) - groups.reduce(0) { $0 + weight($1) }) / 18
        let distance = Double(abs(statistic)) - 1
        let score = variance > 0 ? max(0, distance) / variance.squareRoot() : 0
        self.score = statistic < 0 ? -score : score
        normalProbability = min(1, 2 * upperNormalProbability(score))
        let hasTies = groups.contains { $0 > 1 }
        exactProbability =
            hasTies || count > Self.exactLimit
            ? nil : Self.exactProbability(of: statistic, count: count)
    }

    /// The share of all orders with an S at least as far from zero.
    ///
    /// S = pairs − 2·inversions, and inserting the i-th value adds 0 to i − 1 inversions, each as
    /// likely.
    private static func exactProbability(of statistic: Int, count: Int) -> Double {
        let pairs = count * (count - 1) / 2
        var shares = [1.0]
        for size in 2...count {
            var next = [Double](repeating: 0, count: shares.count + size - 1)
            for (inversions, share) in shares.enumerated() {
                for added in 0..<size { next[inversions + added] += share / Double(size) }
            }
            shares = next
        }
        return shares.enumerated().reduce(0) { sum, entry in
            abs(pairs - 2 * entry.offset) >= abs(statistic) ? sum + entry.element : sum
        }
    }
}
