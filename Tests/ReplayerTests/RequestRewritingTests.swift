import HTTPWire
import Testing
import TraceFormat

@testable import Replayer

private let target = Target(host: "127.0.0.1", port: 3000)

@Suite struct RequestRewritingTests {
    private func rewritten(
        _ head: String,
        body: RecordedBody = .empty,
        trailers: String = "",
        edits: [FieldEdit] = [],
        seed: UInt64 = 1
    ) -> String {
        let bytes = Array(head.utf8)
        var decoder = RequestDecoder()
        var offset = 0
        guard case .head(let parsed)? = try? decoder.next(in: bytes.span, at: &offset) else {
            Issue.record("the head of the test is not HTTP")
            return ""
        }
        let message = RecordedMessage(
            head: bytes,
            body: body,
            trailers: Array(trailers.utf8),
            firstByteTime: 0,
            lastByteTime: 0,
            isComplete: true
        )
        var rewriting = RequestRewriting(target: target, edits: edits, seed: seed)
        let (sent, _) = rewriting.bytes(of: message, head: parsed, index: 0)
        return String(decoding: sent, as: UTF8.self)
    }

    private func body(_ text: String) -> RecordedBody {
        let bytes = Array(text.utf8)
        return RecordedBody(
            length: UInt64(bytes.count),
            wireLength: UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: bytes
        )
    }

    @Test func onlyTheHostChanges() {
        #expect(
            rewritten(
                "GET /run/a%20b?x=%3F HTTP/1.1\r\nhOsT:  shop.example \r\nX-Odd:  a  b \r\n\r\n"
            )
                == "GET /run/a%20b?x=%3F HTTP/1.1\r\nhOsT:  127.0.0.1:3000 \r\nX-Odd:  a  b \r\n\r\n"
        )
    }

    @Test func anOfferOfHTTP2IsNotRepeated() {
        #expect(
            rewritten(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nX: y\r\n\r\n"
            )
                == "GET / HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n"
                + "Connection: Upgrade, HTTP2-Settings\r\nX: y\r\n\r\n"
        )
        let other = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(rewritten(other) == other)
    }

    @Test func anAuthorityInTheTargetNamesTheTargetToo() {
        #expect(
            rewritten("GET HTTP://shop.example/a?b HTTP/1.1\r\nHost: shop.example\r\n\r\n")
                == "GET HTTP://127.0.0.1:3000/a?b HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n"
        )
        #expect(
            rewritten("OPTIONS http://shop.example HTTP/1.1\r\n\r\n")
                == "OPTIONS http://127.0.0.1:3000 HTTP/1.1\r\n\r\n"
        )
    }

    @Test func aTraceparentGetsFreshIdentifiersAndKeepsItsFlags() {
        let recorded = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let head = "GET / HTTP/1.1\r\ntraceparent: \(recorded)\r\n\r\n"
        let (first, second) = (rewritten(head, seed: 1), rewritten(head, seed: 2))
        #expect(first != second)
        for text in [first, second] {
            let value = text.split(separator: "\r\n")[1].dropFirst("traceparent: ".count)
            let parts = value.split(separator: "-")
            #expect(parts.map(\.count) == [2, 32, 16, 2])
            #expect(parts[0] == "00" && parts[3] == "01")
            #expect(!text.contains("0af7651916cd43dd8448eb211c80319c"))
        }
    }

    @Test func aTraceparentOfAnotherVersionIsKept() {
        let head = "GET / HTTP/1.1\r\ntraceparent: cc-odd\r\n\r\n"
        #expect(rewritten(head) == head)
    }

    @Test func fieldsAreSetAndRemoved() {
        let head = "GET / HTTP/1.1\r\nCookie: a\r\nAccept: x\r\nAUTHORIZATION: old\r\n\r\n"
        let edits: [FieldEdit] = [
            .set(name: "Authorization", value: "new"), .remove(name: "cookie"),
        ]
        #expect(
            rewritten(head, edits: edits)
                == "GET / HTTP/1.1\r\nAccept: x\r\nAuthorization: new\r\n\r\n"
        )
    }

    @Test func theUserMaySetTheHost() {
        #expect(
            rewritten(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                edits: [.set(name: "host", value: "tenant")]
            )
                == "GET / HTTP/1.1\r\nhost: tenant\r\n\r\n"
        )
    }

    @Test func bareLineFeedsStayAsTheyWere() {
        #expect(
            rewritten("GET / HTTP/1.1\nHost: a\n\n") == "GET / HTTP/1.1\nHost: 127.0.0.1:3000\n\n"
        )
    }

    @Test func aChunkedBodyIsChunkedAgain() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            rewritten(head, body: body("hello world, hello"), trailers: "X-Sum: 1\r\n")
                == head + "12\r\nhello world, hello\r\n0\r\nX-Sum: 1\r\n\r\n"
        )
        #expect(rewritten(head) == head + "0\r\n\r\n")
    }

    @Test func aBodyThatWasNotRecordedIsFilledToItsLength() {
        let head = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
        var unknown = body("12345")
        unknown.bytes = nil
        #expect(rewritten(head, body: unknown) == head + "     ")
    }
}
