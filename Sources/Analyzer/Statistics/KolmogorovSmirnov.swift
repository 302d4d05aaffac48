/// The largest distance between the distributions of two samples (Smirnov 1939).
///
/// As with ``MannWhitney``, for requests of two runs the probability describes and never judges.
struct KolmogorovSmirnov: Equatable {
    /// The largest difference D of the two shares of values up to any point, from 0 to 1.
    let distance: Double
    /// How likely a distance at least as large is by chance.
    ///
    /// With ties it is at most that.
    let probability: Double

    /// Up to this product of the two sizes all orders are counted; above, the limit distribution
    /// is taken.
    private static let exactLimit = 160_000

    /// Compares two samples in ascending order; `nil` if one is empty.
    init?(sorted first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        distance = Self.distance(first, second)
        probability =
            first.count <= Self.exactLimit / second.count
            ? Self.exactProbability(of: distance, first.count, second.count)
            : Self.limitProbability(of: distance, first.count, second.count)
    }

    private static func distance(_ first: [Double], _ second: [Double]) -> Double {
        var largest = 0.0
        var (one, other) = (0, 0)
        while one < first.count, other < second.count {
            let value = min(first[one], second[other])
            while one < first.count, first[one] == value { one += 1 }
            while other < second.count, second[other] == value { other += 1 }
            let shares = (
                Double(one) / Double(first.count), Double(other) / Double(second.count)
            )
            largest = max(largest, abs(shares.0 - shares.1))
        }
        return largest
    }

    /// The share of the paths through the grid of both samples that somewhere reach the distance.
    private static func exactProbability(of distance: Double, _ first: Int, _ second: Int) -> Double
    {
        let (height, width) = (Double(first), Double(second))
        // Half a step below, so that the paths that just reach it count as reaching.
        let limit = (0.5 + (distance * height * width - 1e-7).rounded(.down)) / (height * width)
        var inside = (0...second).map { Double($0) / width > limit ? 0.0 : 1.0 }
        for row in 1...first {
            // Keeps the numbers small: each row is divided by what all its paths would grow by.
            let weight = Double(row) / Double(row + second)
            inside[0] = Double(row) / height > limit ? 0 : inside[0] * weight
            for column in 1...second {
                let isOutside = abs(Double(row) / height - Double(column) / width) > limit
                inside[column] = isOutside ? 0 : inside[column] * weight + inside[column - 1]
            }
        }
        return max(0, 1 - inside[second])
    }

    /// Kolmogorov's series 2·Σ(−1)ᵏ⁻¹·exp(−2k²λ²) with λ = D·√(nm ÷ (n + m)).
    private static func limitProbability(of distance: Double, _ first: Int, _ second: Int) -> Double
    {
        let sizes = (Double(first), Double(second))
        let square = distance * distance * sizes.0 * sizes.1 / (sizes.0 + sizes.1)
        guard square > 0.03 else { return 1 }
        var sum = 0.0
        for term in 1...100 {
            let value = exponential(-2 * Double(term * term) * square)
            sum += term.isMultiple(of: 2) ? -value : value
            if value < 1e-17 { break }
        }
        return min(1, max(0, 2 * sum))
    }
}
