/// What is to be read next in a packet, and where.
struct LayerPlace: Equatable {
    /// The kinds of header that can be taken apart.
    enum Layer: Equatable {
        /// An Ethernet header.
        case ethernet
        /// Whatever the EtherType in front of it says.
        case etherType(UInt16)
        /// IEEE 802.2 LLC, which may carry an EtherType (SNAP).
        case logicalLink
        /// PPP (RFC 1661), with or without its HDLC address.
        case ppp
        /// IPv4 or IPv6, told apart by the version in the header.
        case ip
    }

    /// What it is.
    var layer: Layer
    /// Where its first byte stands.
    var offset: Int
    /// Where the headers so far say that it ends; may lie behind the bytes that were captured.
    var end: Int

    /// The layer behind a header of this length.
    func behind(_ byteCount: Int, _ layer: Layer) -> LayerPlace {
        LayerPlace(layer: layer, offset: offset + byteCount, end: end)
    }

    /// Makes sure that the first bytes of the layer were captured.
    @inline(__always)
    func require(_ byteCount: Int, of packet: Span<UInt8>) throws(PacketSkip) {
        guard packet.count - offset >= byteCount else { throw .truncated }
    }

    /// Reads one header between the link layer and IP.
    ///
    /// - Returns: What stands behind it; never `self.layer == .ip`, which `IPPacket` reads.
    func next(in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace {
        switch layer {
        case .ethernet:
            try require(14, of: packet)
            let type = packet.bigEndian16(at: offset + 12)
            // Smaller numbers are the length of an 802.3 frame.
            return behind(14, type < 0x0600 ? .logicalLink : .etherType(type))
        case .etherType(let type): return try behindEtherType(type, in: packet)
        case .logicalLink:
            // SNAP with the OUI of EtherTypes, or that of bridged tunnels (RFC 1042).
            try require(8, of: packet)
            guard packet.bigEndian32(at: offset) == 0xAAAA_0300, packet[offset + 4] == 0,
                packet[offset + 5] == 0 || packet[offset + 5] == 0xF8
            else { throw .notIP }
            return behind(8, .etherType(packet.bigEndian16(at: offset + 6)))
        case .ppp: return try behindPPP(in: packet)
        case .ip: preconditionFailure("an IP header is not stepped over")
        }
    }

    private func behindEtherType(
        _ type: UInt16,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace {
        switch type {
        case 0x0800, 0x86DD: return behind(0, .ip)
        case 0x8100, 0x88A8, 0x9100, 0x9200:  // 802.1Q, 802.1ad, and older forms of it
            try require(4, of: packet)
            return behind(4, .etherType(packet.bigEndian16(at: offset + 2)))
        case 0x8847, 0x8848: return try behindMPLS(in: packet)
        case 0x8864:  // a PPPoE session (RFC 2516)
            try require(6, of: packet)
            guard packet[offset] == 0x11, packet[offset + 1] == 0 else { throw .notIP }
            let byteCount = Int(packet.bigEndian16(at: offset + 4))
            return LayerPlace(layer: .ppp, offset: offset + 6, end: offset + 6 + byteCount)
        case 0x6558: return behind(0, .ethernet)
        case 0x880B: return behind(0, .ppp)
        default: throw .notIP
        }
    }

    /// Steps over a stack of labels (RFC 3032); what is behind it shows in its first four bits.
    private func behindMPLS(in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace {
        var place = self
        var isBottom = false
        while !isBottom {
            try place.require(4, of: packet)
            isBottom = packet[place.offset + 2] & 1 != 0
            place.offset += 4
        }
        try place.require(1, of: packet)
        switch packet[place.offset] >> 4 {
        case 4, 6: return place.behind(0, .ip)
        case 0: return place.behind(4, .ethernet)  // a pseudowire's control word (RFC 4385)
        default: throw .notIP
        }
    }

    private func behindPPP(in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace {
        var place = self
        try place.require(2, of: packet)
        if packet.bigEndian16(at: place.offset) == 0xFF03 { place.offset += 2 }
        try place.require(1, of: packet)
        var type = UInt16(packet[place.offset])
        // Odd numbers are whole, even ones go on (RFC 1661, section 2).
        if type & 1 == 0 {
            try place.require(2, of: packet)
            type = packet.bigEndian16(at: place.offset)
            place.offset += 1
        }
        place.offset += 1
        switch type {
        case 0x0021, 0x0057: return place.behind(0, .ip)
        case 0x0281: return place.behind(0, .etherType(0x8847))
        case 0x0283: return place.behind(0, .etherType(0x8848))
        default: throw .notIP
        }
    }
}
