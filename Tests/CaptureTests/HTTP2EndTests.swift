@testable import Capture
import SeededRandom
import TestSupport
import Testing
import TraceFormat

/// How exchanges of HTTP/2 end when not all goes well.
@Suite struct HTTP2EndTests {
    /// A request with a body that is not whole, a whole one, and the start of an answer to it.
    private func begun(isAnswered: Bool = true) throws -> [Event] {
        var client = HTTP2Writer()
        var server = HTTP2Writer()
        let requests =
            try HTTP2Writer.preface + client.request(1, "/a", method: "PUT", isEnd: false)
            + client.request(3, "/b")
        let answer = try server.response(3) + HTTP2Writer.data(3, "so far", isEnd: false)
        return [.opened, .clientBytes(requests)] + (isAnswered ? [.serverBytes(answer)] : [])
    }

    private func ends(_ events: [Event]) -> [ExchangeEnd] {
        assemble(events).records.exchanges.sorted { $0.sequence < $1.sequence }.map(\.end)
    }

    @Test func connectionThatEndsTellsOfEveryStreamWhy() throws {
        let begun = try begun()
        let waiting = try self.begun(isAnswered: false)
        #expect(ends(begun) == [.cutByRecordingEnd, .cutByRecordingEnd])
        #expect(
            ends(begun + [.closed(.client, .finished)]) == [.requestTruncated, .cutByRecordingEnd]
        )
        #expect(
            ends(begun + [.closed(.server, .finished)])
                == [.closedWithoutResponse, .responseTruncated]
        )
        #expect(
            ends(waiting + [.closed(.server, .reset)])
                == [.resetWithoutResponse, .resetWithoutResponse]
        )
        #expect(
            ends(begun + [.closed(.client, .finished), .closed(.client, .reset)])
                == [.requestTruncated, .abandonedByClient]
        )
    }

    @Test func resetEndsOneStreamOnly() throws {
        let begun = try begun()
        let byClient = Event.clientBytes(HTTP2Writer.reset(1) + HTTP2Writer.reset(3))
        #expect(ends(begun + [byClient]) == [.requestTruncated, .abandonedByClient])
        let byServer = Event.serverBytes(HTTP2Writer.reset(1) + HTTP2Writer.reset(3))
        #expect(ends(begun + [byServer]) == [.resetWithoutResponse, .responseTruncated])
        let one = Event.serverBytes(HTTP2Writer.reset(1))
        let end = Event.serverBytes(HTTP2Writer.data(3, ""))
        #expect(ends(begun + [one, end]) == [.resetWithoutResponse, .complete])
        let late = HTTP2Writer.data(1, "still on its way")
        let (_, counts) = assemble(begun + [one, .clientBytes(late)])
        #expect(counts.http2ClosedStreams == UInt64(late.count))
    }

    @Test func gapInsideABodyCostsThatExchangeOnly() throws {
        let begun = try begun()
        let frame = HTTP2Writer.data(1, "0123456789")
        let (records, counts) = assemble(
            begun + [
                .clientBytes(Array(frame.prefix(12))), .clientMissing(7),
                .serverBytes(HTTP2Writer.data(3, "!")),
            ]
        )
        let exchanges = records.exchanges.sorted { $0.sequence < $1.sequence }
        #expect(exchanges.map(\.end) == [.gap, .complete])
        #expect(exchanges[0].request.body.bytes == Array("012".utf8))
        #expect(!exchanges[0].request.isComplete)
        #expect(exchanges[1].response?.message.body.bytes == Array("so far!".utf8))
        #expect(counts.undecodableHTTP2 == 0)
    }

    @Test func behindAnyOtherGapNothingOfThatEndCanBeRead() throws {
        var client = HTTP2Writer()
        var server = HTTP2Writer()
        let first = try HTTP2Writer.preface + client.request(1, "/a")
        let second = try client.request(3, "/b")
        let answer = try server.response(1) + HTTP2Writer.data(1, "x")
        let (records, counts) = assemble([
            .opened, .clientBytes(first), .clientMissing(9), .clientBytes(second),
            .serverBytes(answer),
        ])
        #expect(records.stories == ["GET /a HTTP/2 → 200: complete"])
        #expect(counts.undecodableHTTP2 == UInt64(second.count))
        let other = assemble([
            .opened, .clientBytes(first), .serverMissing(9), .serverBytes(answer),
            .clientBytes(second),
        ])
        #expect(
            other.records.stories
                == ["GET /a HTTP/2 → nothing: gap", "GET /b HTTP/2 → nothing: gap"]
        )
        #expect(other.counts.undecodableHTTP2 == UInt64(answer.count))
    }

    @Test func requestsBeyondTheLimitAreCounted() throws {
        var client = HTTP2Writer()
        let frames = try (0..<5).map { try client.request(UInt32(2 * $0 + 1), "/\($0)") }
        let (records, counts) = assemble(
            [.opened, .clientBytes(HTTP2Writer.preface + frames.flatMap(\.self))],
            limits: ExchangeLimits(openExchangeCount: 3)
        )
        #expect(records.exchanges.count == 3)
        #expect(counts.overLimit == UInt64(frames[3].count + frames[4].count))
    }

    @Test func packetsOfHTTP2AreRecordedLikeAnyOther() throws {
        for skipsHandshake in [false, true] {
            var client = HTTP2Writer()
            var server = HTTP2Writer()
            var writer = PacketWriter()
            writer.handshake()
            if skipsHandshake { writer.loseLast(3) }
            writer.send(HTTP2Writer.preface + HTTP2Writer.settings, from: .client)
            writer.send(HTTP2Writer.settings + HTTP2Writer.acknowledgment, from: .server)
            for place in 0..<UInt32(3) {
                writer.send(try client.request(2 * place + 1, "/\(place)"), from: .client)
                writer.send(try server.response(2 * place + 1), from: .server)
                writer.send(HTTP2Writer.data(2 * place + 1, "body"), from: .server)
            }
            writer.close()
            let recording = record(writer.packets, ports: .any)
            #expect(
                recording.exchanges.map(\.story)
                    == (0..<3).map { "GET /\($0) HTTP/2 → 200: complete" }
            )
            #expect(recording.ledger["bytes", "http2_control"] == 24 + 15 + 15 + 9)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func damagedFramesNeverTrapAndAlwaysBalance(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 * FuzzRounds.factor {
            var (client, server) = (HTTP2Writer(), HTTP2Writer())
            var sides = [HTTP2Writer.preface + HTTP2Writer.settings, HTTP2Writer.settings]
            for place in 0..<UInt32.random(in: 1...6, using: &random) {
                let stream = 2 * place + 1
                sides[0] += try client.request(stream, "/\(place)", method: "PUT", isEnd: false)
                sides[0] += HTTP2Writer.padded(stream, "abcdef", 3)
                sides[1] += try server.response(
                    stream,
                    status: Int.random(in: 99...205, using: &random)
                )
                sides[1] += HTTP2Writer.data(stream, "0123456789")
                if Bool.random(using: &random) { sides[0] += HTTP2Writer.reset(stream) }
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let side = Int.random(in: 0...1, using: &random)
                let place = Int.random(in: 0..<sides[side].count, using: &random)
                sides[side][place] = UInt8.random(in: 0...255, using: &random)
            }
            var events: [Event] = Bool.random(using: &random) ? [.opened] : []
            while !sides.allSatisfy(\.isEmpty) {
                let side = Int.random(in: 0...1, using: &random)
                let piece = Array(sides[side].prefix(Int.random(in: 0...40, using: &random)))
                sides[side].removeFirst(piece.count)
                events.append(side == 0 ? .clientBytes(piece) : .serverBytes(piece))
                if Int.random(in: 0..<30, using: &random) == 0 {
                    let count = UInt64.random(in: 1...40, using: &random)
                    events.append(side == 0 ? .clientMissing(count) : .serverMissing(count))
                }
            }
            // `assemble` checks that the bytes are accounted for.
            let records = assemble(events).records
            let places = records.exchanges.map(\.sequence).sorted()
            #expect(places == Array(0..<UInt64(places.count)))
        }
    }
}
