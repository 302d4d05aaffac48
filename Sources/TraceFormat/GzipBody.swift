extension GzipReader {
    /// Inflates a whole body.
    ///
    /// - Parameters:
    ///   - bytes: The body, from its first byte to its last.
    ///   - wrapping: What stands around the deflated data.
    ///   - limit: How long it may be inflated.
    /// - Returns: The content; `nil` when the bytes are not whole, or it would be longer.
    public static func inflated(
        _ bytes: [UInt8],
        _ wrapping: Wrapping = .gzip,
        limit: Int
    ) -> [UInt8]? {
        var content: [UInt8] = []
        let isWhole = inflate(bytes, wrapping, limit: limit) { part, count in
            content += part[..<count]
        }
        return isWhole ? content : nil
    }

    /// The fingerprint of what a whole body inflates to, which is not kept; see ``inflated(_:_:limit:)``.
    public static func fingerprintOfContent(
        _ bytes: [UInt8],
        _ wrapping: Wrapping = .gzip,
        limit: Int
    ) -> Fingerprint? {
        var fingerprinter = Fingerprinter()
        let isWhole = inflate(bytes, wrapping, limit: limit) { part, count in
            fingerprinter.update(part.span, 0..<count)
        }
        return isWhole ? fingerprinter.finish() : nil
    }

    /// Inflates a body part by part; says whether it was whole and no longer than `limit`.
    ///
    /// `body` gets the first bytes of an array and how many they are.
    private static func inflate(
        _ bytes: [UInt8],
        _ wrapping: Wrapping,
        limit: Int,
        _ body: (_ part: [UInt8], _ count: Int) -> Void
    ) -> Bool {
        var reader = GzipReader(wrapping)
        var (offset, total) = (0, 0)
        // Most bodies are small, and so is what they hold.
        let partSize = min(max(bytes.count * 8, 1 << 10), 64 << 10)
        var part = [UInt8](repeating: 0, count: partSize)
        while true {
            guard
                let count = try? reader.inflate(bytes.span, at: &offset, into: &part, from: 0),
                count <= limit - total
            else { return false }
            body(part, count)
            total += count
            if reader.isAtMemberEnd, offset == bytes.count { return true }
            // All was read, and something is missing.
            if count == 0, !reader.isAtMemberEnd { return false }
        }
    }
}
