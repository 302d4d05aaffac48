@testable import Capture
import SeededRandom
import TestSupport
import Testing
import TraceFormat

@Suite struct HTTP2Tests {
    /// What both ends send for three requests that overlap: the second is answered first.
    private static func conversation() throws -> (client: [UInt8], server: [UInt8]) {
        var client = HTTP2Writer()
        var server = HTTP2Writer()
        var requests = HTTP2Writer.preface + HTTP2Writer.settings + HTTP2Writer.acknowledgment
        requests += try client.request(1, "/a", method: "POST", isEnd: false, [("x", "one")])
        requests += try client.request(
            3,
            "/b",
            [("cookie", "a=1"), ("x", "one"), ("cookie", "b=2")]
        )
        requests += HTTP2Writer.data(1, "hel", isEnd: false) + HTTP2Writer.padded(1, "lo", 7)
        requests +=
            HTTP2Writer.frame(8, [0, 0, 1, 0]) + HTTP2Writer.frame(6, [1, 2, 3, 4, 5, 6, 7, 8])
        requests += try client.request(5, "/c", method: "HEAD")
        var answers = HTTP2Writer.settings + HTTP2Writer.acknowledgment
        answers += try server.response(3, [("x", "two")], status: 404)
        answers += HTTP2Writer.data(3, "b")
        answers += try server.response(1, status: 103)
        answers += try server.response(1, [("x", "two")]) + HTTP2Writer.data(1, "ab", isEnd: false)
        answers += try server.response(5, status: 204, isEnd: true)
        answers += HTTP2Writer.data(1, "c", isEnd: false)
        answers += try server.headers(1, [("sum", "1")])
        answers += HTTP2Writer.frame(7, [0, 0, 0, 5, 0, 0, 0, 0])
        return (requests, answers)
    }

    private static func byPlace(_ records: [TraceRecord]) -> [Exchange] {
        records.exchanges.sorted { $0.sequence < $1.sequence }
    }

    @Test func everyStreamIsAnExchangeWithAllThatItHas() throws {
        let (client, server) = try Self.conversation()
        let (records, counts) = assemble([.opened, .clientBytes(client), .serverBytes(server)])
        #expect(records.exchanges.map(\.sequence) == [1, 2, 0])
        let exchanges = Self.byPlace(records)
        #expect(
            exchanges.map(\.story) == [
                "POST /a HTTP/2 → 200: complete", "GET /b HTTP/2 → 404: complete",
                "HEAD /c HTTP/2 → 204: complete",
            ]
        )
        let first = try #require(exchanges.first)
        #expect(
            first.request.head == Array("POST /a HTTP/2\r\nhost: mik:3000\r\nx: one\r\n\r\n".utf8)
        )
        #expect(first.request.body.bytes == Array("hello".utf8))
        // Two frames with nine bytes in front, and one of them with eight of padding.
        #expect(first.request.body.wireLength == 5 + 2 * 9 + 8)
        #expect(
            first.interim == [InterimResponse(head: Array("HTTP/2 103\r\n\r\n".utf8), time: 30)]
        )
        let answer = try #require(first.response)
        #expect(answer.message.head == Array("HTTP/2 200\r\nx: two\r\n\r\n".utf8))
        #expect(answer.message.body.bytes == Array("abc".utf8))
        #expect(answer.message.trailers == Array("sum: 1\r\n".utf8))
        #expect(first.request.isComplete && answer.message.isComplete)
        #expect((first.request.firstByteTime, answer.message.lastByteTime) == (20, 30))
        let cookies = "GET /b HTTP/2\r\nhost: mik:3000\r\ncookie: a=1; b=2\r\nx: one\r\n\r\n"
        #expect(exchanges[1].request.head == Array(cookies.utf8))
        #expect(counts.inMessages + counts.http2Control == counts.total)
        // The preface; four settings with and without a value; WINDOW_UPDATE, PING, GOAWAY.
        #expect(counts.http2Control == 24 + 2 * 15 + 2 * 9 + 13 + 17 + 17)
    }

    @Test func everyCutMakesTheSameExchanges() throws {
        let (client, server) = try Self.conversation()
        let whole = withoutTimes(
            assemble([.opened, .clientBytes(client), .serverBytes(server)]).records
        )
        for cut in EveryCut(of: client) {
            let pieces = cut.pieces.map { Event.clientBytes(Array($0)) }
            let records = assemble([.opened] + pieces + [.serverBytes(server)]).records
            #expect(withoutTimes(records) == whole, "\(cut)")
        }
        for cut in EveryCut(of: server) {
            let pieces = cut.pieces.map { Event.serverBytes(Array($0)) }
            let records = assemble([.opened, .clientBytes(client)] + pieces).records
            #expect(withoutTimes(records) == whole, "\(cut)")
        }
    }

    @Test func settingsOfTheServerCountEvenInFrontOfThePreface() throws {
        // Fields that fit only into the larger table that the server allows.
        let fields = (0..<30).map { ("x-\($0)", String(repeating: "v", count: 200)) }
        let allowed = HTTP2Writer.frame(4, bigEndian(UInt16(1)) + bigEndian(UInt32(16_384)))
        var client = HTTP2Writer(tableSize: 16_384)
        // A change of the size stands in front of the first fields (RFC 7541, section 6.3).
        let change: [UInt8] = [0x3F, 0xE1, 0x7F]
        var requests = HTTP2Writer.preface + HTTP2Writer.settings
        let block = try client.block(
            [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")] + fields
        )
        requests += HTTP2Writer.frame(1, flags: 5, stream: 1, change + block)
        requests += try client.request(3, "/again", fields)
        let (records, counts) = assemble([
            .opened, .serverBytes(allowed), .clientBytes(requests), .recordingEnded,
        ])
        #expect(records.exchanges.count == 2)
        #expect(records.exchanges[1].request.head.count > 6000)
        #expect(counts.withoutRequest == 0)
        #expect(assemble([.opened, .serverBytes(allowed)]).counts.withoutRequest == 15)
    }

    @Test func startInMidConnectionIsUndecodable() throws {
        let (client, server) = try Self.conversation()
        let rest = Array(client.dropFirst(24))
        let (records, counts) = assemble([.clientBytes(rest), .serverBytes(server)])
        #expect(records == [])
        #expect(counts.undecodableHTTP2 == counts.total)
        // With the preface, the opening need not be seen.
        let joined = assemble([.clientBytes(client), .serverBytes(server)]).records
        #expect(joined.exchanges.count == 3)
        // What only looks like frames does not hide a request.
        let later = assemble([.clientBytes(rest), .client(get("/x")), .server(response("y"))])
        #expect(later.records.stories == ["GET /x HTTP/1.1 → 200: complete"])
    }

    @Test func fieldsMayBeContinuedPaddedAndPrioritised() throws {
        var client = HTTP2Writer()
        let block = try client.block([(":method", "GET"), (":path", "/long"), (":scheme", "http")])
        let start = [2] + [0, 0, 0, 0, 16] + block[..<2] + [0, 0]
        let frames =
            HTTP2Writer.preface + HTTP2Writer.frame(1, flags: 0x29, stream: 1, Array(start))
            + HTTP2Writer.frame(9, stream: 1, Array(block[2..<3]))
            + HTTP2Writer.frame(9, flags: 4, stream: 1, Array(block[3...]))
        let (records, counts) = assemble([.opened, .clientBytes(frames), .recordingEnded])
        #expect(records.stories == ["GET /long HTTP/2 → nothing: cut-by-recording-end"])
        #expect(records.exchanges[0].request.isComplete)
        #expect(counts.inMessages == UInt64(frames.count - 24))
    }

    @Test func whatIsPushedIsCountedAndItsFieldsAreHeeded() throws {
        var client = HTTP2Writer()
        var server = HTTP2Writer()
        let requests = HTTP2Writer.preface + (try client.request(1, "/a"))
        let promised = try server.block([(":method", "GET"), (":path", "/b"), ("x", "y")])
        let push = HTTP2Writer.frame(5, flags: 4, stream: 1, [0, 0, 0, 2] + promised)
        let pushed = try server.response(2) + HTTP2Writer.data(2, "pushed")
        let answer = try server.response(1, [("x", "y")]) + HTTP2Writer.data(1, "")
        let (records, counts) = assemble([
            .opened, .clientBytes(requests), .serverBytes(push + pushed + answer),
        ])
        #expect(records.stories == ["GET /a HTTP/2 → 200: complete"])
        let head = records.exchanges[0].response?.message.head
        #expect(head == Array("HTTP/2 200\r\nx: y\r\n\r\n".utf8))
        #expect(counts.withoutRequest == UInt64(push.count + pushed.count))
    }

    @Test(
        arguments: [
            [(":method", "GET")], [(":path", "/")], [(":method", "G T"), (":path", "/")],
            [(":method", "GET"), (":path", "/ x")], [(":method", "GET"), (":path", "")],
            [(":method", "GET"), (":path", "/"), ("x", "a\r\nb: c")],
            [(":method", "GET"), (":path", "/"), ("x: y", "z")],
            [(":method", "GET"), (":path", "/"), ("cookie", "a\nb")],
            [(":method", "GET"), (":path", "/"), (":authority", "a b")],
        ]
    )
    func fieldsThatAreNoRequestAreCountedAndNotInvented(fields: [(String, String)]) throws {
        var client = HTTP2Writer()
        let wrong = try client.headers(1, fields)
        let requests = HTTP2Writer.preface + wrong + (try client.request(3, "/right"))
        let (records, counts) = assemble([.opened, .clientBytes(requests)])
        #expect(
            records.exchanges.map { $0.request.head.starts(with: Array("GET /right".utf8)) } == [
                true
            ]
        )
        #expect(counts.notHTTP == UInt64(wrong.count))
    }
}
