/// The parts of an IPv4 or IPv6 header, with the extension headers behind it.
struct IPPacket: Equatable {
    /// Which part of a packet this is, when a router or the sender took it apart.
    struct Fragment: Equatable {
        /// The number that all parts have in common.
        var identifier: UInt32
        /// Where in the whole payload this part begins.
        var start: Int
        /// Whether no part follows.
        var isLast: Bool
    }

    /// The sender's address; an IPv4 address stands in the low 32 bits.
    var source: UInt128
    /// The receiver's address; an IPv4 address stands in the low 32 bits.
    var destination: UInt128
    /// Whether the addresses are IPv6.
    var isVersion6: Bool
    /// What the payload is, in IANA's numbers.
    var protocolNumber: UInt8
    /// Where the payload begins in the packet.
    var payloadStart: Int
    /// Where the payload ends by the header; may lie behind the bytes that were captured.
    var payloadEnd: Int
    /// Which part of a packet this is; `nil` when it is whole.
    var fragment: Fragment?

    /// Reads the header at `place`.
    ///
    /// - Throws: Why the packet can't be used.
    init(_ packet: Span<UInt8>, at place: LayerPlace) throws(PacketSkip) {
        try place.require(1, of: packet)
        switch packet[place.offset] >> 4 {
        case 4: try self.init(version4: packet, at: place)
        case 6: try self.init(version6: packet, at: place)
        default: throw .notIP
        }
    }

    /// RFC 791, section 3.1.
    private init(version4 packet: Span<UInt8>, at place: LayerPlace) throws(PacketSkip) {
        let offset = place.offset
        try place.require(20, of: packet)
        let headerByteCount = Int(packet[offset] & 0x0F) * 4
        let totalByteCount = Int(packet.bigEndian16(at: offset + 2))
        guard headerByteCount >= 20 else { throw .malformed }
        payloadStart = offset + headerByteCount
        // Segmentation offload leaves the length open: the packet goes on to its end.
        payloadEnd = totalByteCount == 0 ? place.end : offset + totalByteCount
        guard payloadStart <= payloadEnd else { throw .malformed }
        protocolNumber = packet[offset + 9]
        source = UInt128(packet.bigEndian32(at: offset + 12))
        destination = UInt128(packet.bigEndian32(at: offset + 16))
        isVersion6 = false
        let fragmentation = packet.bigEndian16(at: offset + 6) & 0x3FFF
        if fragmentation != 0 {
            fragment = Fragment(
                identifier: UInt32(packet.bigEndian16(at: offset + 4)),
                start: Int(fragmentation & 0x1FFF) * 8,
                isLast: fragmentation & 0x2000 == 0
            )
        }
    }

    /// RFC 8200, sections 3 and 4.
    private init(version6 packet: Span<UInt8>, at place: LayerPlace) throws(PacketSkip) {
        let offset = place.offset
        try place.require(40, of: packet)
        let byteCount = Int(packet.bigEndian16(at: offset + 4))
        payloadStart = offset + 40
        payloadEnd = byteCount == 0 ? place.end : payloadStart + byteCount
        protocolNumber = packet[offset + 6]
        source = Self.address(in: packet, at: offset + 8)
        destination = Self.address(in: packet, at: offset + 24)
        isVersion6 = true
        try skipExtensions(in: packet)
    }

    /// Steps over the IPv6 extension headers at the beginning of the payload.
    ///
    /// Stops behind a fragment header, because the bytes there are only a part.
    mutating func skipExtensions(in packet: Span<UInt8>) throws(PacketSkip) {
        while fragment == nil, Self.isExtension(protocolNumber) {
            guard payloadStart + 8 <= packet.count else { throw .truncated }
            let length = Int(packet[payloadStart + 1])
            let header = protocolNumber
            protocolNumber = packet[payloadStart]
            switch header {
            case 44:
                noteFragment(in: packet)
                payloadStart += 8
            case 51: payloadStart += (length + 2) * 4
            default: payloadStart += (length + 1) * 8
            }
        }
        guard payloadStart <= payloadEnd else { throw .malformed }
    }

    private mutating func noteFragment(in packet: Span<UInt8>) {
        let fragmentation = packet.bigEndian16(at: payloadStart + 2)
        // A fragment header on a packet that is whole is allowed (RFC 6946).
        guard fragmentation & 0xFFF9 != 0 else { return }
        fragment = Fragment(
            identifier: packet.bigEndian32(at: payloadStart + 4),
            start: Int(fragmentation & 0xFFF8),
            isLast: fragmentation & 1 == 0
        )
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
