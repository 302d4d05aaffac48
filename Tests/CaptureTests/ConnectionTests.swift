@testable import Capture
import SeededRandom
import Testing
import TraceFormat

/// Connections packet by packet, from the link layer to the exchanges.
@Suite struct ConnectionTests {
    /// Two exchanges on one connection.
    private func conversation(link: LinkLayer = .rawIP, isVersion6: Bool = false) -> PacketWriter {
        var writer = PacketWriter(link: link, isVersion6: isVersion6)
        writer.handshake()
        for path in ["/a", "/b"] {
            writer.send(get(path), from: .client)
            writer.send(from: .server)
            writer.send(response(path), from: .server)
            writer.send(from: .client)
        }
        writer.close()
        return writer
    }

    private let bothExchanges = [
        "GET /a HTTP/1.1 → 200: complete", "GET /b HTTP/1.1 → 200: complete",
    ]

    @Test(arguments: LinkLayer.allCases)
    func wholeConnectionIsRecorded(link: LinkLayer) throws {
        for isVersion6 in [false, true] {
            let packets = conversation(link: link, isVersion6: isVersion6).packets
            let recording = record(packets, link: link)
            #expect(recording.exchanges.map(\.story) == bothExchanges)
            let opening = try #require(recording.openings.first)
            #expect(opening.time == 0)
            #expect(opening.client == (isVersion6 ? "[2001:db8::a00:1]:50000" : "10.0.0.1:50000"))
            #expect(opening.server == (isVersion6 ? "[2001:db8::a00:2]:3000" : "10.0.0.2:3000"))
            let closing = try #require(recording.closings.first)
            #expect(closing == ConnectionClosing(connection: 0, time: 12_000, by: .client))
            #expect(recording.ledger["packets", "used"] == 13)
            #expect(recording.ledger["packets", "after_close"] == 1)
            #expect(recording.exchanges[0].request.firstByteTime == 3000)
            #expect(recording.exchanges[0].response?.message.lastByteTime == 5000)
        }
    }

    @Test func requestBehindItsResponseInTheCaptureIsPairedAllTheSame() {
        // All packets at the same time, so that only their order differs.
        var packets = conversation().packets
        for index in packets.indices { packets[index].time = 0 }
        let expected = record(packets)
        for index in 3..<packets.count - 1 {
            for distance in 1...4 where index + distance < packets.count {
                var shuffled = packets
                shuffled.insert(shuffled.remove(at: index), at: index + distance)
                #expect(record(shuffled).records == expected.records, "\(index) by \(distance)")
            }
        }
    }

    @Test func everyOrderOfTheDataMakesTheSameRecords() {
        var packets = conversation().packets
        for index in packets.indices { packets[index].time = 0 }
        let expected = record(packets)
        var random = SplitMix64(seed: 3)
        for round in 0..<200 {
            let shuffled = packets[..<3] + packets[3...].shuffled(using: &random)
            #expect(record(Array(shuffled)).records == expected.records, "round \(round)")
        }
    }

    @Test func everyRepeatedPacketIsARetransmission() {
        for index in 0..<11 {
            var writer = PacketWriter()
            writer.handshake()
            for path in ["/a", "/b"] {
                writer.send(get(path), from: .client)
                writer.send(from: .server)
                writer.send(response(path), from: .server)
                writer.send(from: .client)
            }
            writer.repeatPacket(at: index)
            writer.close()
            let recording = record(writer.packets)
            #expect(recording.exchanges.map(\.story) == bothExchanges)
            let payload = writer.packets[index].bytes.count - 52
            #expect(
                recording.ledger["bytes", "retransmitted"] == UInt64(payload),
                "packet \(index)"
            )
        }
    }

    @Test func everyLostPacketCostsOnlyWhatItHeld() {
        let packets = conversation().packets
        for index in packets.indices {
            var rest = packets
            rest.remove(at: index)
            let recording = record(rest)
            let expected =
                switch index {
                case 3: ["GET /b HTTP/1.1 → 200: complete"]
                case 5: ["GET /a HTTP/1.1 → nothing: gap", bothExchanges[1]]
                case 7: [bothExchanges[0]]
                case 9: [bothExchanges[0], "GET /b HTTP/1.1 → nothing: gap"]
                default: bothExchanges
                }
            #expect(recording.exchanges.map(\.story) == expected, "without packet \(index)")
        }
    }

    @Test func recordingThatStartsAtAnyPacketFindsTheExchangesBehindIt() {
        let packets = conversation().packets
        for start in 0..<packets.count {
            let recording = record(Array(packets[start...]))
            let expected = start <= 3 ? bothExchanges : start <= 7 ? [bothExchanges[1]] : []
            #expect(recording.exchanges.map(\.story) == expected, "from packet \(start)")
            #expect(recording.openings.first?.time == (start <= 1 ? 0 : nil))
        }
    }

    @Test func recordingThatEndsAtAnyPacketKeepsWhatCame() {
        let packets = conversation().packets
        for end in 0..<packets.count {
            let exchanges = record(Array(packets[..<end])).exchanges
            #expect(exchanges.count == (end > 7 ? 2 : end > 3 ? 1 : 0))
            if end == 4 || end == 5 { #expect(exchanges[0].end == .cutByRecordingEnd) }
        }
    }

    @Test func sequenceNumbersMayWrapInsideAMessage() {
        for offset in UInt32(0)..<60 {
            var writer = PacketWriter(next: (UInt32.max - offset, UInt32.max - offset / 2))
            writer.handshake()
            writer.send(get("/a"), from: .client)
            writer.send(response("/a"), from: .server)
            writer.close()
            #expect(record(writer.packets).exchanges.map(\.story) == [bothExchanges[0]])
        }
    }

    @Test func connectionsInterleaveWithoutMixing() {
        let writers = (0..<5).map { index in
            var writer = PacketWriter(clientPort: 50_000 + UInt16(index))
            writer.handshake()
            writer.send(get("/\(index)"), from: .client)
            writer.send(response("\(index)"), from: .server)
            writer.close()
            return writer
        }
        let packets = writers[0].packets.indices.flatMap { index in
            writers.map { $0.packets[index] }
        }
        let recording = record(packets)
        #expect(recording.exchanges.map(\.connection) == [0, 1, 2, 3, 4])
        for (index, exchange) in recording.exchanges.enumerated() {
            #expect(exchange.story == "GET /\(index) HTTP/1.1 → 200: complete")
            #expect(exchange.response?.message.body.bytes == Array("\(index)".utf8))
        }
    }

    @Test func dataOnTheFirstAndLastPacketsCounts() {
        var writer = PacketWriter()
        writer.send(Array(get("/a").utf8), from: .client, syn: true, acknowledges: false)
        writer.send(from: .server, syn: true)
        writer.send(Array(response("/a").utf8), from: .server, fin: true)
        writer.send(from: .client, fin: true)
        let recording = record(writer.packets)
        #expect(recording.exchanges.map(\.story) == [bothExchanges[0]])
        #expect(recording.closings.first?.by == .server)
    }

    @Test func resetEndsTheConnectionAndTheExchange() {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/trap"), from: .client)
        writer.send(from: .server, rst: true)
        let recording = record(writer.packets)
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /trap HTTP/1.1 → nothing: reset-without-response"
            ]
        )
        #expect(recording.closings.first?.by == .serverReset)
    }

    @Test func sameEndsMayConnectAgain() {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        writer.send(response("/a"), from: .server)
        writer.close()
        writer.next = (500_000, 700_000)
        writer.handshake()
        writer.send(get("/b"), from: .client)
        // The first one was closed; this one is not, and the next one takes its place.
        writer.next = (10, 20)
        writer.handshake()
        writer.send(get("/c"), from: .client)
        writer.send(response("/c"), from: .server)
        let recording = record(writer.packets)
        #expect(
            recording.exchanges.map(\.story) == [
                bothExchanges[0], "GET /b HTTP/1.1 → nothing: cut-by-recording-end",
                "GET /c HTTP/1.1 → 200: complete",
            ]
        )
        #expect(recording.exchanges.map(\.connection) == [0, 1, 2])
    }

    @Test func keepAliveProbesChangeNothing() {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        writer.send(response("/a"), from: .server)
        writer.next.client &-= 1
        writer.send([0], from: .client)
        writer.send(from: .server)
        writer.send(get("/b"), from: .client)
        writer.send(response("/b"), from: .server)
        #expect(record(writer.packets).exchanges.map(\.story) == bothExchanges)
    }

    @Test func otherTrafficIsNamed() {
        var writer = PacketWriter(serverPort: 4000)
        writer.send("x", from: .client)
        let udp = TestPacket(bytes: ipv4([], protocolNumber: 17), time: 0)
        let fragment = TestPacket(bytes: ipv4([9], fragment: 1), time: 0)
        let short = TestPacket(bytes: [0x45], time: 0, wireByteCount: 60)
        let other = TestPacket(bytes: [0x00], time: 0)
        let malformed = TestPacket(bytes: ipv4([], totalLength: 20), time: 0)
        let ledger = record(writer.packets + [udp, fragment, short, other, malformed]).ledger
        for name in [
            "other_port", "not_tcp", "unfinished_fragment", "truncated", "not_ip", "malformed",
        ] {
            #expect(ledger["packets", name] == 1, "\(name)")
        }
    }

    @Test func packetsThatTheSnapLengthCutLeaveAGap() {
        var packets = conversation().packets
        let cut = packets[5].bytes.count - 2
        packets[5].wireByteCount = packets[5].bytes.count
        packets[5].bytes.removeLast(2)
        #expect(packets[5].bytes.count == cut)
        let recording = record(packets)
        #expect(
            recording.exchanges.map(\.story) == ["GET /a HTTP/1.1 → 200: gap", bothExchanges[1]]
        )
        #expect(recording.ledger["missing", "bytes"] == 2)
        #expect(recording.ledger["missing", "cut_by_snap_length"] == 2)
    }

    @Test func clientIsFoundByContentWhereNothingElseTells() {
        var writer = PacketWriter(clientPort: 3000, serverPort: 4000)
        writer.send(from: .server)
        writer.send(get("/a"), from: .client)
        writer.send(response("/a"), from: .server)
        let recording = record(writer.packets, ports: .any)
        #expect(recording.exchanges.map(\.story) == [bothExchanges[0]])
        #expect(recording.openings.first?.client == "10.0.0.1:3000")
        #expect(recording.ledger["packets", "undecided"] == 1)
        var joined = PacketWriter(clientPort: 3000, serverPort: 4000)
        joined.send(response("old"), from: .server)
        joined.send(get("/a"), from: .client)
        joined.send(response("/a"), from: .server)
        #expect(record(joined.packets, ports: .any).exchanges.map(\.story) == [bothExchanges[0]])
    }

    @Test func oneDirectionAloneIsNeverPassedOffAsWhole() {
        let packets = conversation().packets
        let requests = record(packets.filter { $0.bytes[15] == 1 })
        #expect(requests.exchanges.map(\.end) == [.gap, .gap])
        let responses = record(packets.filter { $0.bytes[15] == 2 })
        #expect(responses.exchanges == [])
        #expect(
            responses.ledger["bytes", "without_request"] == UInt64(2 * response("/a").utf8.count)
        )
    }

    @Test func idleConnectionExpiresByPacketTime() {
        var limits = ConnectionTracker.Limits()
        limits.idleTime = 1_000_000_000
        var idle = PacketWriter(clientPort: 1)
        idle.handshake()
        idle.send(get("/a"), from: .client)
        var busy = PacketWriter(clientPort: 2)
        busy.time += 5_000_000_000
        busy.handshake()
        busy.send(get("/b"), from: .client)
        let recording = record(idle.packets + busy.packets, limits: limits)
        #expect(recording.ledger["oddities", "expired_connections"] == 1)
        #expect(
            recording.closings.first
                == ConnectionClosing(connection: 0, time: 3000, by: .recordingEnd)
        )
    }

    @Test func tooManyConnectionsPushOutTheQuietest() {
        var limits = ConnectionTracker.Limits()
        limits.openCount = 8
        let packets = (0..<20).flatMap { index in
            var writer = PacketWriter(clientPort: 1000 + UInt16(index))
            writer.time += Int64(index) * 1000
            writer.send(from: .client, syn: true, acknowledges: false)
            return writer.packets
        }
        let recording = record(packets, limits: limits)
        #expect(recording.openings.count == 20)
        #expect(recording.ledger["oddities", "expired_connections"] == 12)
        #expect(recording.closings.map(\.connection) == Array(0..<20))
    }

    @Test func memoryBehindAGapIsBounded() {
        var limits = ConnectionTracker.Limits()
        limits.conversation.waitingByteCount = 10_000
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        writer.send("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n", from: .server)
        writer.send([UInt8](repeating: 1, count: 1000), from: .server)
        writer.loseLast()
        for _ in 0..<39 { writer.send([UInt8](repeating: 2, count: 1000), from: .server) }
        // The client never acknowledges, so only the limit can end the wait.
        let recording = record(writer.packets, limits: limits)
        #expect(recording.exchanges.map(\.story) == ["GET /a HTTP/1.1 → 200: gap"])
        #expect(recording.exchanges[0].response?.message.body.length == 39_000)
        #expect(recording.ledger["missing", "bytes"] == 1000)
    }

    @Test func clockThatStepsBackwardsIsCountedAndReordersNothing() {
        var packets = conversation().packets
        packets[5].time -= 1_000_000
        let recording = record(packets)
        #expect(recording.exchanges.map(\.story) == bothExchanges)
        #expect(recording.ledger["oddities", "clock_steps_backwards"] == 1)
        #expect(recording.exchanges[0].response?.message.firstByteTime == 4000)
    }
}
