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
        let end = bytes[lines[index].value.upperBound...].firstIndex(of: ByteClass.lineFeed)
        return lines[index].name.lowerBound..<((end ?? bytes.count - 1) + 1)
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
        isEqual(lines[index].name, lowercasedName)
    }

    /// Calls `body` with each element of a comma-separated list field, over all lines of the name.
    ///
    /// Empty elements are left out (RFC 9110, section 5.6.1).
    func forEachElement(of lowercasedName: StaticString, _ body: (Range<Int>) -> Void) {
        for index in lines.indices where isLine(at: index, named: lowercasedName) {
            var start = lines[index].value.lowerBound
            let end = lines[index].value.upperBound
            while start <= end {
                let comma = bytes[start..<end].firstIndex(of: ByteClass.comma) ?? end
                let element = trimmed(start..<comma)
                if !element.isEmpty { body(element) }
                start = comma + 1
            }
        }
    }

    /// Whether a comma-separated list field has this element, whatever its case.
    public func hasElement(_ lowercasedElement: StaticString, in name: StaticString) -> Bool {
        var found = false
        forEachElement(of: name) { range in
            if isEqual(range, lowercasedElement) { found = true }
        }
        return found
    }

    /// Whether the bytes at `range`, in lower case, are the given text.
    func isEqual(_ range: Range<Int>, _ lowercasedText: StaticString) -> Bool {
        guard range.count == lowercasedText.utf8CodeUnitCount else { return false }
        return lowercasedText.withUTF8Buffer { expected in
            for position in 0..<range.count {
                let byte = unsafe expected[position]
                if lowercased(bytes[range.lowerBound + position]) != byte { return false }
            }
            return true
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isWhiteSpace(bytes[start]) { start += 1 }
        while start < end, isWhiteSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == ByteClass.space || byte == ByteClass.tab
    }
}

/// The lower-case form of an ASCII letter; any other byte as it is.
@inline(__always)
private func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
