@testable import Capture
import Testing
import TraceFormat

/// The hard cases of TCP, each whole and cut at every packet.
@Suite struct HardCaseTests {
    /// Packets, and what they are the story of.
    struct HardCase: CustomTestStringConvertible {
        var testDescription: String
        var packets: [TestPacket]
        var stories: [String]
        /// What else shows in the ledger.
        var oddity: (group: String, name: String)?
    }

    private static let whole = "GET /a HTTP/1.1 → 200: complete"

    private static func hardCase(
        _ description: String,
        _ stories: [String] = [whole],
        counting oddity: (group: String, name: String)? = nil,
        _ write: (inout PacketWriter) -> Void
    ) -> HardCase {
        var writer = PacketWriter()
        write(&writer)
        return HardCase(
            testDescription: description,
            packets: writer.packets,
            stories: stories,
            oddity: oddity
        )
    }

    private static func exchange(_ writer: inout PacketWriter, _ path: String = "/a") {
        writer.send(get(path), from: .client)
        writer.send(response("one two"), from: .server)
    }

    static let cases: [HardCase] = [
        hardCase("simultaneous close") { writer in
            writer.handshake()
            exchange(&writer)
            // Neither FIN acknowledges the other.
            let (client, server) = writer.next
            writer.send(from: .client, fin: true)
            writer.next = (client, server)
            writer.send(from: .server, fin: true)
            writer.next = (client &+ 1, server &+ 1)
            writer.send(from: .client)
            writer.send(from: .server)
        },
        hardCase("data on SYN") { writer in
            writer.send(Array(get("/a").utf8), from: .client, syn: true, acknowledges: false)
            writer.send(from: .server, syn: true)
            writer.send(response("one two"), from: .server)
            writer.close()
        },
        hardCase("data on SYN that the server ignores") { writer in
            writer.send(Array(get("/a").utf8), from: .client, syn: true, acknowledges: false)
            writer.send(from: .server, syn: true)
            writer.next.client &-= UInt32(get("/a").utf8.count)
            exchange(&writer)
            writer.close()
        },
        hardCase("data with FIN") { writer in
            writer.handshake()
            writer.send(Array(get("/a").utf8), from: .client, fin: true)
            writer.send(Array(response("one two").utf8), from: .server, fin: true)
            writer.send(from: .client)
        },
        hardCase("reset behind the answer") { writer in
            writer.handshake()
            exchange(&writer)
            writer.send(from: .client, rst: true)
        },
        hardCase("reset inside the answer", ["GET /a HTTP/1.1 → 200: response-truncated"]) {
            writer in
            writer.handshake()
            writer.send(get("/a"), from: .client)
            writer.send(String(response("one two").dropLast(3)), from: .server)
            writer.send(from: .server, rst: true)
        },
        hardCase("port used again after the close", [whole, whole]) { writer in
            for start in [1000, 500_000] as [UInt32] {
                writer.next = (start, start + 8000)
                writer.handshake()
                exchange(&writer)
                writer.close()
            }
        },
        hardCase("keep-alive probes with and without a byte", [whole, whole]) { writer in
            writer.handshake()
            exchange(&writer)
            for payload in [[0], []] as [[UInt8]] {
                writer.next.client &-= 1
                writer.send(payload, from: .client)
                writer.next.client &+= payload.isEmpty ? 1 : 0
                writer.send(from: .server)
            }
            exchange(&writer)
            writer.close()
        },
        hardCase("sequence numbers that wrap") { writer in
            writer.next = (UInt32.max - 20, UInt32.max - 30)
            writer.handshake()
            exchange(&writer)
            writer.close()
        },
        hardCase("overlap that differs", counting: ("bytes", "differing_copies")) { writer in
            writer.handshake()
            writer.send(get("/a"), from: .client)
            let answer = Array(response("one two").utf8)
            let start = writer.next.server
            // The end comes first, then another one in its place, then the start.
            writer.next.server = start &+ 20
            writer.send(Array(answer[20...]), from: .server)
            writer.next.server = start &+ UInt32(answer.count - 4)
            writer.send("XXXX", from: .server)
            writer.next.server = start
            writer.send(Array(answer[..<20]), from: .server)
            writer.next.server = start &+ UInt32(answer.count)
            writer.close()
        },
        hardCase("half close") { writer in
            writer.handshake()
            writer.send(get("/a"), from: .client)
            writer.send(from: .client, fin: true)
            writer.send(String(response("one two").prefix(20)), from: .server)
            writer.send(String(response("one two").dropFirst(20)), from: .server)
            writer.send(from: .server, fin: true)
            writer.send(from: .client)
        },
    ]

    @Test(arguments: cases)
    func itIsUnderstood(_ hardCase: HardCase) {
        let recording = record(hardCase.packets)
        #expect(recording.exchanges.map(\.story) == hardCase.stories)
        for exchange in recording.exchanges where exchange.end == .complete {
            #expect(exchange.response?.message.body.bytes == Array("one two".utf8))
        }
        if let oddity = hardCase.oddity {
            #expect(recording.ledger[oddity.group, oddity.name] > 0)
        }
    }

    /// `record` checks each time that all packets and bytes are accounted for.
    @Test(arguments: cases)
    func aRecordingThatEndsAtAnyPacketPassesNothingOffAsWhole(_ hardCase: HardCase) {
        for end in hardCase.packets.indices {
            let exchanges = record(Array(hardCase.packets[..<end])).exchanges
            #expect(exchanges.count <= hardCase.stories.count, "up to packet \(end)")
            for (exchange, story) in zip(exchanges, hardCase.stories) {
                #expect(exchange.end != .complete || exchange.story == story, "to packet \(end)")
            }
            expectWholeBodies(exchanges, "up to packet \(end)")
        }
    }

    @Test(arguments: cases)
    func aRecordingThatBeginsAtAnyPacketPassesNothingOffAsWhole(_ hardCase: HardCase) {
        for start in hardCase.packets.indices {
            let exchanges = record(Array(hardCase.packets[start...])).exchanges
            #expect(exchanges.count <= hardCase.stories.count, "from packet \(start)")
            expectWholeBodies(exchanges, "from packet \(start)")
        }
    }

    @Test(arguments: cases)
    func aRecordingWithoutAnyOnePacketPassesNothingOffAsWhole(_ hardCase: HardCase) {
        for place in hardCase.packets.indices {
            var packets = hardCase.packets
            packets.remove(at: place)
            expectWholeBodies(record(packets).exchanges, "without packet \(place)")
        }
    }

    /// What is called complete has the whole body that was sent.
    private func expectWholeBodies(_ exchanges: [Exchange], _ note: Comment) {
        for exchange in exchanges where exchange.end == .complete {
            let body = exchange.response?.message.body.bytes.map { Array($0.suffix(4)) }
            #expect(body == Array(" two".utf8), note)
        }
    }
}
