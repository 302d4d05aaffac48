/// How probabilities of many tests are corrected for their number; each result can be held against
/// the same limit as a single test.
public enum Multiplicity: String, CaseIterable, Sendable {
    /// Keeps the chance of any false finding: (m − i + 1)·p₍ᵢ₎, rising (Holm 1979).
    case holm
    /// Keeps the share of false findings among the findings, for tests that are independent or
    /// depend on each other positively: p₍ᵢ₎·m/i, falling from the top (Benjamini and Hochberg 1995).
    case benjaminiHochberg = "benjamini-hochberg"
    /// The same for tests that depend on each other in any way: that × Σ1/i (Benjamini and Yekutieli
    /// 2001).
    case benjaminiYekutieli = "benjamini-yekutieli"

    /// The corrected probabilities, in the order of those given.
    func adjusted(_ probabilities: [Double]) -> [Double] {
        let count = probabilities.count
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var adjusted = probabilities
        switch self {
        case .holm:
            var largest = 0.0
            for (rank, position) in order.enumerated() {
                largest = max(largest, Double(count - rank) * probabilities[position])
                adjusted[position] = min(1, largest)
            }
        case .benjaminiHochberg, .benjaminiYekutieli:
            let factor =
                self == .benjaminiYekutieli
                ? (0..<count).reduce(0.0) { $0 + 1 / Double($1 + 1) } : 1
            var smallest = 1.0
            for (rank, position) in order.enumerated().reversed() {
                let scaled = probabilities[position] * factor * Double(count) / Double(rank + 1)
                smallest = min(smallest, scaled)
                adjusted[position] = smallest
            }
        }
        return adjusted
    }
}
