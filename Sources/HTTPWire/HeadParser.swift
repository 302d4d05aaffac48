/// Reads a whole head, from its start line to its empty line, into its parts.
enum HeadParser {
    /// Reads the head of a request (RFC 9112, section 3).
    static func parseRequest(_ head: [UInt8]) throws(WireError) -> RequestHead {
        let bytes = head.span
        if bytes.has("PRI * HTTP/2.0", at: 0), lineEnd(bytes, at: 14) != nil {
            throw WireError(.http2Preface, at: 0)
        }
        let method = 0..<endOfRun(bytes, from: 0, of: ByteClass.isToken)
        guard !method.isEmpty, bytes.has(" ", at: method.upperBound) else {
            throw startLineError(bytes, at: method.upperBound)
        }
        let targetStart = method.upperBound + 1
        let target = targetStart..<endOfRun(bytes, from: targetStart, of: ByteClass.isTarget)
        guard !target.isEmpty else { throw startLineError(bytes, at: target.lowerBound) }
        if lineEnd(bytes, at: target.upperBound) != nil {  // HTTP/0.9
            throw WireError(.unsupportedVersion, at: target.upperBound)
        }
        guard bytes.has(" ", at: target.upperBound) else {
            throw startLineError(bytes, at: target.upperBound)
        }
        let version = try parseVersion(bytes, at: target.upperBound + 1)
        guard let nextLine = lineEnd(bytes, at: target.upperBound + 9) else {
            throw startLineError(bytes, at: target.upperBound + 9)
        }
        return RequestHead(
            version: version,
            fields: try parseFields(head, from: nextLine),
            methodRange: method,
            targetRange: target
        )
    }

    /// Reads the head of a response (RFC 9112, section 4).
    ///
    /// A status line without a reason phrase may lack the space in front of it too.
    static func parseResponse(_ head: [UInt8]) throws(WireError) -> ResponseHead {
        let bytes = head.span
        let version = try parseVersion(bytes, at: 0)
        guard bytes.has(" ", at: 8) else { throw startLineError(bytes, at: 8) }
        var status: UInt16 = 0
        for offset in 9..<12 {
            guard offset < bytes.count, let digit = ByteClass.decimalValue(of: bytes[offset]) else {
                throw startLineError(bytes, at: offset)
            }
            status = status * 10 + UInt16(digit)
        }
        guard status >= 100 else { throw WireError(.malformedStartLine, at: 9) }
        var end = 12
        if bytes.has(" ", at: end) {
            end = bytes.endOfFieldValue(from: end)
        }
        guard let nextLine = lineEnd(bytes, at: end) else { throw startLineError(bytes, at: end) }
        return ResponseHead(
            version: version,
            status: status,
            fields: try parseFields(head, from: nextLine)
        )
    }

    /// Reads the eight bytes of a version (RFC 9112, section 2.3).
    private static func parseVersion(
        _ bytes: Span<UInt8>,
        at offset: Int
    ) throws(WireError) -> HTTPVersion {
        guard offset + 8 <= bytes.count, bytes.has("HTTP/", at: offset),
            let major = ByteClass.decimalValue(of: bytes[offset + 5]),
            bytes.has(".", at: offset + 6),
            let minor = ByteClass.decimalValue(of: bytes[offset + 7])
        else { throw startLineError(bytes, at: offset) }
        guard major == 1 else { throw WireError(.unsupportedVersion, at: offset) }
        return minor == 0 ? .http1_0 : .http1_1
    }

    /// Why the start line can't go on with the byte at `offset`.
    private static func startLineError(_ bytes: Span<UInt8>, at offset: Int) -> WireError {
        guard offset < bytes.count, lineEnd(bytes, at: offset) == nil,
            !ByteClass.isFieldValue(bytes[offset])
        else { return WireError(.malformedStartLine, at: offset) }
        return WireError(.forbiddenByte(bytes[offset]), at: offset)
    }

    /// Reads the field lines up to the empty line (RFC 9112, section 5).
    static func parseFields(
        _ section: [UInt8],
        from start: Int
    ) throws(WireError) -> HeaderFields {
        let bytes = section.span
        var lines: [HeaderFields.FieldLine] = []
        lines.reserveCapacity(12)
        var offset = start
        while lineEnd(bytes, at: offset) == nil {
            lines.append(try parseFieldLine(bytes, at: &offset))
        }
        return HeaderFields(bytes: section, lines: lines)
    }

    /// Reads one field line and moves `offset` behind it.
    ///
    /// White space around the name could make two readers disagree about
    /// which field it is, so it is an error (RFC 9112, section 5.1).
    private static func parseFieldLine(
        _ bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> HeaderFields.FieldLine {
        let name = offset..<endOfRun(bytes, from: offset, of: ByteClass.isToken)
        guard !name.isEmpty, bytes.has(":", at: name.upperBound) else {
            let isFolded = endOfRun(bytes, from: offset, of: ByteClass.isWhiteSpace) > offset
            throw WireError(
                isFolded ? .foldedFieldLine : .malformedFieldLine,
                at: name.upperBound
            )
        }
        let start = endOfRun(bytes, from: name.upperBound + 1, of: ByteClass.isWhiteSpace)
        let contentEnd = bytes.endOfFieldValue(from: start)
        guard let nextLine = lineEnd(bytes, at: contentEnd) else {
            precondition(contentEnd < bytes.count, "a head ends with an empty line")
            throw WireError(.forbiddenByte(bytes[contentEnd]), at: contentEnd)
        }
        var end = contentEnd
        while end > start, ByteClass.isWhiteSpace(bytes[end - 1]) { end -= 1 }
        offset = nextLine
        return HeaderFields.FieldLine(name: name, value: start..<end)
    }

    /// The end of the bytes from `start` on that are all of one class.
    @inline(__always)
    private static func endOfRun(
        _ bytes: Span<UInt8>,
        from start: Int,
        of isInClass: (UInt8) -> Bool
    ) -> Int {
        var end = start
        while end < bytes.count, isInClass(bytes[end]) { end += 1 }
        return end
    }

    /// The offset behind the line end at `offset`; `nil` when no line ends there.
    ///
    /// A line may end in a bare line feed (RFC 9112, section 2.2), never in a bare carriage return.
    @inline(__always)
    private static func lineEnd(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
        if bytes.has("\n", at: offset) { return offset + 1 }
        return bytes.has("\r\n", at: offset) ? offset + 2 : nil
    }
}
