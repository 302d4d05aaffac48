@testable import Capture

/// A packet with what a capture file says about it.
struct TestPacket: Equatable {
    /// The bytes that were captured.
    var bytes: [UInt8]
    /// When, in nanoseconds.
    var time: Int64
    /// How many bytes there were on the wire; `nil` when all of them were captured.
    var wireByteCount: Int?
}

/// Writes the packets of one TCP connection, each at the next sequence number of its sender.
struct PacketWriter {
    static let clientAddress: [UInt8] = [10, 0, 0, 1]
    static let serverAddress: [UInt8] = [10, 0, 0, 2]

    var link = LinkLayer.rawIP
    var clientPort: UInt16 = 50_000
    var serverPort: UInt16 = 3000
    /// Nanoseconds from one packet to the next.
    var interval: Int64 = 1000
    var time: Int64 = 1_700_000_000_000_000_000
    var isVersion6 = false
    /// The next sequence number of each end.
    var next: (client: UInt32, server: UInt32) = (1000, 9000)
    private(set) var packets: [TestPacket] = []

    /// SYN, SYN-ACK, ACK.
    mutating func handshake() {
        send(from: .client, syn: true, acknowledges: false)
        send(from: .server, syn: true)
        send(from: .client)
    }

    /// A segment with the text.
    mutating func send(_ text: String, from peer: Peer) {
        send(Array(text.utf8), from: peer)
    }

    /// A segment with these bytes and flags; acknowledges everything that was sent.
    mutating func send(
        _ payload: [UInt8] = [],
        from peer: Peer,
        syn: Bool = false,
        fin: Bool = false,
        rst: Bool = false,
        acknowledges: Bool = true
    ) {
        let sequence = peer == .client ? next.client : next.server
        let acknowledgment = peer == .client ? next.server : next.client
        var flags: UInt8 = acknowledges ? 0x10 : 0
        if fin { flags |= 1 }
        if syn { flags |= 2 }
        if rst { flags |= 4 }
        let tcp = segment(
            payload,
            from: peer,
            sequence: sequence,
            acknowledgment: acknowledgment,
            flags: flags
        )
        append(network(tcp, from: peer))
        let length = UInt32(payload.count) &+ (syn ? 1 : 0) &+ (fin ? 1 : 0)
        if peer == .client { next.client &+= length } else { next.server &+= length }
    }

    /// FIN from one end, then from the other, then the last ACK.
    mutating func close(first: Peer = .client) {
        send(from: first, fin: true)
        send(from: first.other, fin: true)
        send(from: first)
    }

    /// Forgets the last packets: the capture did not see them.
    mutating func loseLast(_ count: Int = 1) {
        packets.removeLast(count)
    }

    /// Repeats a packet at the current time.
    mutating func repeatPacket(at index: Int) {
        var packet = packets[index]
        packet.time = time
        time += interval
        packets.append(packet)
    }

    private mutating func append(_ ip: [UInt8]) {
        packets.append(TestPacket(bytes: linkHeader(for: ip) + ip, time: time))
        time += interval
    }

    private func segment(
        _ payload: [UInt8],
        from peer: Peer,
        sequence: UInt32,
        acknowledgment: UInt32,
        flags: UInt8
    ) -> [UInt8] {
        let ports = peer == .client ? (clientPort, serverPort) : (serverPort, clientPort)
        // Twelve bytes of options: no-operations, as a timestamp would be padded.
        return bigEndian(ports.0) + bigEndian(ports.1) + bigEndian(sequence)
            + bigEndian(acknowledgment) + [0x80, flags, 0xFF, 0xFF, 0, 0, 0, 0]
            + [UInt8](repeating: 1, count: 12) + payload
    }

    private func network(_ tcp: [UInt8], from peer: Peer) -> [UInt8] {
        var ends = [Self.clientAddress, Self.serverAddress]
        if peer == .server { ends.reverse() }
        guard isVersion6 else {
            return ipv4(tcp, source: ends[0], destination: ends[1])
        }
        let prefix: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 8)
        return ipv6(tcp, source: prefix + ends[0], destination: prefix + ends[1])
    }

    private var pppType: [UInt8] { isVersion6 ? [0x57] : [0x00, 0x21] }

    /// Data with quality of service from an access point, behind it LLC and SNAP.
    private func wirelessHeader(type: [UInt8]) -> [UInt8] {
        [0x88, 0x02] + [UInt8](repeating: 0, count: 24) + [0xAA, 0xAA, 3, 0, 0, 0] + type
    }

    private func linkHeader(for ip: [UInt8]) -> [UInt8] {
        let type = isVersion6 ? bigEndian(UInt16(0x86DD)) : bigEndian(UInt16(0x0800))
        let family: UInt8 = isVersion6 ? 10 : 2
        return switch link {
        case .rawIP: []
        case .ethernet: [UInt8](repeating: 2, count: 12) + type
        case .bsdNull: [family, 0, 0, 0]
        case .bsdLoop: [0, 0, 0, family]
        case .linuxCooked: [UInt8](repeating: 0, count: 14) + type
        case .linuxCookedVersion2: type + [UInt8](repeating: 0, count: 18)
        case .ppp: [0xFF, 0x03] + pppType
        case .pppWithDirection: [1, 0xFF, 0x03] + pppType
        case .pppoe: [0x11, 0, 0, 1] + bigEndian(UInt16(ip.count + 2)) + pppType
        case .mpls: [0, 1, 0x00, 64, 0, 2, 0x01, 64]
        case .wireless: wirelessHeader(type: type)
        case .radiotap:
            // A clock and the flags are present; the flags say that there is no checksum.
            [0, 0, 17, 0, 3, 0, 0, 0] + [UInt8](repeating: 0, count: 9) + wirelessHeader(type: type)
        case .netfilterLog:
            [family, 0, 0, 0, 5, 0, 1, 0, 7, 0, 0, 0] + [
                UInt8((ip.count + 4) & 0xFF), UInt8((ip.count + 4) >> 8), 9, 0,
            ]
        }
    }
}

/// An IPv4 packet around a TCP segment.
func ipv4(
    _ tcp: [UInt8],
    source: [UInt8] = PacketWriter.clientAddress,
    destination: [UInt8] = PacketWriter.serverAddress,
    options: [UInt8] = [],
    fragment: UInt16 = 0x4000,
    totalLength: Int? = nil,
    protocolNumber: UInt8 = 6
) -> [UInt8] {
    let headerByteCount = 20 + options.count
    let total = UInt16(truncatingIfNeeded: totalLength ?? headerByteCount + tcp.count)
    return [0x40 | UInt8(headerByteCount / 4), 0] + bigEndian(total) + [0, 0]
        + bigEndian(fragment) + [64, protocolNumber, 0, 0] + source + destination + options + tcp
}

/// An IPv6 packet around a TCP segment, with extension headers in front of it.
func ipv6(
    _ tcp: [UInt8],
    source: [UInt8],
    destination: [UInt8],
    firstHeader: UInt8 = 6,
    extensions: [UInt8] = []
) -> [UInt8] {
    let byteCount = UInt16(truncatingIfNeeded: extensions.count + tcp.count)
    return [0x60, 0, 0, 0] + bigEndian(byteCount) + [firstHeader, 64] + source + destination
        + extensions + tcp
}

/// The bytes of a number in network byte order.
func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}

/// A capture file in libpcap's classic format.
func pcapFile(
    _ packets: [TestPacket],
    linkType: UInt32 = 12,
    isNanoseconds: Bool = true,
    isBigEndian: Bool = false
) -> [UInt8] {
    func number(_ value: some FixedWidthInteger) -> [UInt8] {
        isBigEndian ? bigEndian(value) : bigEndian(value).reversed()
    }
    var file = number(UInt32(isNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4))
    file += number(UInt16(2)) + number(UInt16(4)) + [UInt8](repeating: 0, count: 8)
    file += number(UInt32(262_144)) + number(linkType)
    for packet in packets {
        let fraction = packet.time % 1_000_000_000 / (isNanoseconds ? 1 : 1000)
        file += number(UInt32(packet.time / 1_000_000_000)) + number(UInt32(fraction))
        file += number(UInt32(packet.bytes.count))
        file += number(UInt32(packet.wireByteCount ?? packet.bytes.count))
        file += packet.bytes
    }
    return file
}
