/// The parts of an IPv4 or IPv6 header that a TCP segment is found by.
struct IPPacket: Equatable {
    /// The sender's address; an IPv4 address stands in the low 32 bits.
    var source: UInt128
    /// The receiver's address; an IPv4 address stands in the low 32 bits.
    var destination: UInt128
    /// Whether the addresses are IPv6.
    var isVersion6: Bool
    /// Where the TCP segment begins in the packet.
    var payloadStart: Int
    /// Where the TCP segment ends by the header; may lie behind the bytes that were captured.
    var payloadEnd: Int

    /// Reads the header at `offset`.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - offset: Where the IP header begins.
    ///   - wireByteCount: How many bytes the packet had on the wire.
    /// - Throws: Why the packet can carry no TCP segment.
    init(_ packet: Span<UInt8>, at offset: Int, wireByteCount: Int) throws(PacketSkip) {
        guard offset < packet.count else { throw .truncated }
        switch packet[offset] >> 4 {
        case 4: try self.init(version4: packet, at: offset, wireByteCount: wireByteCount)
        case 6: try self.init(version6: packet, at: offset, wireByteCount: wireByteCount)
        default: throw .notIP
        }
    }

    /// RFC 791, section 3.1.
    private init(
        version4 packet: Span<UInt8>,
        at offset: Int,
        wireByteCount: Int
    ) throws(PacketSkip) {
        guard packet.count - offset >= 20 else { throw .truncated }
        let headerByteCount = Int(packet[offset] & 0x0F) * 4
        let totalByteCount = Int(packet.bigEndian16(at: offset + 2))
        guard headerByteCount >= 20 else { throw .malformed }
        guard packet[offset + 9] == Self.tcp else { throw .notTCP }
        // More fragments to come, or not the first one.
        guard packet.bigEndian16(at: offset + 6) & 0x3FFF == 0 else { throw .fragment }
        payloadStart = offset + headerByteCount
        // Segmentation offload leaves the length open: the packet goes on to its end.
        payloadEnd = totalByteCount == 0 ? max(wireByteCount, 0) : offset + totalByteCount
        guard payloadStart <= payloadEnd else { throw .malformed }
        source = UInt128(packet.bigEndian32(at: offset + 12))
        destination = UInt128(packet.bigEndian32(at: offset + 16))
        isVersion6 = false
    }

    /// RFC 8200, sections 3 and 4.
    private init(
        version6 packet: Span<UInt8>,
        at offset: Int,
        wireByteCount: Int
    ) throws(PacketSkip) {
        guard packet.count - offset >= 40 else { throw .truncated }
        let byteCount = Int(packet.bigEndian16(at: offset + 4))
        payloadEnd = byteCount == 0 ? max(wireByteCount, 0) : offset + 40 + byteCount
        payloadStart = try Self.skipExtensions(
            in: packet,
            from: offset + 40,
            first: packet[offset + 6]
        )
        guard payloadStart <= payloadEnd else { throw .malformed }
        source = Self.address(in: packet, at: offset + 8)
        destination = Self.address(in: packet, at: offset + 24)
        isVersion6 = true
    }

    private static let tcp: UInt8 = 6

    /// Steps over the extension headers in front of the TCP header.
    private static func skipExtensions(
        in packet: Span<UInt8>,
        from start: Int,
        first: UInt8
    ) throws(PacketSkip) -> Int {
        var offset = start
        var next = first
        while next != tcp {
            guard isExtension(next) else { throw .notTCP }
            guard offset + 8 <= packet.count else { throw .truncated }
            let length = Int(packet[offset + 1])
            switch next {
            case 44:
                // A fragment header on a packet that is whole is allowed (RFC 6946).
                guard packet.bigEndian16(at: offset + 2) & 0xFFF9 == 0 else { throw .fragment }
                next = packet[offset]
                offset += 8
            case 51:
                next = packet[offset]
                offset += (length + 2) * 4
            default:
                next = packet[offset]
                offset += (length + 1) * 8
            }
        }
        return offset
    }

    /// Hop-by-hop, routing, fragment, authentication, destination, mobility, HIP, shim6.
    private static func isExtension(_ number: UInt8) -> Bool {
        switch number {
        case 0, 43, 44, 51, 60, 135, 139, 140: true
        default: false
        }
    }

    private static func address(in packet: Span<UInt8>, at offset: Int) -> UInt128 {
        UInt128(packet.bigEndian64(at: offset)) << 64
            | UInt128(packet.bigEndian64(at: offset + 8))
    }
}
