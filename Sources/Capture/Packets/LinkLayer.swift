/// What stands at the beginning of each packet of an interface.
///
/// The numbers are those of <https://www.tcpdump.org/linktypes.html>; where libpcap has others for
/// the same layout, both are taken.
enum LinkLayer: Equatable, CaseIterable {
    /// Ethernet.
    case ethernet
    /// Four bytes with the address family, in the byte order of the machine that captured.
    case bsdNull
    /// Four bytes with the address family, in network byte order.
    case bsdLoop
    /// Nothing: IPv4 or IPv6, told apart by the version in the header.
    case rawIP
    /// The pseudo-header of Linux' `any` device, 16 bytes.
    case linuxCooked
    /// The newer pseudo-header of Linux' `any` device, 20 bytes.
    case linuxCookedVersion2
    /// PPP, with or without its HDLC address.
    case ppp
    /// PPP behind a byte with the direction.
    case pppWithDirection
    /// A PPPoE session header.
    case pppoe
    /// A stack of MPLS labels.
    case mpls
    /// IEEE 802.11.
    case wireless
    /// IEEE 802.11 behind a radiotap header.
    case radiotap
    /// Linux' netfilter log.
    case netfilterLog

    /// The layout behind a file's or libpcap's number for it; `nil` when it is not supported.
    init?(dataLinkType: Int32) {
        switch dataLinkType {
        case 0: self = .bsdNull
        case 1: self = .ethernet
        case 9, 50: self = .ppp
        case 12, 14, 101, 228, 229: self = .rawIP
        case 51: self = .pppoe
        case 105: self = .wireless
        case 108: self = .bsdLoop
        case 113: self = .linuxCooked
        case 127: self = .radiotap
        case 204: self = .pppWithDirection
        case 219: self = .mpls
        case 239: self = .netfilterLog
        case 276: self = .linuxCookedVersion2
        default: return nil
        }
    }

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - end: How many bytes the packet had on the wire.
    /// - Returns: What stands behind it.
    /// - Throws: Why the packet carries nothing for the recording.
    func next(in packet: Span<UInt8>, end: Int) throws(PacketSkip) -> LayerPlace {
        let start = LayerPlace(layer: .ethernet, offset: 0, end: end)
        switch self {
        case .ethernet: return start
        case .rawIP: return start.behind(0, .ip)
        case .linuxCooked:
            try start.require(16, of: packet)
            let type = packet.bigEndian16(at: 14)
            return start.behind(16, type == 4 ? .logicalLink : .etherType(type))
        case .linuxCookedVersion2:
            try start.require(20, of: packet)
            let type = packet.bigEndian16(at: 0)
            return start.behind(20, type == 4 ? .logicalLink : .etherType(type))
        case .bsdNull, .bsdLoop:
            try start.require(4, of: packet)
            // Families are small numbers, so the order of the bytes shows in the value.
            let family = packet.bigEndian32(at: 0)
            guard Self.isIPFamily(family) || Self.isIPFamily(family.byteSwapped) else {
                throw .notIP
            }
            return start.behind(4, .ip)
        case .ppp: return start.behind(0, .ppp)
        case .pppWithDirection: return start.behind(1, .ppp)
        case .pppoe: return start.behind(0, .etherType(0x8864))
        case .mpls: return start.behind(0, .etherType(0x8847))
        case .wireless: return try Wireless.next(in: packet, start, isPadded: false)
        case .radiotap: return try Wireless.nextBehindRadiotap(in: packet, start)
        case .netfilterLog: return try Self.findLoggedPacket(in: packet)
        }
    }

    /// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24, 28 or 30 on the BSDs.
    private static func isIPFamily(_ family: UInt32) -> Bool {
        switch family {
        case 2, 10, 24, 28, 30: true
        default: false
        }
    }

    /// Finds the attribute that holds the packet.
    ///
    /// Attributes are in the byte order of the machine that captured; their types are small, which
    /// tells it.
    private static func findLoggedPacket(in packet: Span<UInt8>) throws(PacketSkip) -> LayerPlace {
        guard packet.count >= 4 else { throw .truncated }
        guard isIPFamily(UInt32(packet[0])), packet[1] == 0 else { throw .notIP }
        var offset = 4
        while true {
            guard packet.count - offset >= 4 else { throw .truncated }
            var byteCount = packet.bigEndian16(at: offset)
            var type = packet.bigEndian16(at: offset + 2)
            if type > 0xFF {
                byteCount = byteCount.byteSwapped
                type = type.byteSwapped
            }
            guard byteCount >= 4 else { throw .malformed }
            if type == 9 {
                return LayerPlace(layer: .ip, offset: offset + 4, end: offset + Int(byteCount))
            }
            offset += (Int(byteCount) + 3) & ~3
        }
    }
}
