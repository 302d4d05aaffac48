import HTTPWire
import Testing

/// RFC 9112, section 6.3, for responses, and what stands between them.
@Suite struct ResponseFramingTests {
    private let plain = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    @Test func rule1GivesNoBodyToTheAnswerToHead() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let transcript = transcriptOfResponses(
            head + chunked + head + "hello",
            answering: [.head, .head, .other]
        )
        #expect(
            transcript.entries == [
                .head(head), .end, .head(chunked), .end, .head(head), .body("hello"), .end,
            ]
        )
    }

    @Test(arguments: ["204 No Content", "304 Not Modified"])
    func rule1GivesNoBodyToStatus(status: String) {
        let head = "HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\n"
        #expect(
            transcriptOfResponses(head + plain).entries == [
                .head(head), .end, .head(plain), .end,
            ]
        )
    }

    @Test func rule1PutsInterimResponsesInFrontOfTheFinalOne() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let hints = "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
        let transcript = transcriptOfResponses(interim + hints + plain, answering: [.head])
        #expect(
            transcript.entries == [.interim(interim), .interim(hints), .head(plain), .end]
        )
    }

    @Test(arguments: [AnsweredMethod.other, .head])
    func switchedProtocolsMakeTheRestOpaque(method: AnsweredMethod) {
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        let transcript = transcriptOfResponses(head + "\u{81}\u{05}hello", answering: [method])
        #expect(transcript.entries == [.head(head), .end, .opaque("\u{81}\u{05}hello")])
        #expect(transcript.endOfInput == .insideTunnel)
    }

    @Test(arguments: ["200 OK", "204 No Content", "299 Odd"])
    func rule2MakesATunnelOfConnect(status: String) {
        let head = "HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\n"
        let transcript = transcriptOfResponses(head + "\u{16}\u{03}", answering: [.connect])
        #expect(transcript.entries == [.head(head), .end, .opaque("\u{16}\u{03}")])
    }

    @Test func refusedConnectHasAnOrdinaryBody() {
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n"
        let transcript = transcriptOfResponses(head + "no", answering: [.connect])
        #expect(transcript.entries == [.head(head), .body("no"), .end])
    }

    @Test func rule3RejectsTransferEncodingBesideContentLength() {
        let marked = MarkedInput(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: →chunked\r\nContent-Length: 3\r\n\r\n",
            .conflictingFraming
        )
        #expect(transcriptOfResponses(marked.input).error == marked.error)
    }

    @Test func rule4TakesChunksApart() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        let transcript = transcriptOfResponses(head + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n" + plain)
        #expect(
            transcript.entries == [.head(head), .body("abc"), .end, .head(plain), .end]
        )
    }

    @Test func rule4GoesOnUntilTheEndWithoutChunks() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"
        let transcript = transcriptOfResponses(head + plain)
        #expect(transcript.entries == [.head(head), .body(plain)])
        #expect(transcript.endOfInput == .bodyEnded)
    }

    @Test func rule5RejectsContentLengthsThatDiffer() {
        let marked = MarkedInput(
            "HTTP/1.1 200 OK\r\nContent-Length: 3, →4\r\n\r\n",
            .ambiguousContentLength
        )
        #expect(transcriptOfResponses(marked.input).error == marked.error)
    }

    @Test func rule6TakesContentLengthBytes() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
        let transcript = transcriptOfResponses(head + "abc" + plain)
        #expect(
            transcript.entries == [.head(head), .body("abc"), .end, .head(plain), .end]
        )
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.1"])
    func rule8GoesOnUntilTheConnectionEnds(version: String) {
        let head = "\(version) 200 OK\r\nConnection: close\r\n\r\n"
        let empty = transcriptOfResponses(head)
        #expect(empty.entries == [.head(head)])
        #expect(empty.endOfInput == .bodyEnded)
        #expect(transcriptOfResponses(head + "a\r\n\r\nb").entries.last == .body("a\r\n\r\nb"))
    }

    @Test(arguments: [
        ("", EndOfInput.betweenMessages),
        ("HTTP/1.1 200", .insideHead),
        ("HTTP/1.1 100 Continue\r\n\r\n", .betweenMessages),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", .insideBody),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", .insideBody),
    ])
    func endOfTheConnectionIsNamed(input: String, endOfInput: EndOfInput) {
        #expect(transcriptOfResponses(input).endOfInput == endOfInput)
    }

    @Test func decoderKnowsWhenItStandsBetweenMessages() throws {
        var decoder = ResponseDecoder()
        #expect(decoder.isBetweenMessages)
        let input = bytes("\r\n" + plain + "H")
        var offset = 0
        var states: [Bool] = []
        while try decoder.next(in: input.span, at: &offset, answering: .other) != nil {
            states.append(decoder.isBetweenMessages)
        }
        #expect(states == [true, false, true])  // padding, head, end
        #expect(!decoder.isBetweenMessages)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: te, Keep-Alive\r\n\r\n", true),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n\r\n", false),
    ])
    func connectionFieldSaysWhetherTheConnectionLivesOn(input: String, livesOn: Bool) throws {
        var decoder = ResponseDecoder()
        var offset = 0
        let event = try decoder.next(in: bytes(input).span, at: &offset, answering: .head)
        guard case .head(let head) = event else {
            Issue.record("no head in \(input.debugDescription)")
            return
        }
        #expect(head.keepsConnectionAlive == livesOn)
    }
}
