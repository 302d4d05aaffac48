/// Families of metrics with their samples, in the OpenMetrics text format 1.0.
public struct OpenMetricsText {
    /// What a family's samples are.
    public enum Kind: String {
        /// A value of now.
        case gauge
        /// A count that only grows; the names of its samples end in `_total`.
        case counter
    }

    private var text = ""
    /// How often the same name and labels have come: routes may differ in characters that are not
    /// shown.
    private var series: [String: Int] = [:]

    /// No family yet.
    public init() {}

    /// The text with its end.
    public var ended: String { text + "# EOF\n" }

    /// Begins a family.
    public mutating func family(
        _ name: String,
        _ help: String,
        kind: Kind = .gauge,
        unit: String? = nil
    ) {
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(help)\n"
    }

    /// Adds a sample.
    public mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        var pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let count = series["\(name) \(pairs)", default: 0] + 1
        series["\(name) \(pairs)"] = count
        if count > 1 { pairs += ",copy=\"\(count)\"" }
        text += name + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        var shown = ""
        for character in text.printable {
            if character == "\\" || character == "\"" { shown.append("\\") }
            shown.append(character)
        }
        return shown
    }

    /// Nanoseconds in seconds, exactly.
    public static func seconds(_ nanoseconds: Int64) -> String {
        let digits = String(nanoseconds.magnitude)
        let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        return (nanoseconds < 0 ? "-" : "") + "\(padded.dropLast(9)).\(padded.suffix(9))"
    }
}
