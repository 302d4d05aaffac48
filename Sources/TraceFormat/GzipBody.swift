extension GzipReader {
    /// Inflates a whole gzip'd body.
    ///
    /// - Parameters:
    ///   - bytes: The body, from its first byte to its last.
    ///   - limit: How long it may be inflated.
    /// - Returns: The content; `nil` when the bytes are no whole gzip data, or it would be longer.
    public static func inflated(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var reader = GzipReader()
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var offset = 0
        repeat {
            guard
                let count = try? reader.inflate(bytes.span, at: &offset, into: &buffer, from: 0),
                count <= limit - content.count
            else { return nil }
            content += buffer[..<count]
            if count < buffer.count, offset == bytes.count {
                return reader.isAtMemberEnd ? content : nil
            }
        } while true
    }
}
