/// The cut that best divides values into a lower and an upper group (Otsu 1979), on a log scale.
///
/// A cut there always is, also through one group; ``gapRatio`` and the sizes tell whether it means
/// anything. Neither ``separation`` nor Ashman's D does: a single outlier fools both.
struct OtsuSplit: Equatable {
    /// How many of the values are in the lower group.
    let lowerCount: Int
    /// How many are in the upper group.
    let upperCount: Int
    /// The variance between the groups as a share of all variance, from 0 to 1 (Otsu's η).
    let separation: Double
    /// The geometric mean of the values on both sides of the cut.
    let threshold: Double
    /// The smallest upper value ÷ the largest lower one.
    let gapRatio: Double
    /// The distance of the means in units of the groups' deviations: √2·|μ₁ − μ₂| ÷ √(σ₁² + σ₂²).
    let ashman: Double

    /// Divides positive values in ascending order; `nil` with fewer than two different ones.
    init?(sorted values: [Double]) {
        guard let smallest = values.first, let largest = values.last, smallest > 0,
            smallest < largest
        else { return nil }
        let logs = values.map(logarithm)
        let count = Double(values.count)
        let total = logs.reduce(0, +)
        let mean = total / count
        let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        var (cut, best, below) = (1, -1.0, 0.0)
        for position in 1..<values.count {
            below += logs[position - 1]
            guard values[position] > values[position - 1] else { continue }
            let share = Double(position) / count
            let distance = below / Double(position) - (total - below) / (count - Double(position))
            let between = share * (1 - share) * distance * distance
            if between > best { (cut, best) = (position, between) }
        }
        lowerCount = cut
        upperCount = values.count - cut
        separation = best / variance
        threshold = (values[cut - 1] * values[cut]).squareRoot()
        gapRatio = values[cut] / values[cut - 1]
        let (lower, upper) = (Self.moments(logs[..<cut]), Self.moments(logs[cut...]))
        ashman =
            2.0.squareRoot() * abs(upper.mean - lower.mean)
            / (lower.variance + upper.variance).squareRoot()
    }

    private static func moments(_ values: ArraySlice<Double>) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / Double(values.count))
    }
}
