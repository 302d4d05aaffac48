/// How two samples without pairs compare (Mann and Whitney 1947).
///
/// It takes the values of a sample as independent. Requests of one run are not, so for runs this
/// describes and never judges (docs/measurement.md).
struct MannWhitney: Equatable {
    /// U of the first sample: pairs in which its value is larger, ties counting a half.
    let statistic: Double
    /// How likely a U at least as far from the middle is by chance, on either side.
    let probability: Double
    /// Whether every order was counted; otherwise the normal approximation was used, with
    /// corrections for ties and continuity.
    let isExact: Bool
    /// How likely a value of the first is larger than one of the second (Vargha and Delaney's A₁₂).
    let superiority: Double

    /// Cliff's delta: 2·A₁₂ − 1.
    var delta: Double { 2 * superiority - 1 }

    /// Up to this many values in both samples together every order is counted.
    static let exactLimit = 50

    /// Compares two samples; `nil` if one is empty.
    init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let ranks = DoubledRanks(first, second)
        let sizes = (Double(first.count), Double(second.count))
        statistic = Double(ranks.sumOfFirst) / 2 - sizes.0 * (sizes.0 + 1) / 2
        superiority = statistic / (sizes.0 * sizes.1)
        isExact = first.count + second.count <= Self.exactLimit
        probability =
            isExact
            ? ranks.exactProbability(firstCount: first.count)
            : ranks.normalProbability(statistic: statistic, sizes: sizes)
    }

    /// The probability of the normal approximation, whatever the number of values.
    static func normalProbability(_ first: [Double], _ second: [Double]) -> Double {
        let ranks = DoubledRanks(first, second)
        let sizes = (Double(first.count), Double(second.count))
        let statistic = Double(ranks.sumOfFirst) / 2 - sizes.0 * (sizes.0 + 1) / 2
        return ranks.normalProbability(statistic: statistic, sizes: sizes)
    }
}

/// The ranks of two samples put together, doubled so that the mean ranks of ties are whole.
private struct DoubledRanks {
    let all: [Int]
    let sumOfFirst: Int
    /// Σ(t³ − t) over groups of t equal values.
    let ties: Double

    init(_ first: [Double], _ second: [Double]) {
        let values =
            (first.map { (value: $0, isFirst: true) } + second.map { (value: $0, isFirst: false) })
            .sorted { $0.value < $1.value }
        var all: [Int] = []
        var sumOfFirst = 0
        var ties = 0.0
        var start = 0
        while start < values.count {
            let end =
                values[start...].firstIndex { $0.value != values[start].value } ?? values.count
            let size = end - start
            ties += Double(size) * (Double(size) * Double(size) - 1)
            // The ranks start + 1 … end have the mean (start + 1 + end) ÷ 2.
            all += repeatElement(start + 1 + end, count: size)
            sumOfFirst += (start + 1 + end) * values[start..<end].count { $0.isFirst }
            start = end
        }
        self.all = all
        self.sumOfFirst = sumOfFirst
        self.ties = ties
    }

    /// Counts, for every sum, the choices of `firstCount` ranks that have it.
    func exactProbability(firstCount: Int) -> Double {
        let width = all.reduce(0, +) + 1
        // A row of sums for each number of ranks chosen so far.
        var counts = [Double](repeating: 0, count: (firstCount + 1) * width)
        counts[0] = 1
        for (position, rank) in all.enumerated() {
            for size in stride(from: min(firstCount, position + 1), through: 1, by: -1) {
                let (row, rowBefore) = (size * width, (size - 1) * width)
                for sum in rank..<width where counts[rowBefore + sum - rank] > 0 {
                    counts[row + sum] += counts[rowBefore + sum - rank]
                }
            }
        }
        // The mean of the sum is firstCount·(N + 1), doubled as the ranks are.
        let mean = firstCount * (all.count + 1)
        let distance = abs(sumOfFirst - mean)
        var reached = 0.0
        var total = 0.0
        for (sum, count) in counts.suffix(width).enumerated() {
            total += count
            if abs(sum - mean) >= distance { reached += count }
        }
        return reached / total
    }

    func normalProbability(statistic: Double, sizes: (Double, Double)) -> Double {
        let total = sizes.0 + sizes.1
        let variance = sizes.0 * sizes.1 / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else { return 1 }
        let distance = max(0, abs(statistic - sizes.0 * sizes.1 / 2) - 0.5)
        return min(1, 2 * upperNormalProbability(distance / variance.squareRoot()))
    }
}
