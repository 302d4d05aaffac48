/// JSON text (RFC 8259) taken apart into values that point into it.
public struct JSONDocument: Sendable {
    /// A value, as far as it takes to compare it with another one.
    public enum Value: Sendable {
        /// Members in the order of the text.
        case object([Member])
        /// Elements in order.
        case array([Value])
        /// What stands between the quotation marks, with its escapes.
        case string(Range<Int>)
        /// A number, `true`, `false` or `null`.
        case scalar(Range<Int>)
    }

    /// One member of an object.
    public struct Member: Sendable {
        /// What stands between the quotation marks of its name, with its escapes.
        public let name: Range<Int>
        /// Its value.
        public let value: Value
    }

    /// The text.
    public let bytes: [UInt8]
    /// The value that the text is.
    public let root: Value

    /// How deep arrays and objects may stand in each other.
    public static let depthLimit = 128

    /// Takes a text apart; `nil` when it is not one whole JSON value, or is nested too deeply.
    public init?(_ bytes: [UInt8]) {
        var parser = Parser(bytes)
        guard let root = parser.document() else { return nil }
        self.bytes = bytes
        self.root = root
    }

    /// A string or a name without its escapes; bytes that are not UTF-8 show as U+FFFD.
    public func text(ofString range: Range<Int>) -> String {
        String(decoding: JSONName.decoded(bytes[range]), as: UTF8.self)
    }

    /// A scalar as it stands in the text.
    public func text(ofScalar range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}

private struct Parser {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() -> JSONDocument.Value? {
        let root = value(depth: 0)
        skipSpace()
        return offset == bytes.count ? root : nil
    }

    private mutating func value(depth: Int) -> JSONDocument.Value? {
        skipSpace()
        guard offset < bytes.count, depth < JSONDocument.depthLimit else { return nil }
        switch bytes[offset] {
        case UInt8(ascii: "{"):
            return list(closedBy: UInt8(ascii: "}")) { parser in
                parser.member(depth: depth + 1)
            }.map { .object($0) }
        case UInt8(ascii: "["):
            return list(closedBy: UInt8(ascii: "]")) { parser in
                parser.value(depth: depth + 1)
            }.map { .array($0) }
        case UInt8(ascii: "\""): return string().map { .string($0) }
        default: return scalar().map { .scalar($0) }
        }
    }

    private mutating func member(depth: Int) -> JSONDocument.Member? {
        skipSpace()
        guard let name = string() else { return nil }
        skipSpace()
        guard take(UInt8(ascii: ":")), let value = value(depth: depth) else { return nil }
        return JSONDocument.Member(name: name, value: value)
    }

    private mutating func list<Part>(
        closedBy end: UInt8,
        part: (inout Parser) -> Part?
    ) -> [Part]? {
        offset += 1
        var parts: [Part] = []
        skipSpace()
        if take(end) { return parts }
        while let next = part(&self) {
            parts.append(next)
            skipSpace()
            if take(end) { return parts }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
        return nil
    }

    private mutating func string() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        while offset < bytes.count, bytes[offset] >= 0x20 {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return start..<offset - 1
            case UInt8(ascii: "\\"): offset += 2
            default: offset += 1
            }
        }
        return nil
    }

    private mutating func scalar() -> Range<Int>? {
        let start = offset
        while offset < bytes.count, isInScalar(bytes[offset]) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let isLiteral = text == "true" || text == "false" || text == "null"
        let isNumber =
            text.utf8.first.map { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) } == true
            && text.utf8.allSatisfy { $0 < 0x41 || $0 | 0x20 == UInt8(ascii: "e") }
            && Double(text) != nil
        return isLiteral || isNumber ? start..<offset : nil
    }

    private func isInScalar(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }
}
