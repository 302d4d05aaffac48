internal import HTTPWire

/// Takes packets apart, layer by layer, down to the TCP segment inside.
///
/// Sans-IO. Only the parts of fragmented packets are kept from one packet to the next.
struct PacketDissector {
    /// What a packet holds.
    struct Found: Equatable {
        /// The segment.
        var segment: TCPSegment
        /// The bytes that the segment's ranges mean, when it came in parts; `nil`: the packet's.
        var reassembled: [UInt8]?
    }

    /// More layers than any network puts in each other.
    private static let layerLimit = 32

    private let followsTunnels: Bool
    private var fragments: FragmentReassembler

    /// Starts in front of the first packet.
    init(
        followsTunnels: Bool = true,
        limits: FragmentReassembler.Limits = FragmentReassembler.Limits()
    ) {
        self.followsTunnels = followsTunnels
        fragments = FragmentReassembler(limits: limits)
    }

    /// What became of the packets that `PacketSkip.fragment` was thrown for.
    var fragmentCounts: FragmentReassembler.Counts { fragments.counts }

    /// Finds the segment in a packet.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - link: What stands at the beginning.
    ///   - wireByteCount: How many bytes the packet had on the wire, without checksums behind it.
    ///   - time: When it was captured, in nanoseconds.
    /// - Returns: The segment, and its bytes when they are not the packet's.
    /// - Throws: Why the packet carries nothing for the recording.
    mutating func dissect(
        _ packet: Span<UInt8>,
        link: LinkLayer,
        wireByteCount: Int,
        at time: Int64
    ) throws(PacketSkip) -> Found {
        let place = try link.next(in: packet, end: wireByteCount)
        return try dissect(packet, from: place, layersLeft: Self.layerLimit, at: time)
    }

    /// Says that there are no more packets.
    mutating func recordingEnded() { fragments.recordingEnded() }

    private mutating func dissect(
        _ packet: Span<UInt8>,
        from start: LayerPlace,
        layersLeft: Int,
        at time: Int64
    ) throws(PacketSkip) -> Found {
        var place = start
        for layersLeft in (0..<layersLeft).reversed() {
            guard place.layer == .ip else {
                place = try place.next(in: packet)
                continue
            }
            let ip = try IPPacket(packet, at: place)
            guard carriesSegments(ip) else { throw .notTCP }
            if ip.fragment != nil {
                return try join(ip, in: packet, layersLeft: layersLeft, at: time)
            }
            if ip.protocolNumber == 6 {
                return Found(segment: try TCPSegment(packet, behind: ip), reassembled: nil)
            }
            place = try enter(ip, in: packet)
        }
        throw .nestedTooDeep
    }

    /// Whether a segment may be inside: TCP, UDP, IP in IP, GRE, MPLS.
    private func carriesSegments(_ ip: IPPacket) -> Bool {
        switch ip.protocolNumber {
        case 6, 4, 17, 41, 47, 137: true
        // Extension headers may be in front of the segment in the joined payload.
        case 0, 43, 51, 60, 135, 139, 140: ip.fragment != nil && ip.isVersion6
        default: false
        }
    }

    private func enter(_ ip: IPPacket, in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace {
        guard let place = try Tunnels.next(behind: ip, in: packet) else { throw .notTCP }
        guard followsTunnels else { throw .tunnelled }
        return place
    }

    private mutating func join(
        _ part: IPPacket,
        in packet: Span<UInt8>,
        layersLeft: Int,
        at time: Int64
    ) throws(PacketSkip) -> Found {
        guard part.payloadEnd <= packet.count else { throw .truncated }
        guard let payload = try fragments.receive(part, in: packet, at: time) else {
            throw .fragment
        }
        var ip = part
        ip.fragment = nil
        ip.payloadStart = 0
        ip.payloadEnd = payload.count
        if ip.isVersion6 { try ip.skipExtensions(in: payload.span) }
        if ip.protocolNumber == 6 {
            let segment = try TCPSegment(payload.span, behind: ip)
            return Found(segment: segment, reassembled: payload)
        }
        let place = try enter(ip, in: payload.span)
        var found = try dissect(payload.span, from: place, layersLeft: layersLeft, at: time)
        if found.reassembled == nil { found.reassembled = payload }
        return found
    }
}
