/// Nanoseconds as a person reads them: `182 µs`, `1.4 ms`, `31 ms`, `2.1 s`.
///
/// Two digits at least, and never more than four, except for seconds, which just go on.
public func duration(_ nanoseconds: Int64) -> String {
    let magnitude = Double(nanoseconds.magnitude)
    let sign = nanoseconds < 0 ? "-" : ""
    guard magnitude >= 1000 else { return "\(sign)\(nanoseconds.magnitude) ns" }
    for (unit, size) in [("µs", 1e3), ("ms", 1e6), ("s", 1e9)] {
        let value = magnitude / size
        let text = fixed(value, decimals: value < 9.95 ? 1 : 0)
        // 999.7 µs would round to 1000 µs; the next unit says 1.0 ms.
        if unit == "s" || value < 999.5 { return "\(sign)\(text) \(unit)" }
    }
    preconditionFailure("seconds take any size")
}

/// A share between 0 and 1 in per cent: `0 %`, `0.05 %`, `2.8 %`, `97.2 %`, `100 %`.
///
/// Something is never shown as nothing, nor nearly all as all: a share under 0.01 % is `<0.01 %`
/// and one just under 1 is `>99.9 %`.
public func percentage(_ share: Double) -> String {
    switch share {
    case 0, 1: "\(fixed(share * 100, decimals: 0)) %"
    case ..<0.0001: "<0.01 %"
    case ..<0.00995: "\(fixed(share * 100, decimals: 2)) %"
    case 0.9995...: ">99.9 %"
    default: "\(fixed(share * 100, decimals: 1)) %"
    }
}

/// A relative change with its sign: `+29 %`, `-1.1 %`, `+0.3 %`; 0.29 is 29 % slower.
public func signedPercentage(_ change: Double) -> String {
    guard change.isFinite else { return "n/a" }
    let percent = change * 100
    let text = fixed(abs(percent), decimals: abs(percent) < 9.95 ? 1 : 0)
    guard text != "0.0" else { return "0.0 %" }
    return "\(percent < 0 ? "-" : "+")\(text) %"
}

/// A number of bytes as a person reads it: `812 B`, `1.4 kB`, `31 MB`; a kB is 1000 B.
func byteCount(_ count: UInt64) -> String {
    guard count >= 1000 else { return "\(count) B" }
    var value = Double(count)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB"] where value >= 999.5 || unit.isEmpty {
        (value, unit) = (value / 1000, next)
    }
    return "\(fixed(value, decimals: value < 9.95 ? 1 : 0)) \(unit)"
}

/// A probability in four decimals; a smaller one than they can show is `<0.0001`.
func probabilityText(_ probability: Double) -> String {
    probability < 0.0001 ? "<0.0001" : fixed(probability, decimals: 4)
}

/// A number with a fixed count of decimals, halves away from zero.
public func fixed(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return String(value) }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(Int(scaled))" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}

extension String {
    /// The text with U+FFFD for each character that could steer a terminal or hide others.
    var printable: String {
        guard !unicodeScalars.allSatisfy(\.isPrintable) else { return self }
        var shown = UnicodeScalarView()
        for scalar in unicodeScalars { shown.append(scalar.isPrintable ? scalar : "\u{FFFD}") }
        return String(shown)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar takes part in ordinary text.
    var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7F }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
