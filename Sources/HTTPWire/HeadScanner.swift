/// Finds the end of a head in bytes that may come in parts.
///
/// A head ends with an empty line. Lines may end in a bare line feed (RFC 9112, section 2.2).
struct HeadScanner {
    /// The bytes of the current line so far, without its line feed, and the last one of them.
    private var lineByteCount = 0
    private var lastByte: UInt8 = 0

    /// Reads on from `offset`; returns the offset behind the head, or `nil` when it goes on after
    /// the last byte.
    mutating func findEnd(in bytes: Span<UInt8>, from offset: Int) -> Int? {
        var lineStart = offset
        while true {
            let lineEnd = bytes.firstLineFeed(from: lineStart)
            let length = lineByteCount + (lineEnd - lineStart)
            let last = lineEnd > lineStart ? bytes[lineEnd - 1] : lastByte
            guard lineEnd < bytes.count else {
                lineByteCount = length
                lastByte = last
                return nil
            }
            if length == 0 || (length == 1 && last == ByteClass.carriageReturn) {
                self = HeadScanner()
                return lineEnd + 1
            }
            lineByteCount = 0
            lineStart = lineEnd + 1
        }
    }
}

/// Collects a head, or a trailer section, that may come in parts, so that it can be parsed in one
/// piece.
struct HeadCollector {
    private var scanner = HeadScanner()
    private var collected: [UInt8] = []
    private let limit: Int

    /// A head of up to `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a part of a head is waiting for the rest.
    var isInsideHead: Bool { !collected.isEmpty }

    /// Takes bytes from `offset` on; returns the whole head once its last byte is there.
    mutating func collect(
        _ bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> [UInt8]? {
        let start = offset
        let end = scanner.findEnd(in: bytes, from: start)
        offset = end ?? bytes.count
        guard collected.count + (offset - start) <= limit else {
            throw WireError(.headTooLarge(limit: limit), at: limit)
        }
        if collected.isEmpty, end != nil { return bytes.copy(start..<offset) }
        collected.append(bytes, start..<offset)
        guard end != nil else { return nil }
        defer { collected = [] }
        return collected
    }
}
