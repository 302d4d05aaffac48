internal import JSONText

/// Replaces strings and numbers in JSON text (RFC 8259) where they stand, so that it stays JSON
/// of the same length.
///
/// Reads one document or several, one after the other. Text that ends too early is redacted as far
/// as it goes; text that is no JSON is an error, because nobody knows what it holds. Names stay,
/// and so do `true`, `false` and `null`, of which there are no others of the same length.
struct JSONRedaction {
    /// The text stops being JSON at this byte, or is nested too deeply.
    struct Malformed: Error, Equatable {
        let offset: Int
    }

    /// How deep arrays and objects may stand in each other.
    static let depthLimit = 512

    private struct Container {
        let match: JSONPathMatch
        let isObject: Bool
        var count = 0
    }

    private enum Expectation {
        case value, nameOrEnd, valueOrEnd, colon, commaOrEnd, document
    }

    private let paths: [JSONPath]
    private let placeholder: Placeholder
    private var bytes: [UInt8]
    private var offset = 0
    private var stack: [Container] = []
    private var expectation = Expectation.document
    private var next: JSONPathMatch
    private(set) var replacedCount: UInt64 = 0

    /// Starts in front of the text.
    init(_ bytes: [UInt8], _ paths: [JSONPath], _ placeholder: Placeholder) {
        self.bytes = bytes
        self.paths = paths
        self.placeholder = placeholder
        next = JSONPathMatch(paths)
    }

    /// Redacts the text to its end.
    mutating func run() throws(Malformed) -> [UInt8] {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): try open()
            case UInt8(ascii: "}"), UInt8(ascii: "]"): try close()
            case UInt8(ascii: ","): try comma()
            case UInt8(ascii: ":"):
                try expect(.colon)
                expectation = .value
            case UInt8(ascii: "\""): try string()
            default: try scalar()
            }
        }
        return bytes
    }

    // MARK: - Structure

    private mutating func expect(_ expected: Expectation) throws(Malformed) {
        guard expectation == expected else { throw Malformed(offset: offset) }
        offset += 1
    }

    /// Says that a value begins here.
    private mutating func beginValue() throws(Malformed) {
        switch expectation {
        case .value: break
        case .valueOrEnd: next = element(0)
        case .document: next = JSONPathMatch(paths)
        case .nameOrEnd, .colon, .commaOrEnd: throw Malformed(offset: offset)
        }
    }

    private mutating func endValue() {
        expectation = stack.isEmpty ? .document : .commaOrEnd
    }

    private mutating func open() throws(Malformed) {
        try beginValue()
        guard stack.count < Self.depthLimit else { throw Malformed(offset: offset) }
        let isObject = bytes[offset] == UInt8(ascii: "{")
        stack.append(Container(match: next, isObject: isObject))
        expectation = isObject ? .nameOrEnd : .valueOrEnd
        offset += 1
    }

    private mutating func close() throws(Malformed) {
        let isObject = bytes[offset] == UInt8(ascii: "}")
        let isEmpty = expectation == (isObject ? .nameOrEnd : .valueOrEnd) && stack.last?.count == 0
        guard let container = stack.popLast(), container.isObject == isObject,
            isEmpty || expectation == .commaOrEnd
        else { throw Malformed(offset: offset) }
        offset += 1
        endValue()
    }

    private mutating func comma() throws(Malformed) {
        try expect(.commaOrEnd)
        stack[stack.count - 1].count += 1
        let container = stack[stack.count - 1]
        expectation = container.isObject ? .nameOrEnd : .value
        if !container.isObject { next = element(container.count) }
    }

    private func element(_ index: Int) -> JSONPathMatch {
        stack[stack.count - 1].match.child(.element(index), paths)
    }

    // MARK: - Values

    private mutating func string() throws(Malformed) {
        let isName = expectation == .nameOrEnd
        if !isName { try beginValue() }
        let content = try stringContent()
        if isName {
            let name = JSONName.decoded(bytes[content])
            next = stack[stack.count - 1].match.child(.member(name), paths)
            expectation = .colon
        } else {
            if next.isSensitive, !content.isEmpty {
                placeholder.replace(content, of: &bytes)
                replacedCount += 1
            }
            endValue()
        }
    }

    /// Moves behind a string; where its content stands, which may be cut at the end of the text.
    private mutating func stringContent() throws(Malformed) -> Range<Int> {
        let start = offset + 1
        offset = start
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return start..<offset - 1
            case UInt8(ascii: "\\"): offset += 2
            case 0..<0x20: throw Malformed(offset: offset)
            default: offset += 1
            }
        }
        offset = bytes.count
        return start..<bytes.count
    }

    private mutating func scalar() throws(Malformed) {
        try beginValue()
        let start = offset
        while offset < bytes.count, Self.isScalar(bytes[offset]) { offset += 1 }
        let isNumber = bytes[start] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[start])
        if isNumber, bytes[start..<offset].allSatisfy(Self.isInNumber) {
            if next.isSensitive {
                placeholder.replaceDigits(start..<offset, of: &bytes)
                replacedCount += 1
            }
        } else {
            let isCut = offset == bytes.count
            let isLiteral = ["true", "false", "null"].contains { literal in
                isCut
                    ? literal.utf8.starts(with: bytes[start..<offset])
                    : literal.utf8.elementsEqual(bytes[start..<offset])
            }
            guard offset > start, isLiteral else { throw Malformed(offset: start) }
        }
        endValue()
    }

    private static func isInNumber(_ byte: UInt8) -> Bool {
        isScalar(byte) && (byte < 0x41 || byte | 0x20 == UInt8(ascii: "e"))
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
    }
}
