import HTTPWire
import Testing

/// Heads that are accepted, and that they stay as they came.
@Suite struct HeadTests {
    private func request(_ input: String) throws -> RequestHead {
        var decoder = RequestDecoder()
        var offset = 0
        guard case .head(let head) = try decoder.next(in: bytes(input).span, at: &offset) else {
            throw NoHead()
        }
        return head
    }

    private func response(_ input: String) throws -> ResponseHead {
        var decoder = ResponseDecoder()
        var offset = 0
        let event = try decoder.next(in: bytes(input).span, at: &offset, answering: .other)
        guard case .head(let head) = event else { throw NoHead() }
        return head
    }

    private struct NoHead: Error {}

    @Test func requestIsKeptByteForByte() throws {
        let input =
            "gEt /run//a/%2e%2E/?q=%zz&b=|^`{\u{E9}\u{FF} HTTP/1.1\r\n"
            + "hOST:a.test\r\nX-Twice:  1\t \r\nx-twice:\t2\r\nEmpty:\r\nBlank:  \r\n\r\n"
        let head = try request(input)
        #expect(text(head.bytes) == input)
        #expect(head.method == "gEt")
        #expect(
            text(head.bytes[head.targetRange]) == "/run//a/%2e%2E/?q=%zz&b=|^`{\u{E9}\u{FF}"
        )
        #expect(text(head.bytes[head.methodRange]) == "gEt")
        #expect(head.version == .http1_1)
        let fields = head.fields
        #expect(fields.count == 5)
        #expect(
            (0..<5).map(fields.name(at:)) == ["hOST", "X-Twice", "x-twice", "Empty", "Blank"]
        )
        #expect((0..<5).map(fields.value(at:)) == ["a.test", "1", "2", "", ""])
        #expect(text(head.bytes[fields.valueRange(at: 1)]) == "1")
        #expect(text(head.bytes[fields.lineRange(at: 1)]) == "X-Twice:  1\t \r\n")
        #expect(text(head.bytes[fields.lineRange(at: 4)]) == "Blank:  \r\n")
    }

    @Test func fieldsAreFoundWhateverTheirCase() throws {
        let fields = try request("GET / HTTP/1.1\r\nA: 1\r\nX-B: 2\r\nx-b: 3\r\n\r\n").fields
        #expect(fields.firstIndex(of: "x-b") == 1)
        #expect(fields["x-b"] == "2")
        #expect(fields["x"] == nil)
        #expect(fields.isLine(at: 2, named: "x-b"))
        #expect(!fields.isLine(at: 0, named: "b"))
    }

    @Test func textIsFoundInTheFirstLine() throws {
        let fields = try request(
            "GET / HTTP/1.1\r\nType: a/Vnd+JSON;b\r\ntype: form\r\nB:\r\nC: json\r\n\r\n"
        ).fields
        #expect(fields.has("json", inFirst: "type"))
        #expect(fields.has("a/vnd", inFirst: "type"))
        #expect(fields.has(";b", inFirst: "type"))
        #expect(fields.has("json", inFirst: "c"))
        #expect(!fields.has("form", inFirst: "type"))
        #expect(!fields.has("jsonn", inFirst: "c"))
        #expect(!fields.has("x", inFirst: "b"))
        #expect(!fields.has("x", inFirst: "d"))
    }

    @Test func listElementsAreFoundOverAllLines() throws {
        let fields = try request(
            "GET / HTTP/1.1\r\nTe: , trailers ,\r\nA: gzip\r\ntE: a\t, Gzip\r\n\r\n"
        ).fields
        #expect(fields.hasElement("trailers", in: "te"))
        #expect(fields.hasElement("gzip", in: "te"))
        #expect(!fields.hasElement("trailer", in: "te"))
        #expect(!fields.hasElement("trailers", in: "a"))
    }

    @Test(
        arguments: [
            ("Content-Encoding: gzip", .gzip), ("CONTENT-ENCODING: , X-Gzip ,", .gzip),
            ("content-encoding: Deflate", .deflate), ("Content-Encoding: identity, gzip", .gzip),
            ("A: 1\r\nContent-Encoding:\r\nContent-Encoding: gzip", .gzip),
            ("Content-Encoding: gzip, gzip", nil), ("Content-Encoding: br", nil),
            ("Content-Encoding: br\r\nContent-Encoding: gzip", nil),
            ("Content-Encoding: gzip;q=1", nil), ("Content-Encoding: identity", nil),
            ("Content-Encoding:", nil), ("Accept-Encoding: gzip", nil),
        ] as [(String, ContentCoding?)]
    )
    func theOnlyContentCodingIsKnown(lines: String, coding: ContentCoding?) throws {
        let fields = try request("GET / HTTP/1.1\r\n\(lines)\r\n\r\n").fields
        #expect(fields.onlyContentCoding == coding)
    }

    @Test(arguments: ["*", "a.test:443", "http://a.test/", "\u{80}", "?", "//"])
    func anyFormOfTargetIsAccepted(target: String) throws {
        let head = try request("OPTIONS \(target) HTTP/1.1\r\n\r\n")
        #expect(text(head.bytes[head.targetRange]) == target)
    }

    @Test func linesMayEndInABareLineFeed() throws {
        let head = try request("GET / HTTP/1.0\nA: 1\nB: 2 \r\n\n")
        #expect(head.version == .http1_0)
        #expect(head.fields["a"] == "1")
        #expect(head.fields["b"] == "2")
        #expect(text(head.bytes[head.fields.lineRange(at: 0)]) == "A: 1\n")
        let answer = "HTTP/1.1 200 OK\nContent-Length: 1\n\n"
        #expect(transcriptOfResponses(answer + "x").entries == [.head(answer), .body("x"), .end])
    }

    @Test func fieldValuesMayHaveBytesFrom0x80On() throws {
        let fields = try request("GET / HTTP/1.1\r\nA: \u{C3}\u{A9}\r\nB: \u{FF}\r\n\r\n").fields
        #expect(fields.value(at: 0) == "é")
        #expect(fields.value(at: 1) == "\u{FFFD}")
        #expect(text(fields.value(at: 0).utf8) == "\u{C3}\u{A9}")
    }

    @Test(arguments: [
        "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200 O\tK \u{E9}\r\n\r\n",
        "HTTP/1.9 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n",
    ])
    func reasonPhraseMayBeAnythingOrMissing(input: String) throws {
        let head = try response(input)
        #expect(head.status == 200)
        #expect(head.version == .http1_1)
        #expect(text(head.bytes) == input)
    }

    @Test(arguments: [("600", 600), ("999", 999), ("200", 200)])
    func statusesOutsideTheStandardAreKept(digits: String, status: UInt16) throws {
        #expect(try response("HTTP/1.0 \(digits) X\r\n\r\n").status == status)
    }

    @Test(arguments: [
        ("HEAD / HTTP/1.1\r\n\r\n", AnsweredMethod.head),
        ("CONNECT a:1 HTTP/1.1\r\n\r\n", .connect),
        ("head / HTTP/1.1\r\n\r\n", .other),
        ("HEADER / HTTP/1.1\r\n\r\n", .other),
        ("GET / HTTP/1.1\r\n\r\n", .other),
    ])
    func methodsAreCaseSensitive(input: String, method: AnsweredMethod) throws {
        #expect(try request(input).answeredMethod == method)
    }

    @Test(arguments: [
        ("HTTP/1.1\r\nExpect: 100-Continue", true),
        ("HTTP/1.0\r\nExpect: 100-continue", false),
        ("HTTP/1.1\r\nExpect: 200-ok", false),
    ])
    func expectationOfContinueIsSeen(rest: String, expects: Bool) throws {
        #expect(try request("POST / \(rest)\r\n\r\n").expectsContinue == expects)
    }

    @Test func headMayFillItsLimitAndNoMore() {
        let limits = DecoderLimits(headByteCount: 40)
        let head = "GET /" + String(repeating: "a", count: 40 - 18) + " HTTP/1.1\r\n\r\n"
        #expect(bytes(head).count == 40)
        let requests = transcriptOfRequests("\r\n\r\n" + head + head, limits: limits)
        #expect(
            requests.entries == [.padding("\r\n\r\n"), .head(head), .end, .head(head), .end]
        )
        let tooLong = WireError(.headTooLarge(limit: 40), at: 40)
        #expect(
            transcriptOfRequests(
                head.replacing("/", with: "/a", maxReplacements: 1),
                limits: limits
            )
            .error == tooLong
        )
        let endless = String(repeating: "a", count: 41)
        #expect(transcriptOfResponses(endless, limits: limits).error == tooLong)
        #expect(transcriptOfResponses(String(endless.dropLast()), limits: limits).error == nil)
    }
}
