/// A quantile as an exact fraction, so that no rounding moves a rank.
///
/// `0.07 × 100` is more than 7 in binary floating point, and its ceiling is 8; `7/100 × 100` is 7.
public struct Quantile: Hashable, Sendable {
    /// The fraction's upper part, at most the denominator.
    public let numerator: Int
    /// The fraction's lower part, at least 1.
    public let denominator: Int

    /// Makes the quantile `numerator ÷ denominator`; traps outside of 0 < p ≤ 1.
    public init(_ numerator: Int, of denominator: Int) {
        precondition(
            numerator > 0 && numerator <= denominator && 1_000_000 % denominator == 0,
            "a quantile lies above 0 and at most at 1, and is a whole number of millionths"
        )
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The median.
    public static let p50 = Quantile(50, of: 100)
    /// Nine of ten are at most this.
    public static let p90 = Quantile(90, of: 100)
    /// Ninety-nine of a hundred are at most this.
    public static let p99 = Quantile(99, of: 100)
    /// All but one of a thousand are at most this.
    public static let p999 = Quantile(999, of: 1000)
    /// The largest value.
    public static let max = Quantile(1, of: 1)

    /// The quantiles of every report, in order.
    public static let reported: [Quantile] = [.p50, .p90, .p99, .p999, .max]

    /// The fraction as a floating-point number.
    public var fraction: Double { Double(numerator) / Double(denominator) }

    /// The nearest rank ⌈np⌉, counted from 1; `nil` if there are no values.
    public func rank(in count: Int) -> Int? {
        guard count > 0 else { return nil }
        // Split, so that even the largest count does not overflow.
        let (whole, rest) = count.quotientAndRemainder(dividingBy: denominator)
        return whole * numerator + (rest * numerator + denominator - 1) / denominator
    }

    /// The fewest values from which this quantile may be told (Wilks 1941, one-sided, 95 %).
    ///
    /// The smallest n with pⁿ ≤ 0.05: then the largest value lies above the quantile with 95 %
    /// confidence. p50 5, p90 29, p95 59, p99 299, p99.9 2995; the maximum needs one value.
    public var minimumCount: Int {
        guard numerator < denominator else { return 1 }
        return Int((logarithm(0.05) / logarithm(fraction)).rounded(.up))
    }

    /// The key used in JSON: `p50`, `p999`, `max`.
    public var key: String {
        name.filter { $0 != "." }
    }

    /// The name used in text: `p50`, `p99.9`, `max`.
    public var name: String {
        guard numerator < denominator else { return "max" }
        var digits = String(numerator * (1_000_000 / denominator))
        digits = String(repeating: "0", count: 6 - digits.count) + digits
        let whole = Int(digits.prefix(2)) ?? 0
        let tail = String(digits.dropFirst(2).reversed().drop { $0 == "0" }.reversed())
        return tail.isEmpty ? "p\(whole)" : "p\(whole).\(tail)"
    }
}

extension Quantile {
    /// The nearest-rank quantile x(⌈np⌉) of values in ascending order; `nil` if there are none.
    ///
    /// The definition with no interpolation: the result is always one of the values
    /// (Hyndman and Fan 1996, definition 1).
    public func value<Value: Comparable>(ofSorted values: [Value]) -> Value? {
        rank(in: values.count).map { values[$0 - 1] }
    }
}
