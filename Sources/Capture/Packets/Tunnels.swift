/// Steps from an IP packet into the packet that it carries.
enum Tunnels {
    /// Finds the packet inside a payload.
    ///
    /// - Parameters:
    ///   - ip: The outer header.
    ///   - packet: The bytes that were captured.
    /// - Returns: Where it is; `nil` when the payload is no tunnel.
    /// - Throws: Why a tunnel can't be entered.
    static func next(behind ip: IPPacket, in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace?
    {
        let start = LayerPlace(layer: .ip, offset: ip.payloadStart, end: ip.payloadEnd)
        switch ip.protocolNumber {
        case 4, 41: return start  // IP in IP (RFC 2003), 6in4 (RFC 4213)
        case 47: return try behindGRE(start, in: packet)
        case 137: return start.behind(0, .etherType(0x8847))  // MPLS in IP (RFC 4023)
        case 17: return try behindUDP(start, in: packet)
        default: return nil
        }
    }

    /// RFC 2784 and 2890; version 1 is that of PPTP (RFC 2637).
    private static func behindGRE(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        try start.require(4, of: packet)
        let flags = packet.bigEndian16(at: start.offset)
        let hasSequenceNumber = flags & 0x1000 != 0
        let type = packet.bigEndian16(at: start.offset + 2)
        switch flags & 0x0007 {
        case 0:
            let hasRouting = flags & 0x4000 != 0
            guard !hasRouting else { return nil }
            let optionCount =
                (flags & 0x8000 != 0 ? 1 : 0) + (flags & 0x2000 != 0 ? 1 : 0)
                + (hasSequenceNumber ? 1 : 0)
            return start.behind(4 + 4 * optionCount, .etherType(type))
        case 1:
            guard type == 0x880B, hasSequenceNumber else { return nil }
            let hasAcknowledgment = flags & 0x0080 != 0
            return start.behind(hasAcknowledgment ? 16 : 12, .ppp)
        default: return nil
        }
    }

    /// The tunnels with a UDP port of their own.
    private static func behindUDP(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        guard start.end - start.offset >= 8 else { return nil }
        try start.require(8, of: packet)
        let ports = (
            source: packet.bigEndian16(at: start.offset),
            destination: packet.bigEndian16(at: start.offset + 2)
        )
        let byteCount = Int(packet.bigEndian16(at: start.offset + 4))
        var inner = start.behind(8, .ip)
        // A length of zero is that of a packet before its segmentation.
        if byteCount >= 8 { inner.end = min(start.end, start.offset + byteCount) }
        switch ports.destination {
        case 4789: return try behindVXLAN(inner, in: packet)
        case 6081: return try behindGeneve(inner, in: packet)
        case 2152: return try behindGTP(inner, in: packet)
        case 3544: return try behindTeredo(inner, in: packet)
        default: return ports.source == 3544 ? try behindTeredo(inner, in: packet) : nil
        }
    }

    /// RFC 7348, section 5.
    private static func behindVXLAN(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        try start.require(8, of: packet)
        return packet[start.offset] & 0x08 != 0 ? start.behind(8, .ethernet) : nil
    }

    /// RFC 8926, section 3.4.
    private static func behindGeneve(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        try start.require(8, of: packet)
        let isVersion0 = packet[start.offset] >> 6 == 0
        guard isVersion0 else { return nil }
        let optionByteCount = Int(packet[start.offset] & 0x3F) * 4
        let type = packet.bigEndian16(at: start.offset + 2)
        return start.behind(8 + optionByteCount, .etherType(type))
    }

    /// 3GPP TS 29.281, section 5: version 1 and message type 255, which carries a user's packet.
    private static func behindGTP(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        try start.require(8, of: packet)
        let flags = packet[start.offset]
        guard flags & 0xF0 == 0x30, packet[start.offset + 1] == 0xFF else { return nil }
        var place = start.behind(8, .ip)
        guard flags & 0x07 != 0 else { return place }
        try start.require(12, of: packet)
        place.offset += 4
        var hasExtension = flags & 0x04 != 0 && packet[place.offset - 1] != 0
        while hasExtension {
            try place.require(1, of: packet)
            let byteCount = Int(packet[place.offset]) * 4
            guard byteCount > 0 else { throw .malformed }
            try place.require(byteCount, of: packet)
            place.offset += byteCount
            hasExtension = packet[place.offset - 1] != 0
        }
        return place
    }

    /// RFC 4380, section 5.1.1: an authentication and an origin may stand in front of the packet.
    private static func behindTeredo(
        _ start: LayerPlace,
        in packet: Span<UInt8>
    ) throws(PacketSkip) -> LayerPlace? {
        var place = start
        try place.require(2, of: packet)
        if packet.bigEndian16(at: place.offset) == 0x0001 {
            try place.require(4, of: packet)
            place.offset += 13 + Int(packet[place.offset + 2]) + Int(packet[place.offset + 3])
            try place.require(2, of: packet)
        }
        if packet.bigEndian16(at: place.offset) == 0x0000 { place.offset += 8 }
        try place.require(1, of: packet)
        return packet[place.offset] >> 4 == 6 ? place : nil
    }
}
