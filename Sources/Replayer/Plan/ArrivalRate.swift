/// How many requests are due per second: constant, or changing evenly over some time and constant
/// from then on.
public struct ArrivalRate: Equatable, Sendable {
    /// Requests per second at the start; zero or more.
    public let initial: Double
    /// Requests per second at the end of the ramp; positive.
    public let final: Double
    /// How long the rate changes, in nanoseconds; zero when it is constant.
    public let rampDuration: Int64

    /// A constant rate, positive and finite, in requests per second.
    public init(perSecond rate: Double) {
        self.init(from: rate, to: rate, over: 0)
    }

    /// A rate that changes evenly; `initial` is at least zero and `final` positive, both finite.
    public init(from initial: Double, to final: Double, over rampDuration: Int64) {
        precondition(initial >= 0 && initial.isFinite && final > 0 && final.isFinite)
        self.initial = initial
        self.final = final
        self.rampDuration = max(0, rampDuration)
    }

    /// The rate as it would be given on the command line.
    public var text: String {
        rampDuration == 0
            ? "\(plain(final))/s"
            : "\(plain(initial))/s..\(plain(final))/s over \(plain(Double(rampDuration) / 1e9))s"
    }

    /// When so many requests are expected to have been due, in nanoseconds since the start.
    ///
    /// The inverse of the integral of the rate; exponential steps of `count` make a Poisson
    /// process of it, steps of one an even one.
    func time(ofExpectedCount count: Double) -> Double {
        guard count > 0 else { return 0 }
        let ramp = Double(rampDuration) / 1e9
        let countInRamp = (initial + final) / 2 * ramp
        guard count < countInRamp else {
            return (ramp + (count - countInRamp) / final) * 1e9
        }
        // The positive root of initial · t + slope · t² ÷ 2 = count, in the form that does not
        // lose digits when the slope is small.
        let slope = (final - initial) / ramp
        let root = max(0, initial * initial + 2 * slope * count).squareRoot()
        return 2 * count / (initial + root) * 1e9
    }
}

/// How arrivals are spread around their rate.
public enum Spacing: String, CaseIterable, Sendable {
    /// Independent of each other, as from many users: exponential times between them.
    case exponential
    /// At even distances.
    case uniform
}
