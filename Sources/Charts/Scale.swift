/// Where values stand along an axis.
public enum Scale: Equatable, Sendable {
    /// Equal steps for equal differences.
    case linear(ClosedRange<Double>)
    /// Equal steps for equal ratios; both ends are above zero.
    case logarithmic(ClosedRange<Double>)
    /// For shares from 0 to below 1, up to so many nines: each nine takes as much room, as the tail of
    /// a latency distribution needs it.
    case tail(nines: Double)
    /// For positions in a list of so many rows, each in the middle of its own strip.
    case rows(Int)

    /// The place of a value, 0 at the start of the axis and 1 at its end; values outside stand at
    /// the nearer end.
    public func place(of value: Double) -> Double {
        let place: Double
        switch self {
        case .linear(let range):
            place = ratio(value - range.lowerBound, range.upperBound - range.lowerBound)
        case .logarithmic(let range):
            place = ratio(
                decadic(value / range.lowerBound),
                decadic(range.upperBound / range.lowerBound)
            )
        case .tail(let nines): place = value >= 1 ? 1 : ratio(decadic(1 / (1 - value)), nines)
        case .rows(let count): place = ratio(value + 0.5, Double(count))
        }
        return place.isNaN ? 0 : min(max(place, 0), 1)
    }

    private func ratio(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0.5 }

    /// Round values along the axis, about so many.
    public func ticks(about count: Int) -> [Double] {
        switch self {
        case .linear(let range): linearTicks(range, count)
        case .logarithmic(let range): logarithmicTicks(range)
        case .tail(let nines):
            [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999].filter { decadic(1 / (1 - $0)) <= nines }
        case .rows(let count): (0..<count).map(Double.init)
        }
    }

    private func linearTicks(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
        let width = range.upperBound - range.lowerBound
        guard width > 0, width.isFinite, count > 0 else { return [range.lowerBound] }
        let step = roundStep(atLeast: width / Double(count))
        let first = (range.lowerBound / step).rounded(.up)
        let last = (range.upperBound / step).rounded(.down)
        guard last - first < 1000, last >= first else { return [range.lowerBound] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    private func roundStep(atLeast least: Double) -> Double {
        var power = 1.0
        while power < least { power *= 10 }
        while power / 10 >= least { power /= 10 }
        return [power / 5, power / 2, power].first { $0 >= least } ?? power
    }

    private func logarithmicTicks(_ range: ClosedRange<Double>) -> [Double] {
        var decades: [Double] = []
        var power = 1.0
        while power > range.lowerBound, power > 1e-12 { power /= 10 }
        while power <= range.upperBound, power < 1e18 {
            decades.append(power)
            power *= 10
        }
        // Where there are many, the decades alone say it.
        let factors = decades.count > 4 ? [1.0] : [1, 2, 5]
        let ticks = decades.flatMap { decade in factors.map { decade * $0 } }.filter(range.contains)
        // An axis without two numbers says nothing.
        return ticks.count > 1 ? ticks : [range.lowerBound, range.upperBound]
    }
}

/// The decadic logarithm of a positive number, without a mathematical library: accurate to what a
/// picture shows.
func decadic(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return value > 0 ? 308 : -308 }
    // value = m · 2ᵉ with m in [1, 2); ln m = 2 · artanh((m − 1) ÷ (m + 1)), whose series is short.
    let ratio = (value.significand - 1) / (value.significand + 1)
    var (power, sum) = (ratio, 0.0)
    for divisor in stride(from: 1.0, through: 25, by: 2) {
        sum += power / divisor
        power *= ratio * ratio
    }
    let natural = 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
    return natural / 2.302_585_092_994_046
}
