/// The nine bytes in front of every frame of HTTP/2 (RFC 9113, section 4.1).
///
///     offset  size  field
///          0     3  length of the payload
///          3     1  kind
///          4     1  flags
///          5     4  stream; the highest bit is reserved
struct HTTP2FrameHeader: Equatable {
    /// The kinds of frames (RFC 9113, section 6).
    enum Kind: UInt8 {
        case data, headers, priority, resetStream, settings, pushPromise, ping, goAway
        case windowUpdate, continuation
    }

    /// What flags mean, each for some kinds.
    enum Flag {
        static let acknowledgment: UInt8 = 0x1
        static let endStream: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let priority: UInt8 = 0x20
    }

    /// How many bytes it takes.
    static let byteCount = 9
    /// The longest payload that a peer may send without having been allowed more.
    private static let defaultPayloadLimit = 1 << 14

    /// The number of bytes behind it.
    let payloadByteCount: Int
    /// What the frame is; `nil` for a kind of an extension.
    let kind: Kind?
    /// Flags, by kind.
    let flags: UInt8
    /// The stream that it is of; 0 for the connection.
    let stream: UInt32
    private let isReservedBitSet: Bool

    /// Reads the nine bytes at an offset, all of which must be there.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        payloadByteCount =
            Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
        kind = Kind(rawValue: bytes[offset + 3])
        flags = bytes[offset + 4]
        let word = (5..<9).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[offset + $1]) }
        stream = word & 0x7FFF_FFFF
        isReservedBitSet = word != stream
    }

    /// Whether a flag is set.
    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// Whether bytes are frames from their first byte on, for a reader that joins in mid-stream:
    /// every header in them is one that a peer would send.
    static func areFrames(_ bytes: Span<UInt8>) -> Bool {
        var offset = 0
        guard bytes.count >= byteCount else { return false }
        while bytes.count - offset >= byteCount {
            let header = HTTP2FrameHeader(bytes, at: offset)
            guard header.isPlausible else { return false }
            offset += byteCount + header.payloadByteCount
        }
        return true
    }

    /// Whether bytes start with the settings that open a server's side (RFC 9113, section 3.4).
    static func areFirstSettings(_ bytes: Span<UInt8>) -> Bool {
        guard areFrames(bytes) else { return false }
        let header = HTTP2FrameHeader(bytes, at: 0)
        return header.kind == .settings && !header.has(Flag.acknowledgment)
    }

    private var isPlausible: Bool {
        guard !isReservedBitSet, payloadByteCount <= Self.defaultPayloadLimit else { return false }
        return switch kind {
        case .data: stream != 0 && flags & ~0x9 == 0
        case .headers: stream != 0 && flags & ~0x2D == 0 && payloadByteCount > 0
        case .priority: stream != 0 && payloadByteCount == 5
        case .resetStream: stream != 0 && payloadByteCount == 4
        case .settings: stream == 0 && payloadByteCount % 6 == 0 && flags <= 1
        case .pushPromise: stream != 0 && payloadByteCount > 4
        case .ping: stream == 0 && payloadByteCount == 8
        case .goAway: stream == 0 && payloadByteCount >= 8
        case .windowUpdate: payloadByteCount == 4
        case .continuation: stream != 0 && payloadByteCount > 0
        case nil: false
        }
    }
}
