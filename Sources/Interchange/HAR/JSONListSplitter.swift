/// Finds the elements of one list inside a JSON document, so that each can be decoded by itself and
/// the document is never in memory as a whole.
///
/// Only brackets, strings and names are looked at; what stands between the elements is checked,
/// what stands in other members is passed over.
struct JSONListSplitter {
    /// An element: its bytes, its position in the list, and where it starts in the document.
    struct Element: Equatable {
        var bytes: [UInt8]
        var index: Int
        var offset: Int
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// The deepest nesting: a decoder would refuse more too.
    private static let depthLimit = 500

    private let path: [[UInt8]]
    private let elementLimit: Int
    private var offset = 0
    /// The brackets that are open.
    private var brackets: [UInt8] = []
    /// How many names of the path lead to the innermost open object, if they do.
    private var matched = 0
    private var isInString = false
    private var isEscaped = false
    /// The string that was read last, which is a name if a colon follows.
    private var string: [UInt8] = []
    private var name: [UInt8] = []
    private var element: [UInt8]?
    private var elementOffset = 0
    private var elementCount = 0
    private var needsComma = false
    private var isInList = false
    /// Whether the list was there.
    private(set) var foundList = false
    private var isDone = false

    /// Looks for the list under these names, from the outermost object on.
    init(path: [String], elementLimit: Int) {
        self.path = path.map { Array($0.utf8) }
        self.elementLimit = elementLimit
    }

    /// Reads on and gives the elements that end in these bytes.
    mutating func read(_ bytes: [UInt8]) throws(InterchangeError) -> [Element] {
        var elements: [Element] = []
        for byte in bytes {
            if element != nil { element?.append(byte) }
            try read(byte, to: &elements)
            if element.map({ $0.count > elementLimit }) ?? false {
                throw error("an entry is over the limit of \(elementLimit) bytes")
            }
            offset += 1
        }
        return elements
    }

    /// Checks that the document is whole.
    func finish() throws(InterchangeError) {
        guard isDone else { throw error("the JSON ends here, but is not whole") }
    }

    private func error(_ reason: String) -> InterchangeError {
        InterchangeError(.byte(offset), reason)
    }

    private mutating func read(
        _ byte: UInt8,
        to elements: inout [Element]
    ) throws(InterchangeError) {
        if isInString { return readString(byte) }
        // A byte-order mark may stand in front (HAR 1.2, section 1).
        if offset < 3, brackets.isEmpty, byte == Self.byteOrderMark[offset] { return }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return
        case UInt8(ascii: "\""):
            try beginValue(byte)
            isInString = true
            string = []
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try beginValue(byte)
            try open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): try close(byte, to: &elements)
        case UInt8(ascii: ":"): name = string
        case UInt8(ascii: ","):
            if isInList, element == nil {
                guard needsComma else { throw error("a comma stands where an entry is expected") }
                needsComma = false
            }
        default: try beginValue(byte)
        }
    }

    private mutating func readString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            return
        }
        // Longer names than those of the path are never compared.
        if element == nil, string.count < 64 { string.append(byte) }
    }

    private mutating func beginValue(_ byte: UInt8) throws(InterchangeError) {
        guard !isDone, !brackets.isEmpty || byte == UInt8(ascii: "{") else {
            throw error("a JSON object is expected here")
        }
        guard isInList, element == nil else { return }
        guard byte == UInt8(ascii: "{"), !needsComma else {
            throw error("an object is expected here, as an entry of the list")
        }
        element = [byte]
        elementOffset = offset
    }

    private mutating func open(_ bracket: UInt8) throws(InterchangeError) {
        guard brackets.count < Self.depthLimit else { throw error("the JSON is nested too deep") }
        let leadsOn = brackets.isEmpty || matched == brackets.count - 1 && isNextName
        brackets.append(bracket)
        guard leadsOn, !isInList else { return }
        let depth = brackets.count - 1
        if bracket == UInt8(ascii: "{"), depth < path.count {
            matched = depth
        } else if bracket == UInt8(ascii: "["), depth == path.count {
            isInList = true
            foundList = true
            needsComma = false
        }
    }

    private var isNextName: Bool {
        matched < path.count && brackets.last == UInt8(ascii: "{") && name == path[matched]
    }

    private mutating func close(
        _ bracket: UInt8,
        to elements: inout [Element]
    ) throws(InterchangeError) {
        let opening = bracket == UInt8(ascii: "}") ? UInt8(ascii: "{") : UInt8(ascii: "[")
        guard brackets.popLast() == opening else {
            throw error("a bracket closes what is not open")
        }
        name = []
        if let whole = element, brackets.count == path.count + 1 {
            elements.append(Element(bytes: whole, index: elementCount, offset: elementOffset))
            elementCount += 1
            element = nil
            needsComma = true
        } else if isInList, brackets.count == path.count {
            isInList = false
        }
        if !isInList { matched = min(matched, max(0, brackets.count - 1)) }
        if brackets.isEmpty { isDone = true }
    }
}
