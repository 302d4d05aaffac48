@testable import Capture
import SeededRandom
import Testing
import TraceFormat

/// IP packets that came in parts.
@Suite struct FragmentTests {
    private func conversation(isVersion6: Bool = false) -> [TestPacket] {
        var writer = PacketWriter(isVersion6: isVersion6)
        writer.handshake()
        writer.send(get("/" + String(repeating: "x", count: 200)), from: .client)
        writer.send(response("a"), from: .server)
        return writer.packets
    }

    /// The parts of a packet, each with `byteCount` bytes of payload.
    private func parts(of packet: TestPacket, byteCount: Int, number: UInt8) -> [TestPacket] {
        let isVersion6 = packet.bytes[0] >> 4 == 6
        let payload = packet.bytes[(isVersion6 ? 40 : 20)...]
        return stride(from: 0, to: payload.count, by: byteCount).map { start in
            let part = Array(payload.dropFirst(start).prefix(byteCount))
            let isLast = start + part.count == payload.count
            if isVersion6 {
                let place = UInt16(start) | (isLast ? 0 : 1)
                let bytes = ipv6(
                    part,
                    source: Array(packet.bytes[8..<24]),
                    destination: Array(packet.bytes[24..<40]),
                    firstHeader: 44,
                    extensions: [6, 0] + bigEndian(place) + [0, 0, 0, number]
                )
                return TestPacket(bytes: bytes, time: packet.time)
            }
            var bytes = ipv4(
                part,
                source: Array(packet.bytes[12..<16]),
                destination: Array(packet.bytes[16..<20]),
                fragment: UInt16(start / 8) | (isLast ? 0 : 0x2000)
            )
            bytes[5] = number
            return TestPacket(bytes: bytes, time: packet.time)
        }
    }

    private func fragmented(isVersion6: Bool) -> [[TestPacket]] {
        conversation(isVersion6: isVersion6).enumerated().map { index, packet in
            index < 3 ? [packet] : parts(of: packet, byteCount: 64, number: UInt8(index))
        }
    }

    @Test(arguments: [false, true])
    func partsInAnyOrderAreAPacket(isVersion6: Bool) {
        let expected = record(conversation(isVersion6: isVersion6))
        var random = SplitMix64(seed: 5)
        for _ in 0..<40 {
            let packets = fragmented(isVersion6: isVersion6)
                .flatMap { $0.shuffled(using: &random) }
            let recording = record(packets)
            #expect(recording.records == expected.records)
            #expect(recording.ledger["packets", "used"] == 5)
            #expect(recording.ledger["packets", "joined_fragment"] == UInt64(packets.count - 5))
        }
    }

    @Test func everyMissingPartCostsItsPacket() {
        let packets = fragmented(isVersion6: false)
        for index in packets[3].indices {
            var rest = packets
            rest[3].remove(at: index)
            let recording = record(rest.flatMap { $0 })
            #expect(recording.exchanges.isEmpty)
            #expect(recording.ledger["packets", "unfinished_fragment"] == UInt64(rest[3].count))
            #expect(
                recording.ledger["bytes", "without_request"] == UInt64(response("a").utf8.count)
            )
        }
    }

    @Test func firstCopyOfAPartWins() {
        let packets = fragmented(isVersion6: false)
        var other = packets[3][1]
        other.bytes[30] ^= 0xFF
        let twice =
            packets[..<3].flatMap { $0 } + [packets[3][0], packets[3][1], other]
            + packets[3][2...] + packets[4]
        let recording = record(twice)
        #expect(recording.records == record(conversation()).records)
        // An overlap that is shifted by eight bytes changes nothing either.
        let shifted = parts(of: conversation()[3], byteCount: 72, number: 3)
        let mixed =
            packets[..<3].flatMap { $0 } + [packets[3][0]] + shifted.dropFirst().reversed()
            + packets[3].dropFirst() + packets[4]
        #expect(record(mixed).exchanges.map(\.story) == recording.exchanges.map(\.story))
    }

    @Test func partsInATunnelAreJoined() {
        let packets = fragmented(isVersion6: false).flatMap { $0 }
            .map { TestPacket(bytes: ipv4($0.bytes, protocolNumber: 4), time: $0.time) }
        #expect(record(packets).records == record(conversation()).records)
        let outer = conversation().enumerated().flatMap { index, packet in
            var tunnel = packet
            tunnel.bytes = ipv4(packet.bytes, protocolNumber: 4)
            return index < 3
                ? [tunnel]
                : parts(of: tunnel, byteCount: 80, number: UInt8(index))
                    .map { part in
                        var part = part
                        part.bytes[9] = 4
                        return part
                    }
        }
        #expect(record(outer).records == record(conversation()).records)
    }

    @Test func partsAreGivenUpByThePacketsClock() {
        var packets = fragmented(isVersion6: false)
        for index in packets[3].indices.dropFirst() {
            packets[3][index].time += 61_000_000_000
        }
        let recording = record(packets.flatMap { $0 })
        #expect(recording.exchanges.isEmpty)
        #expect(
            recording.ledger["packets", "unfinished_fragment"] == UInt64(packets[3].count)
        )
    }

    @Test func waitingPartsAreBounded() throws {
        var limits = FragmentReassembler.Limits()
        limits.waitingByteCount = 100_000
        var dissector = PacketDissector(limits: limits)
        for number in 0..<2000 {
            let part = ipv4(
                [UInt8](repeating: 1, count: 800),
                source: bigEndian(UInt32(number)),
                fragment: 0x2000
            )
            #expect(throws: PacketSkip.fragment) {
                try dissector.dissect(part.span, link: .rawIP, wireByteCount: part.count, at: 0)
            }
        }
        #expect(dissector.fragmentCounts.unfinished > 1800)
        dissector.recordingEnded()
        #expect(dissector.fragmentCounts.unfinished == 2000)
    }

    @Test func partsThatBelongToNoPacketAreMalformed() {
        let odd = ipv4([UInt8](repeating: 1, count: 9), fragment: 0x2000)
        let empty = ipv4([], fragment: 0x0001)
        let behind = ipv4([UInt8](repeating: 1, count: 16), fragment: 0x1FFF)
        let packets = [odd, empty, behind].map { TestPacket(bytes: $0, time: 0) }
        #expect(record(packets).ledger["packets", "malformed"] == 3)
        let cut = TestPacket(
            bytes: ipv4([UInt8](repeating: 1, count: 8), fragment: 0x2000, totalLength: 36),
            time: 0,
            wireByteCount: 36
        )
        #expect(record([cut]).ledger["packets", "truncated"] == 1)
    }
}
