import JSONText

/// One step from an object or an array in JSON text to a value in it.
enum JSONStep: Hashable, Sendable {
    /// The member of this name, as it is spelled between its quotation marks.
    case member([UInt8])
    /// The element with this number, from 0.
    case element(Int)
}

/// The strings and numbers in JSON text (RFC 8259).
enum JSONLeaves {
    /// A string or a number.
    struct Leaf: Equatable {
        /// Where it stands; of a string what is between the quotation marks.
        var range: Range<Int>
        /// Whether it is a string.
        var isString: Bool
        /// The steps from the root to it.
        var path: [JSONStep]
    }

    /// Calls `found` with each leaf in order; with none when the text is not one whole JSON value.
    static func forEach(in bytes: [UInt8], _ found: (Leaf) -> Void) {
        guard let document = JSONDocument(bytes) else { return }
        var path: [JSONStep] = []
        visit(document.root, of: bytes, &path, found)
    }

    private static func visit(
        _ value: JSONDocument.Value,
        of bytes: [UInt8],
        _ path: inout [JSONStep],
        _ found: (Leaf) -> Void
    ) {
        switch value {
        case .object(let members):
            for member in members {
                path.append(.member(Array(bytes[member.name])))
                visit(member.value, of: bytes, &path, found)
                path.removeLast()
            }
        case .array(let elements):
            for (number, element) in elements.enumerated() {
                path.append(.element(number))
                visit(element, of: bytes, &path, found)
                path.removeLast()
            }
        case .string(let range): found(Leaf(range: range, isString: true, path: path))
        case .scalar(let range):
            let first = bytes[range.lowerBound]
            guard first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else { return }
            found(Leaf(range: range, isString: false, path: path))
        }
    }
}
