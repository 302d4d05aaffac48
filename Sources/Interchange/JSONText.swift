/// Writes compact JSON into bytes, member by member, without a tree in between.
///
/// Objects keep the order in which their members were written, so equal traces are equal bytes.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Removes and returns what was written.
    mutating func take() -> [UInt8] {
        defer {
            bytes.removeAll(keepingCapacity: true)
            needsComma = false
        }
        return bytes
    }

    /// Writes an object whose members `body` writes.
    mutating func object(_ name: StaticString? = nil, _ body: (inout JSONText) -> Void) {
        open(name, "{")
        body(&self)
        close("}")
    }

    /// Writes an array whose elements `body` writes.
    mutating func array(_ name: StaticString? = nil, _ body: (inout JSONText) -> Void) {
        open(name, "[")
        body(&self)
        close("]")
    }

    /// Starts an object whose last bracket somebody else writes.
    mutating func openObject() {
        open(nil, "{")
    }

    /// Writes an integer, or `null`.
    mutating func integer(_ name: StaticString, orNull value: Int64?) {
        if let value { integer(name, value) } else { null(name) }
    }

    /// Writes an integer.
    mutating func integer(_ name: StaticString? = nil, _ value: some BinaryInteger) {
        begin(name)
        bytes += String(value).utf8
    }

    /// Writes nanoseconds as milliseconds, exactly.
    mutating func milliseconds(_ name: StaticString, _ nanoseconds: Int64) {
        begin(name)
        let magnitude = nanoseconds.magnitude
        let fraction = String(magnitude % 1_000_000)
        bytes += "\(nanoseconds < 0 ? "-" : "")\(magnitude / 1_000_000)".utf8
        guard fraction != "0" else { return }
        let padded = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        let zeros = padded.utf8.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        bytes += ".\(padded.dropLast(zeros))".utf8
    }

    /// Writes `true` or `false`.
    mutating func bool(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes += (value ? "true" : "false").utf8
    }

    /// Writes `null`.
    mutating func null(_ name: StaticString) {
        begin(name)
        bytes += "null".utf8
    }

    /// Writes a text.
    mutating func text(_ name: StaticString? = nil, _ value: String) {
        begin(name)
        quote(value)
    }

    /// Writes text that is known to need no escape, such as digits of base64.
    mutating func plain(_ name: StaticString, _ value: String) {
        begin(name)
        bytes += "\"\(value)\"".utf8
    }

    private mutating func open(_ name: StaticString?, _ bracket: Unicode.Scalar) {
        begin(name)
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func begin(_ name: StaticString?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        guard let name else { return }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes += "\":".utf8
    }

    /// Escapes what RFC 8259, section 7, asks for, and DEL, which can steer a terminal.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x00...0x1F, 0x7F:
                let digits = String(byte, radix: 16)
                bytes += "\\u00\(digits.utf8.count == 1 ? "0" : "")\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
