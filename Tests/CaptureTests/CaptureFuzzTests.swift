@testable import Capture
import SeededRandom
import TestSupport
import Testing
import TraceFormat

/// Random damage: nothing traps, and every packet and byte stays accounted for (`record` checks).
@Suite struct CaptureFuzzTests {
    /// A few connections with everything that HTTP has.
    private func traffic(_ random: inout SplitMix64) -> [TestPacket] {
        let requests = [
            get("/a"), "HEAD /h HTTP/1.1\r\n\r\n",
            "POST /p HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
            "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
            "GET /u HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
            "CONNECT h:1 HTTP/1.1\r\n\r\n", "\r\n" + get("/b"), "nonsense",
        ]
        let responses = [
            response("one"), response("", status: 204),
            "HTTP/1.1 100 Continue\r\n\r\n" + response("x"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n",
            "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nuntil close", "garbage",
        ]
        var packets: [TestPacket] = []
        for port in 0..<UInt16(3) {
            var writer = PacketWriter(clientPort: 40_000 + port)
            writer.next = (UInt32.random(in: 0...UInt32.max, using: &random), 77)
            if Bool.random(using: &random) { writer.handshake() }
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let peer = Bool.random(using: &random) ? Peer.client : .server
                let text =
                    (peer == .client ? requests : responses).randomElement(using: &random) ?? ""
                let cut = Int.random(in: 0...text.utf8.count, using: &random)
                writer.send(Array(text.utf8.prefix(cut)), from: peer)
                writer.send(Array(text.utf8.dropFirst(cut)), from: peer)
            }
            if Bool.random(using: &random) { writer.close(first: .server) }
            if Bool.random(using: &random) { writer.send(from: .client, rst: true) }
            packets += writer.packets
        }
        return packets
    }

    private func damage(_ packets: inout [TestPacket], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            guard let index = packets.indices.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: packets.remove(at: index)
            case 1:
                packets.insert(
                    packets[index],
                    at: packets.indices.randomElement(using: &random) ?? 0
                )
            case 2: packets.swapAt(index, packets.indices.randomElement(using: &random) ?? 0)
            case 3:
                let place = packets[index].bytes.indices.randomElement(using: &random)
                if let place {
                    packets[index].bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
            case 4:
                packets[index].wireByteCount = packets[index].bytes.count
                let count = Int.random(in: 0...packets[index].bytes.count, using: &random)
                packets[index].bytes.removeLast(count)
            default:
                packets[index].time = Int64(bitPattern: random.next())
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func damagedCapturesNeverTrapAndAlwaysBalance(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var limits = ConnectionTracker.Limits()
        limits.conversation.patience = Int.random(in: 1...8, using: &random)
        limits.conversation.waitingByteCount = Int.random(in: 1...5000, using: &random)
        limits.openCount = 2
        limits.closedCount = 1
        for _ in 0..<50 * FuzzRounds.factor {
            var packets = traffic(&random)
            damage(&packets, &random)
            let ports = Bool.random(using: &random) ? PortSelection.standard : .any
            let first = record(packets, ports: ports, limits: limits)
            #expect(record(packets, ports: ports, limits: limits) == first)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func damagedStreamsNeverTrapAndAlwaysBalance(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let requests = Array(
            (get("/a") + "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" + get("/b")).utf8
        )
        let responses = Array((response("1") + response("22") + response("333")).utf8)
        for _ in 0..<100 * FuzzRounds.factor {
            var pieces: [Event] = Bool.random(using: &random) ? [.opened] : []
            var rests = [requests[...], responses[...]]
            while !rests.allSatisfy(\.isEmpty) {
                let side = Int.random(in: 0...1, using: &random)
                var piece = Array(rests[side].prefix(Int.random(in: 0...30, using: &random)))
                rests[side] = rests[side].dropFirst(piece.count)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    let count = UInt64.random(in: 0...100_000, using: &random)
                    pieces.append(side == 0 ? .clientMissing(count) : .serverMissing(count))
                }
                if Int.random(in: 0..<20, using: &random) == 0, !piece.isEmpty {
                    // Only ASCII, because events are texts.
                    piece[Int.random(in: 0..<piece.count, using: &random)] =
                        UInt8.random(in: 0..<128, using: &random)
                }
                if Int.random(in: 0..<40, using: &random) == 0 {
                    let how: StreamEnd = Bool.random(using: &random) ? .finished : .reset
                    pieces.append(.closed(side == 0 ? .client : .server, how))
                }
                let text = String(decoding: piece, as: UTF8.self)
                pieces.append(side == 0 ? .client(text) : .server(text))
            }
            // `assemble` checks that the bytes are accounted for.
            let records = assemble(pieces).records
            #expect(records.exchanges.map(\.sequence) == Array(0..<UInt64(records.exchanges.count)))
        }
    }
}
