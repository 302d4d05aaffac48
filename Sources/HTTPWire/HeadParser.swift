/// Reads a whole head, from its start line to its empty line, into its parts.
enum HeadParser {
    /// Reads the head of a request (RFC 9112, section 3).
    static func parseRequest(_ bytes: [UInt8]) throws(WireError) -> RequestHead {
        let line = contentOfLine(at: 0, in: bytes.span)
        let content = line.content
        var end = content.lowerBound
        while end < content.upperBound, ByteClass.isToken(bytes[end]) { end += 1 }
        let method = content.lowerBound..<end
        guard !method.isEmpty, end < content.upperBound, bytes[end] == ByteClass.space else {
            throw WireError(.malformedStartLine, at: end)
        }
        end += 1
        let targetStart = end
        while end < content.upperBound, ByteClass.isTarget(bytes[end]) { end += 1 }
        let target = targetStart..<end
        guard !target.isEmpty else { throw WireError(.malformedStartLine, at: end) }
        guard end < content.upperBound else {
            throw WireError(.unsupportedVersion, at: end)
        }
        guard bytes[end] == ByteClass.space else { throw WireError(.malformedStartLine, at: end) }
        let version = try parseVersion(bytes.span, end + 1..<content.upperBound, ofMethod: method)
        return RequestHead(
            version: version,
            fields: try parseFields(bytes, from: line.next),
            methodRange: method,
            targetRange: target
        )
    }

    /// Reads the head of a response (RFC 9112, section 4).
    ///
    /// A status line without a reason phrase may lack the space in front of it too.
    static func parseResponse(_ bytes: [UInt8]) throws(WireError) -> ResponseHead {
        let line = contentOfLine(at: 0, in: bytes.span)
        let content = line.content
        guard content.count >= 12, bytes[content.lowerBound + 8] == ByteClass.space else {
            throw WireError(.malformedStartLine, at: content.lowerBound)
        }
        let version = try parseVersion(
            bytes.span,
            content.lowerBound..<content.lowerBound + 8,
            ofMethod: nil
        )
        var status: UInt16 = 0
        for offset in content.lowerBound + 9..<content.lowerBound + 12 {
            guard let digit = ByteClass.decimalValue(of: bytes[offset]) else {
                throw WireError(.malformedStartLine, at: offset)
            }
            status = status * 10 + UInt16(digit)
        }
        let afterStatus = content.lowerBound + 12
        guard status >= 100,
            afterStatus == content.upperBound || bytes[afterStatus] == ByteClass.space
        else { throw WireError(.malformedStartLine, at: afterStatus) }
        for offset in afterStatus..<content.upperBound
        where !ByteClass.isFieldValue(bytes[offset]) {
            throw WireError(.forbiddenByte(bytes[offset]), at: offset)
        }
        return ResponseHead(
            version: version,
            status: status,
            fields: try parseFields(bytes, from: line.next)
        )
    }

    /// Reads the eight bytes of a version.
    private static func parseVersion(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        ofMethod method: Range<Int>?
    ) throws(WireError) -> HTTPVersion {
        let name: InlineArray<5, UInt8> = [0x48, 0x54, 0x54, 0x50, 0x2F]  // HTTP/
        guard range.count == 8 else { throw WireError(.malformedStartLine, at: range.lowerBound) }
        for position in name.indices
        where bytes[range.lowerBound + position] != name[position] {
            throw WireError(.malformedStartLine, at: range.lowerBound)
        }
        guard let major = ByteClass.decimalValue(of: bytes[range.lowerBound + 5]),
            bytes[range.lowerBound + 6] == 0x2E,
            let minor = ByteClass.decimalValue(of: bytes[range.lowerBound + 7])
        else { throw WireError(.malformedStartLine, at: range.lowerBound) }
        if major == 2, let method, isPreface(bytes, method) {
            throw WireError(.http2Preface, at: 0)
        }
        guard major == 1 else { throw WireError(.unsupportedVersion, at: range.lowerBound) }
        return minor == 0 ? .http1_0 : .http1_1
    }

    /// Whether the method is the `PRI` of the HTTP/2 preface.
    private static func isPreface(_ bytes: Span<UInt8>, _ method: Range<Int>) -> Bool {
        method.count == 3 && bytes[method.lowerBound] == 0x50
            && bytes[method.lowerBound + 1] == 0x52 && bytes[method.lowerBound + 2] == 0x49
    }

    /// Reads the field lines up to the empty line (RFC 9112, section 5).
    static func parseFields(
        _ bytes: [UInt8],
        from start: Int
    ) throws(WireError) -> HeaderFields {
        var lines: [HeaderFields.FieldLine] = []
        lines.reserveCapacity(12)
        let span = bytes.span
        var offset = start
        while offset < span.count {
            let line = contentOfLine(at: offset, in: span)
            if line.content.isEmpty { break }
            lines.append(try parseFieldLine(span, line.content))
            offset = line.next
        }
        return HeaderFields(bytes: bytes, lines: lines)
    }

    /// Reads one field line.
    ///
    /// White space around the name could make two readers disagree about
    /// which field it is, so it is an error (RFC 9112, section 5.1).
    private static func parseFieldLine(
        _ bytes: Span<UInt8>,
        _ content: Range<Int>
    ) throws(WireError) -> HeaderFields.FieldLine {
        var offset = content.lowerBound
        if bytes[offset] == ByteClass.space || bytes[offset] == ByteClass.tab {
            throw WireError(.foldedFieldLine, at: offset)
        }
        while offset < content.upperBound, ByteClass.isToken(bytes[offset]) { offset += 1 }
        let name = content.lowerBound..<offset
        guard !name.isEmpty, offset < content.upperBound, bytes[offset] == ByteClass.colon else {
            throw WireError(.malformedFieldLine, at: content.lowerBound)
        }
        var start = offset + 1
        var end = content.upperBound
        while start < end, isWhiteSpace(bytes[start]) { start += 1 }
        while start < end, isWhiteSpace(bytes[end - 1]) { end -= 1 }
        for position in start..<end where !ByteClass.isFieldValue(bytes[position]) {
            throw WireError(.forbiddenByte(bytes[position]), at: position)
        }
        return HeaderFields.FieldLine(name: name, value: start..<end)
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == ByteClass.space || byte == ByteClass.tab
    }

    /// The content of the line that starts at `start`, and where the next line starts.
    ///
    /// One carriage return in front of the line feed belongs to the line end.
    private static func contentOfLine(
        at start: Int,
        in bytes: Span<UInt8>
    ) -> (content: Range<Int>, next: Int) {
        var end = start
        while end < bytes.count, bytes[end] != ByteClass.lineFeed { end += 1 }
        let next = min(end + 1, bytes.count)
        if end > start, bytes[end - 1] == ByteClass.carriageReturn { end -= 1 }
        return (start..<end, next)
    }
}
