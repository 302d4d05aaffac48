/// What stands in front of the IP header in each packet of a capture.
///
/// The numbers are those of <https://www.tcpdump.org/linktypes.html>; where libpcap has others for
/// the same layout, both are taken.
enum LinkLayer: Equatable {
    /// Ethernet, with any number of 802.1Q and 802.1ad tags.
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

    /// The layout behind libpcap's number for it; `nil` when it is not supported.
    init?(dataLinkType: Int32) {
        switch dataLinkType {
        case 0: self = .bsdNull
        case 1: self = .ethernet
        case 12, 14, 101, 228, 229: self = .rawIP
        case 108: self = .bsdLoop
        case 113: self = .linuxCooked
        case 276: self = .linuxCookedVersion2
        default: return nil
        }
    }

    /// Finds the IP header of a packet.
    func networkOffset(in packet: Span<UInt8>) throws(PacketSkip) -> Int {
        switch self {
        case .ethernet: return try Self.skipTags(in: packet, typeOffset: 12)
        case .linuxCooked: return try Self.skipTags(in: packet, typeOffset: 14)
        case .linuxCookedVersion2:
            guard packet.count >= 20 else { throw .truncated }
            guard Self.isIP(packet.bigEndian16(at: 0)) else { throw .notIP }
            return 20
        case .bsdNull, .bsdLoop:
            guard packet.count >= 4 else { throw .truncated }
            // Families are small numbers, so the order of the bytes shows in the value.
            let family = packet.bigEndian32(at: 0)
            guard Self.isIPFamily(family) || Self.isIPFamily(family.byteSwapped) else {
                throw .notIP
            }
            return 4
        case .rawIP: return 0
        }
    }

    /// Reads the protocol at `typeOffset` and steps over VLAN tags.
    private static func skipTags(
        in packet: Span<UInt8>,
        typeOffset: Int
    ) throws(PacketSkip) -> Int {
        var typeOffset = typeOffset
        while typeOffset + 2 <= packet.count {
            let type = packet.bigEndian16(at: typeOffset)
            if isIP(type) { return typeOffset + 2 }
            guard type == 0x8100 || type == 0x88A8 || type == 0x9100 else { throw .notIP }
            typeOffset += 4
        }
        throw .truncated
    }

    private static func isIP(_ etherType: UInt16) -> Bool {
        etherType == 0x0800 || etherType == 0x86DD
    }

    /// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24, 28 or 30 on the BSDs.
    private static func isIPFamily(_ family: UInt32) -> Bool {
        switch family {
        case 2, 10, 24, 28, 30: true
        default: false
        }
    }
}
