/// Tells whether bytes look like the start of a message, for a reader that joins in mid-stream.
///
/// Only well-known methods count here: the rest of a cut method is a token too, and must not be
/// taken for a request of its own.
enum MessageStart {
    private static let methods: [StaticString] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT",
        "PURGE", "QUERY", "LINK", "UNLINK",
    ]

    /// Whether `bytes` begin with a request line, or are the beginning of one.
    static func isRequest(_ bytes: Span<UInt8>) -> Bool {
        methods.contains { method in
            guard let target = offset(behind: method, in: bytes, from: 0) else { return false }
            guard target < bytes.count else { return true }
            guard let end = offset(behind: " ", in: bytes, from: target) else { return false }
            var version = end
            while version < bytes.count, bytes[version] > 0x20, bytes[version] != 0x7F {
                version += 1
            }
            guard version < bytes.count else { return true }
            return version > end && offset(behind: " HTTP/1.", in: bytes, from: version) != nil
        }
    }

    /// Whether `bytes` begin with the head of the preface of HTTP/2 (RFC 9113, section 3.4).
    static func isHTTP2Preface(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 18 && offset(behind: "PRI * HTTP/2.0\r\n\r\n", in: bytes, from: 0) != nil
    }

    /// Whether `bytes` begin with a status line, or are the beginning of one.
    static func isResponse(_ bytes: Span<UInt8>) -> Bool {
        guard let minor = offset(behind: "HTTP/1.", in: bytes, from: 0) else { return false }
        for (index, offset) in (minor..<min(minor + 5, bytes.count)).enumerated() {
            let isDigit = bytes[offset] >= 0x30 && bytes[offset] <= 0x39
            guard index == 1 ? bytes[offset] == 0x20 : isDigit else { return false }
        }
        return true
    }

    /// The offset behind `text` at `start`, or the end of the bytes when they end inside it; `nil`
    /// when something else stands there.
    private static func offset(
        behind text: StaticString,
        in bytes: Span<UInt8>,
        from start: Int
    ) -> Int? {
        text.withUTF8Buffer { text in
            let count = min(text.count, bytes.count - start)
            for index in 0..<count where unsafe text[index] != bytes[start + index] { return nil }
            return start + count
        }
    }
}
