/// The field lines of one head, in order and byte for byte as they came.
public struct HeaderFields: Equatable, Sendable {
    /// The bytes of the whole head that the lines point into.
    let bytes: [UInt8]
    /// Where each field line stands.
    let lines: [FieldLine]

    /// Where the name and the trimmed value of a field line stand in the head.
    struct FieldLine: Equatable, Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// The number of field lines.
    public var count: Int { lines.count }

    /// The name of the line at `index`, as it was written.
    public func name(at index: Int) -> String {
        String(decoding: bytes[lines[index].name], as: UTF8.self)
    }

    /// The value of the line at `index` without the white space around it; bytes that are not
    /// UTF-8 show as U+FFFD.
    public func value(at index: Int) -> String {
        String(decoding: bytes[lines[index].value], as: UTF8.self)
    }

    /// Where the value of the line at `index` stands in the bytes of the head.
    public func valueRange(at index: Int) -> Range<Int> {
        lines[index].value
    }

    /// Where the whole line at `index` stands in the bytes of the head, its line end included.
    public func lineRange(at index: Int) -> Range<Int> {
        var end = lines[index].value.upperBound
        while bytes[end] != ByteClass.lineFeed { end += 1 }
        return lines[index].name.lowerBound..<end + 1
    }

    /// The index of the first line with this name, whatever its case.
    public func firstIndex(of lowercasedName: StaticString) -> Int? {
        for index in lines.indices where isLine(at: index, named: lowercasedName) {
            return index
        }
        return nil
    }

    /// The value of the first line with this name, whatever its case.
    public subscript(lowercasedName: StaticString) -> String? {
        firstIndex(of: lowercasedName).map { value(at: $0) }
    }

    /// Whether the line at `index` has this name; `lowercasedName` is compared without case.
    public func isLine(at index: Int, named lowercasedName: StaticString) -> Bool {
        bytes.span.isEqual(lines[index].name, ignoringCase: lowercasedName)
    }

    /// Whether the line at `index` has this name; `lowercasedName` is compared without case.
    public func isLine(at index: Int, named lowercasedName: [UInt8]) -> Bool {
        let name = lines[index].name
        guard name.count == lowercasedName.count else { return false }
        for offset in lowercasedName.indices {
            var byte = bytes[name.lowerBound + offset]
            if 0x41...0x5A ~= byte { byte |= 0x20 }
            guard byte == lowercasedName[offset] else { return false }
        }
        return true
    }

    /// Whether a comma-separated list field has this element, whatever its case.
    public func hasElement(_ lowercasedElement: StaticString, in name: StaticString) -> Bool {
        var found = false
        forEachElement(of: name) { range in
            if bytes.span.isEqual(range, ignoringCase: lowercasedElement) { found = true }
        }
        return found
    }

    /// Whether the first line with this name has this text somewhere in its value, whatever the case
    /// of either.
    public func has(_ lowercasedText: StaticString, inFirst lowercasedName: StaticString) -> Bool {
        guard let index = firstIndex(of: lowercasedName) else { return false }
        let value = lines[index].value
        let count = lowercasedText.utf8CodeUnitCount
        guard count <= value.count else { return false }
        for start in value.lowerBound...value.upperBound - count
        where bytes.span.isEqual(start..<start + count, ignoringCase: lowercasedText) {
            return true
        }
        return false
    }

    /// Calls `body` with each element of a comma-separated list field, over all lines of the name;
    /// also with the empty elements, which most readers must skip (RFC 9110, section 5.6.1).
    func forEachElement<Failure>(
        of lowercasedName: StaticString,
        _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        for index in lines.indices where isLine(at: index, named: lowercasedName) {
            let value = lines[index].value
            var start = value.lowerBound
            while start <= value.upperBound {
                var end = start
                while end < value.upperBound, bytes[end] != ByteClass.comma { end += 1 }
                try body(trimmed(start..<end))
                start = end + 1
            }
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, ByteClass.isWhiteSpace(bytes[start]) { start += 1 }
        while start < end, ByteClass.isWhiteSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}
