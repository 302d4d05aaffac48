/// One route made slower or faster, as a user writes it: `/run/search=+30%` or `/run/search=x2`.
public struct Slowdown: Sendable, Equatable {
    /// The largest factor that is accepted, a hundred thousand.
    public static let largestFactor = 100_000.0

    /// The route, such as `/run/search`.
    public var route: String
    /// What the route's warm time is multiplied by.
    public var factor: Double

    /// Reads `ROUTE=+N%`, `ROUTE=-N%` or `ROUTE=xN`; `nil` for anything else.
    public init?(_ text: String) {
        guard let equals = text.lastIndex(of: "="), text.startIndex < equals else { return nil }
        let change = text[text.index(after: equals)...]
        let factor: Double?
        if change.hasSuffix("%"), change.hasPrefix("+") || change.hasPrefix("-") {
            factor = Double(change.dropLast()).map { percent in 1 + percent / 100 }
        } else if change.hasPrefix("x") {
            factor = Double(change.dropFirst())
        } else {
            factor = nil
        }
        guard let factor, Self.accepts(factor) else { return nil }
        self.route = String(text[..<equals])
        self.factor = factor
    }

    /// Whether a time may be multiplied by the factor.
    static func accepts(_ factor: Double) -> Bool {
        factor > 0 && factor <= largestFactor
    }
}
