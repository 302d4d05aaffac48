/// Finds the packets in the bytes of a capture file, pcap or pcapng, whatever its byte order.
///
/// Sans-IO: call `next(in:at:)` until it returns `nil`, then come again with the same unread bytes
/// and those that follow.
struct CaptureFileDecoder {
    /// A packet in the bytes of a call.
    struct Packet: Equatable {
        /// What the file says about it.
        var header: PacketHeader
        /// Where its bytes stand.
        var bytes: Range<Int>
    }

    /// Why the bytes can't be read.
    enum Failure: Error, Equatable {
        /// They are no capture.
        case notACapture(reason: String)
        /// The rest is lost.
        case damaged(reason: String)

        /// What is wrong.
        var reason: String {
            switch self {
            case .notACapture(let reason), .damaged(let reason): reason
            }
        }
    }

    private enum Format {
        case unknown
        case classic(ClassicCapture)
        case blocks(BlockCapture)
    }

    /// The most bytes of a packet or block that has to be in memory as a whole.
    static let recordLimit = 1 << 20

    /// How many packets the capturing system says that it lost.
    var droppedPacketCount: UInt64 {
        if case .blocks(let blocks) = format { blocks.droppedPacketCount } else { 0 }
    }
    /// The link type of all packets, once the file header says that there is only one.
    var onlyLinkType: Int32? {
        if case .classic(let capture) = format { capture.linkType } else { nil }
    }

    private var format = Format.unknown

    /// Reads the file header, and moves `offset` behind it.
    ///
    /// - Returns: Whether it was all there.
    mutating func open(in bytes: Span<UInt8>, at offset: inout Int) throws(Failure) -> Bool {
        guard bytes.count - offset >= 4 else { return false }
        let number = bytes.bigEndian32(at: offset)
        if number == BlockCapture.sectionType {
            guard let blocks = try BlockCapture(bytes, at: &offset) else { return false }
            format = .blocks(blocks)
            return true
        }
        // Says at once when it can't become a capture.
        _ = try ClassicCapture.magic(number)
        guard bytes.count - offset >= ClassicCapture.headerByteCount else { return false }
        format = .classic(try ClassicCapture(bytes, at: offset))
        offset += ClassicCapture.headerByteCount
        return true
    }

    /// Reads on from `offset`, and moves it behind what was read.
    ///
    /// - Returns: The next packet, or `nil` when more bytes are needed.
    mutating func next(in bytes: Span<UInt8>, at offset: inout Int) throws(Failure) -> Packet? {
        switch format {
        case .unknown: return try open(in: bytes, at: &offset) ? next(in: bytes, at: &offset) : nil
        case .classic(let capture): return try capture.next(in: bytes, at: &offset)
        case .blocks(var blocks):
            format = .unknown
            defer { format = .blocks(blocks) }
            return try blocks.next(in: bytes, at: &offset)
        }
    }
}
