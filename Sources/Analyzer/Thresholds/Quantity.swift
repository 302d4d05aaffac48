/// A number with its unit.
public enum Quantity: Hashable, Sendable {
    /// A length of time.
    case nanoseconds(Int64)
    /// A part of a whole, from 0 to 1.
    case share(Double)
    /// How often in a second.
    case perSecond(Double)

    /// The number without its unit: nanoseconds, a share, or times per second.
    public var number: Double {
        switch self {
        case .nanoseconds(let value): Double(value)
        case .share(let value), .perSecond(let value): value
        }
    }

    /// The name of the unit in JSON.
    public var unit: String {
        switch self {
        case .nanoseconds: "ns"
        case .share: "share"
        case .perSecond: "per_second"
        }
    }

    /// The number as a person reads it, with so many digits that it shows on which side of `limit`
    /// it lies.
    func text(besides limit: Quantity) -> String {
        guard self != limit, description == limit.description else { return description }
        switch self {
        case .nanoseconds(let value): return "\(fixed(Double(value) / 1e6, decimals: 3)) ms"
        case .share(let value): return "\(fixed(value * 100, decimals: 4)) %"
        case .perSecond(let value): return "\(fixed(value, decimals: 2))/s"
        }
    }
}

extension Quantity: CustomStringConvertible {
    /// The number as a person reads it: `31 ms`, `0.05 %`, `512/s`.
    public var description: String {
        switch self {
        case .nanoseconds(let value): duration(value)
        case .share(let value): percentage(value)
        case .perSecond(let value): "\(fixed(value, decimals: value < 99.5 ? 1 : 0))/s"
        }
    }
}
