import HTTPWire
import Testing

/// RFC 9112, section 6.3, for requests, and what stands between them.
@Suite struct RequestFramingTests {
    @Test func rule3RejectsTransferEncodingBesideContentLength() {
        for fields in [
            "Content-Length: 3\r\nTransfer-Encoding: →chunked",
            "Transfer-Encoding: →chunked\r\nContent-Length: 3",
        ] {
            let marked = MarkedInput("POST / HTTP/1.1\r\n\(fields)\r\n\r\n", .conflictingFraming)
            #expect(transcriptOfRequests(marked.input).error == marked.error)
        }
    }

    @Test func rule4TakesChunksApart() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
        let transcript = transcriptOfRequests(head + "3\r\nabc\r\n0\r\n\r\n")
        #expect(transcript.entries == [.head(head), .body("abc"), .end])
        #expect(transcript.endOfInput == .betweenMessages)
    }

    @Test func rule4RejectsRequestsWhoseLastCodingIsNotChunked() {
        let marked = MarkedInput(
            "POST / HTTP/1.1\r\nTransfer-Encoding: →gzip\r\n\r\n",
            .unsupportedTransferEncoding
        )
        #expect(transcriptOfRequests(marked.input).error == marked.error)
    }

    @Test func rule5RejectsContentLengthsThatDiffer() {
        let marked = MarkedInput(
            "POST / HTTP/1.1\r\nContent-Length: 3\r\ncontent-length: →4\r\n\r\n",
            .ambiguousContentLength
        )
        #expect(transcriptOfRequests(marked.input).error == marked.error)
    }

    @Test(arguments: ["Content-Length: 3, 3", "Content-Length: 3\r\ncontent-length: 03"])
    func rule5AcceptsTheSameContentLengthAgain(fields: String) {
        let head = "POST / HTTP/1.1\r\n\(fields)\r\n\r\n"
        #expect(transcriptOfRequests(head + "abc").entries == [.head(head), .body("abc"), .end])
    }

    @Test func rule6TakesContentLengthBytes() {
        let head = "PUT /a HTTP/1.0\r\nContent-Length: 4\r\n\r\n"
        #expect(transcriptOfRequests(head + "GET ").entries == [.head(head), .body("GET "), .end])
    }

    @Test func rule6WithZeroHasNoBody() {
        let head = "PUT /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
        #expect(transcriptOfRequests(head).entries == [.head(head), .end])
    }

    @Test func largestContentLengthFitsIn63Bits() {
        let head = "PUT / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n"
        let transcript = transcriptOfRequests(head + "abc")
        #expect(transcript.entries == [.head(head), .body("abc")])
        #expect(transcript.endOfInput == .insideBody)
        let marked = MarkedInput(
            "PUT / HTTP/1.1\r\nContent-Length: →9223372036854775808\r\n\r\n",
            .ambiguousContentLength
        )
        #expect(transcriptOfRequests(marked.input).error == marked.error)
    }

    @Test(arguments: ["GET", "POST", "HEAD", "MADE-UP"])
    func rule7WithoutFieldsHasNoBody(method: String) {
        let head = "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(
            transcriptOfRequests(head + head).entries == [.head(head), .end, .head(head), .end]
        )
    }

    @Test func pipelinedRequestsComeInTheirOrder() {
        let chunked = "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        let sized = "POST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
        let plain = "GET /3 HTTP/1.1\r\n\r\n"
        let input = chunked + "1\r\nx\r\n0\r\nA: b\r\n\r\n" + sized + "yz" + plain
        let transcript = transcriptOfRequests(input)
        #expect(
            transcript.entries == [
                .head(chunked), .body("x"), .trailers("A: b\r\n"), .end,
                .head(sized), .body("yz"), .end, .head(plain), .end,
            ]
        )
    }

    @Test func errorsCountFromTheirOwnMessage() {
        let marked = MarkedInput("GET / HTTP/1.1\r\nA→ : b\r\n\r\n", .malformedFieldLine)
        let first = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"
        #expect(transcriptOfRequests(first + "\r\n" + marked.input).error == marked.error)
    }

    @Test func emptyLinesInFrontOfARequestAreIgnored() {
        let head = "GET / HTTP/1.1\r\n\r\n"
        let transcript = transcriptOfRequests("\r\n\n" + head + "\r\n" + head + "\r\n")
        #expect(
            transcript.entries == [
                .padding("\r\n\n"), .head(head), .end, .padding("\r\n"), .head(head), .end,
                .padding("\r\n"),
            ]
        )
        #expect(transcript.endOfInput == .betweenMessages)
    }

    @Test(arguments: [
        ("", EndOfInput.betweenMessages),
        ("GET / HTTP/1.1\r\nHo", .insideHead),
        ("G", .insideHead),
        ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na", .insideBody),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", .insideBody),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .betweenMessages),
        ("CONNECT a:1 HTTP/1.1\r\n\r\n", .betweenMessages),
    ])
    func endOfTheConnectionIsNamed(input: String, endOfInput: EndOfInput) {
        #expect(transcriptOfRequests(input).endOfInput == endOfInput)
    }
}

/// Requests behind which the connection may leave HTTP.
@Suite struct LeavingHTTPTests {
    private let connect = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"
    private let upgrade =
        "POST /chat HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Content-Length: 2\r\n\r\n"

    @Test func decoderPausesBehindConnect() {
        let transcript = transcriptOfRequests(connect + "\u{16}\u{03}\u{01}")
        #expect(
            transcript.entries == [.head(connect), .end, .paused("\u{16}\u{03}\u{01}")]
        )
        #expect(transcript.endOfInput == .betweenMessages)
    }

    @Test func decoderPausesBehindTheBodyOfAnUpgrade() {
        let transcript = transcriptOfRequests(upgrade + "hi\u{81}")
        #expect(
            transcript.entries == [.head(upgrade), .body("hi"), .end, .paused("\u{81}")]
        )
    }

    @Test func acceptedSwitchMakesTheRestOpaque() {
        let transcript = transcriptOfRequests(
            upgrade + "hiGET / HTTP/1.1\r\n\r\n",
            resumingInTunnel: true
        )
        #expect(
            transcript.entries == [
                .head(upgrade), .body("hi"), .end, .opaque("GET / HTTP/1.1\r\n\r\n"),
            ]
        )
        #expect(transcript.endOfInput == .insideTunnel)
    }

    @Test func refusedSwitchGoesOnWithRequests() {
        let next = "GET / HTTP/1.1\r\n\r\n"
        let transcript = transcriptOfRequests(connect + next, resumingInTunnel: false)
        #expect(transcript.entries == [.head(connect), .end, .head(next), .end])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: upgrade\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        "connect a.test:443 HTTP/1.1\r\n\r\n",
        "CONNECTED / HTTP/1.1\r\n\r\n",
    ])
    func otherRequestsDoNotPause(head: String) {
        #expect(transcriptOfRequests(head).entries == [.head(head), .end])
    }
}
