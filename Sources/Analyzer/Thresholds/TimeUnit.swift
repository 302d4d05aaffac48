/// A unit of time as people write it behind a number.
public struct TimeUnit: Sendable {
    /// What stands behind the number.
    public let suffix: String
    /// How many nanoseconds it has.
    public let nanoseconds: Int64

    /// All units, the shortest first.
    public static let all: [TimeUnit] = [
        TimeUnit(suffix: "ns", nanoseconds: 1), TimeUnit(suffix: "us", nanoseconds: 1000),
        TimeUnit(suffix: "µs", nanoseconds: 1000), TimeUnit(suffix: "ms", nanoseconds: 1_000_000),
        TimeUnit(suffix: "s", nanoseconds: 1_000_000_000),
        TimeUnit(suffix: "m", nanoseconds: 60_000_000_000),
        TimeUnit(suffix: "h", nanoseconds: 3_600_000_000_000),
    ]

    /// Reads a length of time such as `30s`, `250ms`, `5m`, `1h` or `100us` in nanoseconds; `nil`
    /// if it is none, is not above zero, or is more than nanoseconds can count.
    public static func nanoseconds(parsing text: some StringProtocol) -> Int64? {
        let suffix = text.drop { "0123456789.".contains($0) }
        guard let unit = all.first(where: { suffix == $0.suffix }),
            let number = Double(text.dropLast(suffix.count)),
            let nanoseconds = Int64(exactly: (number * Double(unit.nanoseconds)).rounded()),
            nanoseconds > 0
        else { return nil }
        return nanoseconds
    }
}
