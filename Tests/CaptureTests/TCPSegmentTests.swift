@testable import Capture
import Testing

@Suite struct TCPSegmentTests {
    /// A TCP header without options in front of a payload.
    private func tcp(_ payload: [UInt8]) -> [UInt8] {
        bigEndian(UInt16(50_000)) + bigEndian(UInt16(3000)) + bigEndian(UInt32(77))
            + bigEndian(UInt32(88)) + [0x50, 0x10, 1, 0, 0, 0, 0, 0] + payload
    }

    private func segment(
        _ packet: [UInt8],
        link: LinkLayer = .rawIP,
        wireByteCount: Int? = nil
    ) throws -> TCPSegment {
        var dissector = PacketDissector()
        return try dissector.dissect(
            packet.span,
            link: link,
            wireByteCount: wireByteCount ?? packet.count,
            at: 0
        ).segment
    }

    private func payload(
        _ packet: [UInt8],
        link: LinkLayer = .rawIP,
        wireByteCount: Int? = nil
    ) throws -> [UInt8] {
        Array(packet[try segment(packet, link: link, wireByteCount: wireByteCount).payload])
    }

    @Test func headerFieldsAreRead() throws {
        let segment = try segment(ipv4(tcp([1, 2, 3])))
        #expect(segment.source.description == "10.0.0.1:50000")
        #expect(segment.destination.description == "10.0.0.2:3000")
        #expect(segment.sequence == SequenceNumber(77))
        #expect(segment.acknowledgment == SequenceNumber(88))
        #expect(!segment.isSYN && !segment.isFIN && !segment.isRST)
        #expect(segment.payload == 40..<43)
    }

    @Test func acknowledgmentCountsOnlyWithItsFlag() throws {
        var packet = ipv4(tcp([]))
        packet[20 + 13] = 0x02
        let segment = try segment(packet)
        #expect(segment.isSYN)
        #expect(segment.acknowledgment == nil)
    }

    @Test(arguments: LinkLayer.allCases)
    func payloadIsFoundBehindEachLinkLayer(link: LinkLayer) throws {
        for isVersion6 in [false, true] {
            var writer = PacketWriter(link: link, isVersion6: isVersion6)
            writer.send("hello", from: .client)
            #expect(try payload(writer.packets[0].bytes, link: link) == Array("hello".utf8))
        }
    }

    @Test func familyIsReadInBothByteOrders() throws {
        let ip = ipv4(tcp([9]))
        #expect(try payload([0, 0, 0, 2] + ip, link: .bsdNull) == [9])
        #expect(try payload([2, 0, 0, 0] + ip, link: .bsdNull) == [9])
        #expect(throws: PacketSkip.notIP) { try segment([0, 0, 0, 7] + ip, link: .bsdNull) }
    }

    @Test func tagsAreSteppedOver() throws {
        let addresses = [UInt8](repeating: 2, count: 12)
        let tagged = addresses + [0x88, 0xA8, 0, 1, 0x81, 0, 0, 2, 0x08, 0x00] + ipv4(tcp([5]))
        #expect(try payload(tagged, link: .ethernet) == [5])
        let endless = addresses + [UInt8](repeating: 0x81, count: 2) + [0x00]
        #expect(throws: PacketSkip.notIP) { try segment(endless, link: .ethernet) }
        #expect(throws: PacketSkip.truncated) {
            try segment(addresses + [0x81, 0x00, 0, 1], link: .ethernet)
        }
    }

    @Test func otherProtocolsAreNamed() {
        let arp =
            [UInt8](repeating: 2, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 28)
        #expect(throws: PacketSkip.notIP) { try segment(arp, link: .ethernet) }
        #expect(throws: PacketSkip.notIP) { try segment([0x20, 0, 0, 0]) }
        #expect(throws: PacketSkip.notTCP) { try segment(ipv4(tcp([]), protocolNumber: 17)) }
        #expect(throws: PacketSkip.fragment) { try segment(ipv4(tcp([]), fragment: 0x0001)) }
    }

    @Test func optionsArePassedAndPaddingIsCut() throws {
        let padded = ipv4(tcp([7, 8]), options: [1, 1, 1, 1]) + [0, 0, 0, 0, 0, 0]
        #expect(try payload(padded) == [7, 8])
    }

    @Test func openLengthOfOffloadGoesToTheEndOfThePacket() throws {
        let packet = ipv4(tcp([7, 8, 9]), totalLength: 0)
        #expect(try payload(packet) == [7, 8, 9])
        #expect(try payload(Array(packet.dropLast()), wireByteCount: packet.count) == [7, 8])
    }

    @Test func snapLengthCutsThePayloadAndIsCounted() throws {
        let packet = ipv4(tcp([1, 2, 3, 4]))
        let cut = try segment(Array(packet.dropLast(3)), wireByteCount: packet.count)
        #expect(cut.payload.count == 1)
        #expect(cut.cutByteCount == 3)
    }

    @Test func extensionHeadersAreSteppedOver() throws {
        let address = [UInt8](repeating: 1, count: 16)
        let hopByHop: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0]
        let destinationOptions: [UInt8] = [51, 1] + [UInt8](repeating: 0, count: 14)
        let authentication: [UInt8] = [44, 1] + [UInt8](repeating: 0, count: 10)
        let wholeFragment: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 1]
        let packet = ipv6(
            tcp([3]),
            source: address,
            destination: address,
            firstHeader: 0,
            extensions: hopByHop + destinationOptions + authentication + wholeFragment
        )
        #expect(try payload(packet) == [3])
        let fragment = ipv6(
            tcp([1, 2, 3, 4]),
            source: address,
            destination: address,
            firstHeader: 44,
            extensions: [6, 0, 0, 1, 0, 0, 0, 1]
        )
        #expect(throws: PacketSkip.fragment) { try segment(fragment) }
        let encrypted = ipv6(tcp([3]), source: address, destination: address, firstHeader: 50)
        #expect(throws: PacketSkip.notTCP) { try segment(encrypted) }
    }

    @Test func everyCutOfTheHeadersIsTruncated() throws {
        var writer = PacketWriter(link: .ethernet)
        writer.send("x", from: .client)
        let packet = writer.packets[0].bytes
        for count in 0..<packet.count - 1 {
            #expect(throws: PacketSkip.truncated, "cut at \(count)") {
                try segment(Array(packet[..<count]), link: .ethernet, wireByteCount: packet.count)
            }
        }
    }

    @Test func lengthsThatContradictThemselvesAreMalformed() {
        var shortHeader = ipv4(tcp([]))
        shortHeader[0] = 0x44
        #expect(throws: PacketSkip.malformed) { try segment(shortHeader) }
        #expect(throws: PacketSkip.malformed) { try segment(ipv4(tcp([]), totalLength: 30)) }
        var shortTCP = ipv4(tcp([1, 2, 3]))
        shortTCP[20 + 12] = 0x40
        #expect(throws: PacketSkip.malformed) { try segment(shortTCP) }
        shortTCP[20 + 12] = 0xF0
        #expect(throws: PacketSkip.malformed) { try segment(shortTCP) }
    }

    @Test func sequenceNumbersWrap() {
        let last = SequenceNumber(.max)
        #expect(last.advanced(by: 3) == SequenceNumber(2))
        #expect(SequenceNumber(2).distance(from: last) == 3)
        #expect(last.distance(from: SequenceNumber(2)) == -3)
    }

    @Test(arguments: [
        (UInt128(0), "[::]:1"), (1, "[::1]:1"), (UInt128(0x2001_0DB8) << 96 | 1, "[2001:db8::1]:1"),
        (UInt128(0x0001_0000_0000_0001) << 64 | 1, "[1:0:0:1::1]:1"),
        (0xFFFF_0A00_0001, "[::ffff:10.0.0.1]:1"),
        (
            UInt128(0x1111_2222_3333_4444) << 64 | 0x5555_6666_7777_8888,
            "[1111:2222:3333:4444:5555:6666:7777:8888]:1"
        ),
    ])
    func version6AddressesAreShortened(address: UInt128, text: String) {
        #expect(Endpoint(address: address, isVersion6: true, port: 1).description == text)
    }
}
