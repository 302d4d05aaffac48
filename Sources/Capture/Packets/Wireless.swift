/// The headers of IEEE 802.11 frames, with and without radiotap in front.
///
/// All numbers are in little-endian byte order.
enum Wireless {
    /// Reads a frame's header, if it carries data in clear text.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - start: Where the frame begins and ends.
    ///   - isPadded: Whether the header is filled up to a multiple of four bytes.
    /// - Returns: What stands behind it.
    /// - Throws: Why the frame carries nothing for the recording.
    static func next(
        in packet: Span<UInt8>,
        _ start: LayerPlace,
        isPadded: Bool
    ) throws(PacketSkip) -> LayerPlace {
        try start.require(2, of: packet)
        let kind = packet[start.offset]
        let flags = packet[start.offset + 1]
        let isData = kind & 0x0F == 0x08
        let hasNoPayload = kind & 0x40 != 0
        guard isData, !hasNoPayload else { throw .notIP }
        guard flags & 0x40 == 0 else { throw .encrypted }
        var byteCount = 24
        // From one access point to another there is a fourth address.
        if flags & 0x03 == 0x03 { byteCount += 6 }
        if kind & 0x80 != 0 {
            try start.require(byteCount + 2, of: packet)
            guard packet[start.offset + byteCount] & 0x80 == 0 else { throw .aggregated }
            byteCount += 2
            // HT control
            if flags & 0x80 != 0 { byteCount += 4 }
        }
        if isPadded { byteCount = (byteCount + 3) & ~3 }
        return start.behind(byteCount, .logicalLink)
    }

    /// Reads a radiotap header (<https://www.radiotap.org>) and that of the frame behind it.
    static func nextBehindRadiotap(
        in packet: Span<UInt8>,
        _ start: LayerPlace
    ) throws(PacketSkip) -> LayerPlace {
        try start.require(8, of: packet)
        let byteCount = Int(packet.bigEndian16(at: start.offset + 2).byteSwapped)
        guard packet[start.offset] == 0, byteCount >= 8 else { throw .malformed }
        try start.require(byteCount, of: packet)
        // Bitmaps of present fields follow each other while their highest bit is set.
        var fields = 4
        while packet[start.offset + fields + 3] & 0x80 != 0 {
            fields += 4
            guard fields + 4 <= byteCount else { throw .malformed }
        }
        fields += 4
        let present = packet[start.offset + 4]
        // The flags stand behind the clock of 64 bits, which is aligned.
        if present & 0x01 != 0 { fields = ((fields + 7) & ~7) + 8 }
        var frame = start.behind(byteCount, .logicalLink)
        guard present & 0x02 != 0 else { return try next(in: packet, frame, isPadded: false) }
        guard fields < byteCount else { throw .malformed }
        let flags = packet[start.offset + fields]
        let hasChecksum = flags & 0x10 != 0
        if hasChecksum { frame.end -= 4 }
        return try next(in: packet, frame, isPadded: flags & 0x20 != 0)
    }
}
