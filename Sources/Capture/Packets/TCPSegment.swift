/// One TCP segment with the ends it goes between (RFC 9293, section 3.1).
struct TCPSegment: Equatable {
    /// Who sent it.
    var source: Endpoint
    /// Whom it is for.
    var destination: Endpoint
    /// The place of its first byte in the sender's stream; of SYN, if it has that.
    var sequence: SequenceNumber
    /// What the sender expects next from the other end; `nil` without the ACK flag.
    var acknowledgment: SequenceNumber?
    /// Whether it opens the stream.
    var isSYN: Bool
    /// Whether the sender has nothing more to send behind it.
    var isFIN: Bool
    /// Whether it resets the connection.
    var isRST: Bool
    /// Where its payload stands in the packet, as far as it was captured.
    var payload: Range<Int>
    /// How many bytes of its payload the snap length cut off.
    var cutByteCount: Int

    /// Reads the header behind an IP header.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - ip: The header in front.
    /// - Throws: Why it can't be used.
    init(_ packet: Span<UInt8>, behind ip: IPPacket) throws(PacketSkip) {
        let start = ip.payloadStart
        guard ip.payloadEnd - start >= 20 else { throw .malformed }
        guard start + 20 <= packet.count else { throw .truncated }
        let payloadStart = start + Int(packet[start + 12] >> 4) * 4
        guard payloadStart >= start + 20, payloadStart <= ip.payloadEnd else { throw .malformed }
        guard payloadStart <= packet.count else { throw .truncated }
        let payloadEnd = min(ip.payloadEnd, packet.count)
        source = Endpoint(
            address: ip.source,
            isVersion6: ip.isVersion6,
            port: packet.bigEndian16(at: start)
        )
        destination = Endpoint(
            address: ip.destination,
            isVersion6: ip.isVersion6,
            port: packet.bigEndian16(at: start + 2)
        )
        sequence = SequenceNumber(packet.bigEndian32(at: start + 4))
        let flags = packet[start + 13]
        let isACK = flags & 0x10 != 0
        acknowledgment = isACK ? SequenceNumber(packet.bigEndian32(at: start + 8)) : nil
        isFIN = flags & 0x01 != 0
        isSYN = flags & 0x02 != 0
        isRST = flags & 0x04 != 0
        payload = payloadStart..<payloadEnd
        cutByteCount = ip.payloadEnd - payloadEnd
    }
}
