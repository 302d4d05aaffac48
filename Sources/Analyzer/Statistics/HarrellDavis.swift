/// The Harrell–Davis estimate of a quantile, a weighted mean of all values (Harrell and Davis 1982).
///
/// The weight of the i-th smallest value is what Beta((n + 1)p, (n + 1)(1 − p)) has between (i − 1)/n
/// and i/n. It varies less than a single order statistic where values are few, and leans on the
/// largest one in the tail: use it for medians of small groups, not for p99.
struct HarrellDavis: Equatable {
    /// The estimate.
    let estimate: Double
    /// Its standard error by Maritz and Jarrett (1978); `nil` where n is too small for one.
    let error: Double?

    /// The estimate from values in ascending order; `nil` for none, or for a quantile of 1.
    init?(of quantile: Quantile, sorted values: [Double]) {
        guard !values.isEmpty, quantile.numerator < quantile.denominator else { return nil }
        let count = Double(values.count)
        let fraction = quantile.fraction
        let weights = Self.weights(
            values.count,
            (count + 1) * fraction,
            (count + 1) * (1 - fraction)
        )
        estimate = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
        let middle = (count * fraction + 0.5).rounded(.down)
        guard middle > 1, middle < count else {
            error = nil
            return
        }
        let jarrett = Self.weights(values.count, middle - 1, count - middle)
        let mean = zip(jarrett, values).reduce(0) { $0 + $1.0 * $1.1 }
        let square = zip(jarrett, values).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
        error = max(0, square - mean * mean).squareRoot()
    }

    /// What a beta distribution has in each of `count` equal parts of 0...1.
    static func weights(_ count: Int, _ first: Double, _ second: Double) -> [Double] {
        var below = 0.0
        return (1...count).map { number in
            let upTo = incompleteBeta(Double(number) / Double(count), first, second)
            defer { below = upTo }
            return upTo - below
        }
    }
}
