@testable import Capture
import Testing
import TraceFormat

/// Segments behind the layers that networks put around them.
@Suite struct TunnelTests {
    private static let plain: [TestPacket] = {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        writer.send(response("a"), from: .server)
        writer.close()
        return writer.packets
    }()

    private static let address6 = [UInt8](repeating: 0xFD, count: 16)
    private static let ethernet = [UInt8](repeating: 2, count: 12)

    private static func udp(_ port: UInt16, _ payload: [UInt8]) -> [UInt8] {
        ipv4(
            bigEndian(UInt16(44_444)) + bigEndian(port) + bigEndian(UInt16(payload.count + 8))
                + [0, 0] + payload,
            source: [192, 168, 0, 1],
            destination: [192, 168, 0, 2],
            protocolNumber: 17
        )
    }

    private static func gre(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        ipv4(header + payload, protocolNumber: 47)
    }

    /// Each tunnel as a function from the inner IPv4 packet to the outer one.
    static let tunnels: [(name: String, wrap: @Sendable ([UInt8]) -> [UInt8])] = [
        ("IP in IP", { ipv4($0, protocolNumber: 4) }),
        ("4in6", { ipv6($0, source: address6, destination: address6, firstHeader: 4) }),
        ("GRE", { gre([0, 0, 8, 0], $0) }),
        ("GRE with everything", { gre([0xB0, 0, 8, 0] + [UInt8](repeating: 7, count: 12), $0) }),
        ("GRE with Ethernet", { gre([0, 0, 0x65, 0x58], ethernet + [8, 0] + $0) }),
        (
            "PPTP",
            { gre([0x30, 0x81, 0x88, 0x0B] + [UInt8](repeating: 0, count: 12) + [0x21], $0) }
        ),
        ("VXLAN", { udp(4789, [8, 0, 0, 0, 0, 0, 9, 0] + ethernet + [8, 0] + $0) }),
        (
            "VXLAN with tags",
            {
                udp(
                    4789,
                    [8, 0, 0, 0, 0, 0, 9, 0] + ethernet + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 8, 0]
                        + $0
                )
            }
        ),
        ("Geneve", { udp(6081, [1, 0, 8, 0, 0, 0, 9, 0, 1, 2, 3, 4] + $0) }),
        (
            "Geneve with Ethernet",
            { udp(6081, [0, 0, 0x65, 0x58, 0, 0, 9, 0] + ethernet + [8, 0] + $0) }
        ),
        ("GTP", { udp(2152, [0x30, 0xFF, 0, 0, 0, 0, 0, 1] + $0) }),
        (
            "GTP with extensions",
            {
                udp(
                    2152,
                    [0x34, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0xC0, 1, 9, 9, 0] + $0
                )
            }
        ),
        ("MPLS in IP", { ipv4([0, 1, 1, 64] + $0, protocolNumber: 137) }),
        (
            "802.3 with SNAP",
            { gre([0, 0, 0x65, 0x58], ethernet + [0, 90, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0] + $0) }
        ),
        (
            "PPPoE",
            {
                gre(
                    [0, 0, 0x88, 0x64],
                    [0x11, 0, 0, 1] + bigEndian(UInt16($0.count + 2)) + [0, 0x21] + $0
                )
            }
        ),
    ]

    private func wrapped(_ wrap: ([UInt8]) -> [UInt8]) -> [TestPacket] {
        Self.plain.map { TestPacket(bytes: wrap($0.bytes), time: $0.time) }
    }

    @Test(arguments: 0..<tunnels.count)
    func exchangeInATunnelIsLikeOneOutside(index: Int) {
        let tunnel = Self.tunnels[index]
        let inside = wrapped(tunnel.wrap)
        #expect(record(inside) == record(Self.plain), "\(tunnel.name)")
        let ledger = record(inside, followsTunnels: false).ledger
        #expect(ledger["packets", "tunnelled"] == UInt64(inside.count), "\(tunnel.name)")
    }

    @Test func version6InATunnelIsRead() {
        var writer = PacketWriter(isVersion6: true)
        writer.handshake()
        writer.send(get("/a"), from: .client)
        writer.send(response("a"), from: .server)
        let tunnels: [([UInt8]) -> [UInt8]] = [
            { ipv4($0, protocolNumber: 41) },
            { Self.udp(3544, $0) },
            { Self.udp(3544, [0, 1, 1, 2] + [UInt8](repeating: 5, count: 12) + $0) },
            {
                Self.udp(
                    3544,
                    [0, 1, 0, 0] + [UInt8](repeating: 5, count: 9)
                        + [UInt8](repeating: 0, count: 8) + $0
                )
            },
        ]
        for wrap in tunnels {
            let packets = writer.packets.map { TestPacket(bytes: wrap($0.bytes), time: $0.time) }
            #expect(record(packets) == record(writer.packets))
        }
    }

    @Test func otherTrafficOnTheTunnelsPortsIsNoTunnel() {
        let packets = [
            Self.udp(4789, [UInt8](repeating: 0, count: 60)),
            Self.udp(6081, [UInt8](repeating: 0xFF, count: 60)),
            Self.udp(2152, [0x32, 1] + [UInt8](repeating: 0, count: 60)),
            Self.udp(3544, [UInt8](repeating: 0x11, count: 60)),
            Self.gre([0x40, 0, 8, 0], [UInt8](repeating: 0x45, count: 60)),
            Self.udp(53, [1]),
        ].map { TestPacket(bytes: $0, time: 0) }
        #expect(record(packets).ledger["packets", "not_tcp"] == UInt64(packets.count))
    }

    @Test func depthIsBounded() {
        var packet = Self.plain[0].bytes
        for _ in 0..<20 { packet = ipv4(packet, protocolNumber: 4) }
        #expect(record([TestPacket(bytes: packet, time: 0)]).ledger["packets", "used"] == 1)
        for _ in 0..<20 { packet = ipv4(packet, protocolNumber: 4) }
        let ledger = record([TestPacket(bytes: packet, time: 0)]).ledger
        #expect(ledger["packets", "nested_too_deep"] == 1)
    }

    @Test func everyCutOfATunnelIsNamed() {
        for tunnel in Self.tunnels {
            let whole = tunnel.wrap(Self.plain[3].bytes)
            for count in 0..<whole.count {
                let cut = TestPacket(
                    bytes: Array(whole[..<count]),
                    time: 0,
                    wireByteCount: whole.count
                )
                // Balanced, which `record` checks; the header of TCP is the last 52 and more bytes.
                let ledger = record([cut]).ledger
                let isCutInHeaders = count < whole.count - get("/a").utf8.count
                #expect(
                    ledger["packets", "truncated"] == (isCutInHeaders ? 1 : 0),
                    "\(tunnel.name) cut at \(count)"
                )
            }
        }
    }

    @Test func wirelessFramesThatCarryNoPacketAreNamed() {
        func ledger(_ header: [UInt8]) -> Ledger {
            let packet = header + [UInt8](repeating: 0, count: 60)
            return record([TestPacket(bytes: packet, time: 0)], link: .wireless).ledger
        }
        #expect(ledger([0x80, 0])["packets", "not_ip"] == 1)  // a beacon
        #expect(ledger([0x48, 1])["packets", "not_ip"] == 1)  // no data
        #expect(ledger([0x08, 0x41])["packets", "encrypted"] == 1)
        let aggregated = [0x88, 1] + [UInt8](repeating: 0, count: 22) + [0x80, 0]
        #expect(ledger(aggregated)["packets", "aggregated"] == 1)
    }

    @Test func wirelessHeadersOfAllLengthsAreRead() {
        let rest = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0] + Self.plain[0].bytes
        func isUsed(_ packet: [UInt8], link: LinkLayer) -> Bool {
            record([TestPacket(bytes: packet, time: 0)], link: link).ledger["packets", "used"] == 1
        }
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        #expect(isUsed([0x08, 1] + zeros(22) + rest, link: .wireless))
        #expect(isUsed([0x08, 3] + zeros(28) + rest, link: .wireless))
        #expect(isUsed([0x88, 0x83] + zeros(34) + rest, link: .wireless))
        // Flags say that the header is filled up to 28 bytes and that a checksum is kept.
        let radiotap: [UInt8] = [0, 0, 9, 0, 2, 0, 0, 0, 0x30]
        #expect(isUsed(radiotap + [0x88, 1] + zeros(26) + rest + [1, 2, 3, 4], link: .radiotap))
    }
}
