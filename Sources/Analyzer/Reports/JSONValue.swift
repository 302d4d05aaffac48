/// A JSON document whose objects keep their order, so that equal reports are equal bytes.
public indirect enum JSONValue: Equatable, Sendable {
    /// `null`: a number that is withheld or does not exist.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int64)
    /// A whole number that may be beyond `Int64`.
    case unsigned(UInt64)
    /// A number in its shortest exact form; `null` if it is not finite.
    case number(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order.
    case object([Member])

    /// One member of an object.
    public struct Member: Equatable, Sendable {
        /// The name; nothing keeps it from coming twice but its writer.
        public let name: String
        /// The value.
        public let value: JSONValue

        /// Makes a member.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The number, or `null`.
    public init(_ value: Int64?) {
        self = value.map { .integer($0) } ?? .null
    }

    /// A text, or `null`.
    public init(_ value: String?) {
        self = value.map { .string($0) } ?? .null
    }

    /// The number, or `null`.
    public init(_ value: Double?) {
        self = value.map { .number($0) } ?? .null
    }

    /// The text in two-space indentation, ending with a line feed (RFC 8259).
    public var text: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indentation: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): JSONValue.quote(value, to: &text)
        case .array(let values):
            JSONValue.writeList(values, "[", "]", to: &text, indentation: indentation) {
                $0.write(to: &$1, indentation: $2)
            }
        case .object(let members):
            JSONValue.writeList(members, "{", "}", to: &text, indentation: indentation) {
                JSONValue.quote($0.name, to: &$1)
                $1 += ": "
                $0.value.write(to: &$1, indentation: $2)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element],
        _ opening: String,
        _ closing: String,
        to text: inout String,
        indentation: Int,
        element: (Element, inout String, Int) -> Void
    ) {
        text += opening
        for (position, value) in elements.enumerated() {
            text += position == 0 ? "\n" : ",\n"
            text += String(repeating: "  ", count: indentation + 1)
            element(value, &text, indentation + 1)
        }
        if !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indentation) }
        text += closing
    }

    /// Escapes what RFC 8259, section 7, asks for, and DEL, which can steer a terminal.
    private static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
