/// The bytes of a file that come in parts, inflated where they are gzip'd, as the first ones tell.
///
/// Does no reading itself:
///
///     while true {
///         if let count = try bytes.read(into: &buffer, from: 0) { return count }
///         bytes.feed(try readPart())
///     }
public struct InflatedBytes: ~Copyable {
    private var gzip = GzipReader()
    /// Whether the bytes are gzip'd, once that is known.
    private var isGzip: Bool?
    /// What was fed and not yet given out, from `offset` on.
    private var part: [UInt8] = []
    private var offset = 0
    private var isEnded = false

    /// Starts in front of the first byte.
    public init() {}

    /// Whether the bytes are as they are in the file, and all that were fed were given out, so that
    /// the caller may as well read the rest by itself.
    public var isPlain: Bool { isGzip == false && offset == part.count }

    /// Takes the next bytes of the file, once `read` has asked for them; none are its end.
    public mutating func feed(_ bytes: [UInt8]) {
        if bytes.isEmpty { isEnded = true }
        guard isGzip == nil else {
            (part, offset) = (bytes, 0)
            return
        }
        part += bytes
        if isEnded || part.count >= GzipReader.magic.count {
            isGzip = part.starts(with: GzipReader.magic)
        }
    }

    /// Gives out bytes into `output`, which must have room behind `start`.
    ///
    /// - Parameters:
    ///   - output: Where they go.
    ///   - start: From where on.
    /// - Returns: How many there were; 0 at the end of the file, and `nil` when bytes have to be
    ///   fed first.
    /// - Throws: `GzipReader.Damage` when they can't be inflated, or end too early for that.
    public mutating func read(
        into output: inout [UInt8],
        from start: Int
    ) throws(GzipReader.Damage) -> Int? {
        switch isGzip {
        case nil: return nil
        case false?: return copy(into: &output, from: start)
        case true?: return try inflate(into: &output, from: start)
        }
    }

    private mutating func copy(into output: inout [UInt8], from start: Int) -> Int? {
        let count = min(output.count - start, part.count - offset)
        guard count > 0 else { return isEnded ? 0 : nil }
        output.replaceSubrange(start..<start + count, with: part[offset..<offset + count])
        offset += count
        return count
    }

    private mutating func inflate(
        into output: inout [UInt8],
        from start: Int
    ) throws(GzipReader.Damage) -> Int? {
        while true {
            let part = part
            let count = try gzip.inflate(part.span, at: &offset, into: &output, from: start)
            if count > 0 { return count }
            guard offset == part.count else { continue }
            guard isEnded else { return nil }
            guard gzip.isAtMemberEnd else { throw .cutOff }
            return 0
        }
    }
}
