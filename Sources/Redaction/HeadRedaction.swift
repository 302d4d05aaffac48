/// Replaces what is sensitive in the lines of a head or a trailer section where it stands.
///
/// Works on lines, not on a parsed head, so that no spelling of a head keeps a secret: neither one
/// that no parser here accepts, nor the text form in which a trace keeps HTTP/2.
struct HeadRedaction {
    /// What the first line is.
    enum StartLine {
        case request, status, none
    }

    private let fields: [RedactionPolicy.Field]
    private let query: QueryRedaction
    private let placeholder: Placeholder

    private static let urlFields = ["referer", "location", "content-location"].map {
        Array($0.utf8)
    }

    /// Redacts what the policy calls sensitive.
    init(_ policy: RedactionPolicy, _ query: QueryRedaction, _ placeholder: Placeholder) {
        fields = policy.fields
        self.query = query
        self.placeholder = placeholder
    }

    /// Redacts a head or trailers; counts what was replaced.
    func redact(
        _ bytes: inout [UInt8],
        _ startLine: StartLine,
        counting counts: inout RedactionCounts
    ) {
        var start = 0
        var isFirst = startLine != .none
        var rule: RedactionPolicy.FieldRule?
        while start < bytes.count {
            let lineEnd = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let line = trimmed(start..<lineEnd, of: bytes)
            if isFirst {
                if startLine == .request { redactTarget(in: line, of: &bytes, &counts) }
            } else if isWhiteSpace(bytes[start]) {
                // A value that goes on (RFC 9112, section 5.2).
                if rule != nil { replaceValue(line, .wholeValue, of: &bytes, &counts) }
            } else {
                rule = redactField(line, of: &bytes, &counts)
            }
            isFirst = false
            start = lineEnd + 1
        }
    }

    private func redactTarget(
        in line: Range<Int>,
        of bytes: inout [UInt8],
        _ counts: inout RedactionCounts
    ) {
        let space = UInt8(ascii: " ")
        guard let first = bytes[line].firstIndex(of: space) else { return }
        let last = bytes[line].lastIndex(of: space) ?? line.upperBound
        let end = last > first ? last : line.upperBound
        counts.queryValues += query.redactURL(first + 1..<end, of: &bytes)
    }

    /// Redacts a field line; returns the rule of its field.
    private func redactField(
        _ line: Range<Int>,
        of bytes: inout [UInt8],
        _ counts: inout RedactionCounts
    ) -> RedactionPolicy.FieldRule? {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = trimmed(line.lowerBound..<colon, of: bytes)
        let value = trimmed(colon + 1..<line.upperBound, of: bytes)
        if let field = fields.first(where: { isEqual(bytes, name, $0.name) }) {
            replaceValue(value, field.rule, of: &bytes, &counts)
            return field.rule
        }
        if !query.names.isEmpty, Self.urlFields.contains(where: { isEqual(bytes, name, $0) }) {
            counts.queryValues += query.redactURL(value, of: &bytes)
        }
        return nil
    }

    private func replaceValue(
        _ value: Range<Int>,
        _ rule: RedactionPolicy.FieldRule,
        of bytes: inout [UInt8],
        _ counts: inout RedactionCounts
    ) {
        guard !value.isEmpty else { return }
        counts.fields += 1
        switch rule {
        case .wholeValue: placeholder.replace(value, of: &bytes)
        case .credentials:
            var start = bytes[value].firstIndex(where: isWhiteSpace) ?? value.lowerBound
            while start < value.upperBound, isWhiteSpace(bytes[start]) { start += 1 }
            placeholder.replace(start..<value.upperBound, of: &bytes)
        case .cookies:
            var start = value.lowerBound
            while start < value.upperBound {
                let end = pairEnd(start..<value.upperBound, of: bytes)
                replacePair(start..<end, of: &bytes)
                start = end + 1
            }
        case .setCookie:
            replacePair(value.lowerBound..<pairEnd(value, of: bytes), of: &bytes)
        }
    }

    private func pairEnd(_ range: Range<Int>, of bytes: [UInt8]) -> Int {
        bytes[range].firstIndex(of: UInt8(ascii: ";")) ?? range.upperBound
    }

    /// Replaces the value of a cookie, quotation marks not included; all of it without a name.
    private func replacePair(_ pair: Range<Int>, of bytes: inout [UInt8]) {
        let equals = bytes[pair].firstIndex(of: UInt8(ascii: "="))
        var value = trimmed((equals.map { $0 + 1 } ?? pair.lowerBound)..<pair.upperBound, of: bytes)
        let quote = UInt8(ascii: "\"")
        if value.count >= 2, bytes[value.lowerBound] == quote, bytes[value.upperBound - 1] == quote
        {
            value = value.lowerBound + 1..<value.upperBound - 1
        }
        placeholder.replace(value, of: &bytes)
    }
}

/// Whether the bytes at `range`, in lower case, are this name.
private func isEqual(_ bytes: [UInt8], _ range: Range<Int>, _ lowercasedName: [UInt8]) -> Bool {
    guard range.count == lowercasedName.count else { return false }
    for (index, expected) in lowercasedName.enumerated() {
        let byte = bytes[range.lowerBound + index]
        guard ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == expected else { return false }
    }
    return true
}

private func trimmed(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isWhiteSpace(bytes[start]) { start += 1 }
    while start < end, isWhiteSpace(bytes[end - 1]) || bytes[end - 1] == 0x0D { end -= 1 }
    return start..<end
}

private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
