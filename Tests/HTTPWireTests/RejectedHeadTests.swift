import HTTPWire
import Testing

/// Heads that different readers could understand differently, or that are not HTTP/1.x.
@Suite struct RejectedHeadTests {
    @Test(arguments: [
        MarkedInput("→ GET / HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET→\r\n\r\n", .malformedStartLine),
        MarkedInput("G→\u{0}T / HTTP/1.1\r\n\r\n", .forbiddenByte(0)),
        MarkedInput("G→@T / HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("→\u{80}GET / HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET→\t/ HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET → / HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET / → HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET /a →b HTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET /→\tHTTP/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET /a→\u{0} HTTP/1.1\r\n\r\n", .forbiddenByte(0)),
        MarkedInput("GET /a→\rb HTTP/1.1\r\n\r\n", .forbiddenByte(0x0D)),
        MarkedInput("GET /a→\u{7F} HTTP/1.1\r\n\r\n", .forbiddenByte(0x7F)),
        MarkedInput("GET / HTTP/1.1→ \r\n\r\n", .malformedStartLine),
        MarkedInput("GET / HTTP/1.1→0\r\n\r\n", .malformedStartLine),
        MarkedInput("GET / HTTP/1.1→\r\r\n\r\n", .forbiddenByte(0x0D)),
        MarkedInput("GET / →http/1.1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET / →HTTP/1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET / →HTTP/1,1\r\n\r\n", .malformedStartLine),
        MarkedInput("GET / →HTTP/2.0\r\n\r\n", .unsupportedVersion),
        MarkedInput("GET / →HTTP/0.9\r\n\r\n", .unsupportedVersion),
    ])
    func requestLineIsRejectedWhereItIsWrong(marked: MarkedInput) {
        #expect(transcriptOfRequests(marked.input).entries == [.failed(marked.error)])
    }

    @Test(arguments: ["\r\n\r\n", "\n\n", "\r\nHost: a\r\n\r\n"])
    func http09RequestIsNamed(rest: String) {
        let error = transcriptOfRequests("GET /" + rest).error
        #expect(error == WireError(.unsupportedVersion, at: 5))
    }

    @Test func http2PrefaceIsNamed() {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        let error = transcriptOfRequests(preface).error
        #expect(error == WireError(.http2Preface, at: 0))
        #expect(error?.description == "the connection speaks HTTP/2 from its first byte")
        let other = transcriptOfRequests("PRI * HTTP/2.0x\r\n\r\n").error
        #expect(other == WireError(.unsupportedVersion, at: 6))
    }

    @Test(arguments: [
        MarkedInput("→SSH-2.0-OpenSSH\r\n\r\n", .malformedStartLine),
        MarkedInput("→H\n\n", .malformedStartLine),
        MarkedInput("→\u{0}\n\n", .forbiddenByte(0)),
        MarkedInput("→HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        MarkedInput("→HTTP/2 200 OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1→\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1→\t200 OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 → 200 OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 20→\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 20→x OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 →099 OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 200→0 OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 200→OK\r\n\r\n", .malformedStartLine),
        MarkedInput("HTTP/1.1 200 O→\u{0}K\r\n\r\n", .forbiddenByte(0)),
        MarkedInput("HTTP/1.1 200 O→\rK\r\n\r\n", .forbiddenByte(0x0D)),
    ])
    func statusLineIsRejectedWhereItIsWrong(marked: MarkedInput) {
        #expect(transcriptOfResponses(marked.input).entries == [.failed(marked.error)])
    }

    @Test(arguments: [
        MarkedInput("Host→ : a", .malformedFieldLine),
        MarkedInput("Host→\t: a", .malformedFieldLine),
        MarkedInput("Host→", .malformedFieldLine),
        MarkedInput("→: a", .malformedFieldLine),
        MarkedInput("Ho→\u{E9}st: a", .malformedFieldLine),
        MarkedInput("Ho→\u{0}st: a", .malformedFieldLine),
        MarkedInput("Ho→\rst: a", .malformedFieldLine),
        MarkedInput("→ Host: a", .foldedFieldLine),
        MarkedInput("A: b\r\n→ c", .foldedFieldLine),
        MarkedInput("A: b\r\n→\tc: d", .foldedFieldLine),
        MarkedInput("A: b\r\n→ ", .foldedFieldLine),
        MarkedInput("A: b→\rc", .forbiddenByte(0x0D)),
        MarkedInput("A: b→\r", .forbiddenByte(0x0D)),
        MarkedInput("A: →\u{0}", .forbiddenByte(0)),
        MarkedInput("A: b→\u{1B}", .forbiddenByte(0x1B)),
        MarkedInput("A: b→\u{7F}", .forbiddenByte(0x7F)),
    ])
    func fieldLineIsRejectedWhereItIsWrong(marked: MarkedInput) {
        for startLine in ["GET / HTTP/1.1\r\n", "GET / HTTP/1.0\n"] {
            var error = marked.error
            error.offset += bytes(startLine).count
            #expect(
                transcriptOfRequests(startLine + marked.input + "\r\n\r\n").entries
                    == [.failed(error)]
            )
        }
        var error = marked.error
        error.offset += 17
        let response = transcriptOfResponses("HTTP/1.1 200 OK\r\n" + marked.input + "\r\n\r\n")
        #expect(response.entries == [.failed(error)])
    }

    @Test(arguments: [
        MarkedInput("Content-Length: →+5", .ambiguousContentLength),
        MarkedInput("Content-Length: →-5", .ambiguousContentLength),
        MarkedInput("Content-Length: →0x5", .ambiguousContentLength),
        MarkedInput("Content-Length: →5 5", .ambiguousContentLength),
        MarkedInput("Content-Length: →5.0", .ambiguousContentLength),
        MarkedInput("Content-Length: →\"5\"", .ambiguousContentLength),
        MarkedInput("Content-Length:→", .ambiguousContentLength),
        MarkedInput("Content-Length: 5,→", .ambiguousContentLength),
        MarkedInput("Content-Length: →,5", .ambiguousContentLength),
        MarkedInput("Content-Length: 5, →6", .ambiguousContentLength),
        MarkedInput("Content-Length: 5\r\nContent-Length: →", .ambiguousContentLength),
        MarkedInput("Content-Length: →99999999999999999999", .ambiguousContentLength),
        MarkedInput("Transfer-Encoding:→", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: →,chunked", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: chunked,→", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: chunked, →chunked", .unsupportedTransferEncoding),
        MarkedInput(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: →Chunked",
            .unsupportedTransferEncoding
        ),
        MarkedInput("Transfer-Encoding: chunked, →gzip", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: chunked, →identity", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: →chunked;a=b", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: →x;a=\"b, chunked\"", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: →\"chunked\"", .unsupportedTransferEncoding),
        MarkedInput("Transfer-Encoding: →chunked gzip", .unsupportedTransferEncoding),
        MarkedInput("Content-Length: 3\r\nTransfer-Encoding: →gzip", .conflictingFraming),
        MarkedInput("Content-Length: 3\r\nTransfer-Encoding: →identity", .conflictingFraming),
    ])
    func framingFieldsAreRejectedInBothDirections(marked: MarkedInput) {
        for startLine in ["POST /a HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n"] {
            var error = marked.error
            error.offset += bytes(startLine).count
            let input = startLine + marked.input + "\r\n\r\n"
            let transcript =
                startLine.hasPrefix("POST")
                ? transcriptOfRequests(input) : transcriptOfResponses(input)
            #expect(transcript.entries == [.failed(error)])
        }
    }

    @Test func transferEncodingIsRejectedInHTTP10() {
        let fields = "Transfer-Encoding: →chunked\r\n\r\n"
        let request = MarkedInput("POST / HTTP/1.0\r\n" + fields, .unsupportedTransferEncoding)
        #expect(transcriptOfRequests(request.input).error == request.error)
        let response = MarkedInput("HTTP/1.0 200 OK\r\n" + fields, .unsupportedTransferEncoding)
        #expect(transcriptOfResponses(response.input).error == response.error)
    }

    @Test func errorsSayWhatAndWhere() {
        #expect(
            WireError(.forbiddenByte(0), at: 7).description
                == "byte 0x0 at byte 7 may not stand there"
        )
        #expect(
            WireError(.conflictingFraming, at: 36).description
                == "Transfer-Encoding at byte 36 contradicts Content-Length"
        )
        #expect(
            WireError(.headTooLarge(limit: 40), at: 40).description
                == "the head or trailer section that reaches byte 40 is over 40 bytes"
        )
    }
}
