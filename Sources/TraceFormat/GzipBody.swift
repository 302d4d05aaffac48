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
        var reader = GzipReader(wrapping)
        var offset = 0
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            guard
                let count = try? reader.inflate(bytes.span, at: &offset, into: &part, from: 0),
                count <= limit - content.count
            else { return nil }
            content += part[..<count]
            if reader.isAtMemberEnd, offset == bytes.count { return content }
            // All was read, and something is missing.
            if count == 0, !reader.isAtMemberEnd { return nil }
        }
    }
}
