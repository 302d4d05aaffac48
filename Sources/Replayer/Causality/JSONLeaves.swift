/// One step from an object or an array in JSON text to a value in it.
enum JSONStep: Hashable, Sendable {
    /// The member of this name, as it is spelled between its quotation marks.
    case member([UInt8])
    /// The element with this number, from 0.
    case element(Int)
}

/// Finds the strings and numbers in JSON text (RFC 8259), and where each of them stands.
///
///     var leaves = JSONLeaves(body)
///     while let leaf = leaves.next() { print(leaves.path, body[leaf.range]) }
///
/// Looks for values and does not judge: it ends where the text stops being JSON or is nested too
/// deeply.
struct JSONLeaves {
    /// A string or a number.
    struct Leaf: Equatable {
        /// Where it stands; of a string what is between the quotation marks.
        var range: Range<Int>
        /// Whether it is a string.
        var isString: Bool
    }

    private static let depthLimit = 64

    private let bytes: [UInt8]
    private var offset = 0
    private var isObject: [Bool] = []
    /// Whether a string that comes next is the name of a member.
    private var expectsName = false
    /// The steps from the root to the leaf that came last.
    private(set) var path: [JSONStep] = []

    /// Starts in front of the text.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next leaf; `nil` at the end.
    mutating func next() -> Leaf? {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":"): offset += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard path.count < Self.depthLimit else { return nil }
                open()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard !path.isEmpty else { return nil }
                close()
            case UInt8(ascii: ","):
                guard goOn() else { return nil }
            case UInt8(ascii: "\""):
                guard let range = string() else { return nil }
                guard expectsName else { return Leaf(range: range, isString: true) }
                path[path.count - 1] = .member(Array(bytes[range]))
                expectsName = false
            default:
                let range = scalar()
                guard !range.isEmpty else { return nil }
                let first = bytes[range.lowerBound]
                if first == UInt8(ascii: "-") || (0x30...0x39).contains(first) {
                    return Leaf(range: range, isString: false)
                }
            }
        }
        return nil
    }

    private mutating func open() {
        expectsName = bytes[offset] == UInt8(ascii: "{")
        isObject.append(expectsName)
        path.append(expectsName ? .member([]) : .element(0))
        offset += 1
    }

    private mutating func close() {
        isObject.removeLast()
        path.removeLast()
        expectsName = false
        offset += 1
    }

    private mutating func goOn() -> Bool {
        guard let last = path.last else { return false }
        if case .element(let number) = last { path[path.count - 1] = .element(number + 1) }
        expectsName = isObject[isObject.count - 1]
        offset += 1
        return true
    }

    private mutating func string() -> Range<Int>? {
        let start = offset + 1
        offset = start
        while offset < bytes.count {
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

    private mutating func scalar() -> Range<Int> {
        let start = offset
        while offset < bytes.count, Self.isScalar(bytes[offset]) { offset += 1 }
        return start..<offset
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            || "+-.".utf8.contains(byte)
    }
}
