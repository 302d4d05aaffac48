import HTTPWire
import Testing

/// The chunked transfer coding (RFC 9112, section 7.1).
@Suite struct ChunkedDecoderTests {
    private static let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func entries(_ body: String) -> [Transcript.Entry] {
        transcriptOfRequests(Self.head + body).entries
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""),
        ("000\r\n\r\n", ""),
        ("3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("03\r\nabc\r\n00\r\n\r\n", "abc"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
        ("1;name=value\r\na\r\n1 ; n=\"a;b\" \r\nb\r\n0;last\r\n\r\n", "ab"),
        ("1 \r\na\r\n1\t\r\nb\r\n0  \r\n\r\n", "ab"),
        ("1;\u{80}\u{FF}\r\na\r\n0\r\n\r\n", "a"),
    ])
    func chunksAreJoined(body: String, data: String) {
        let found: [Transcript.Entry] = data.isEmpty ? [] : [.body(data)]
        #expect(entries(body) == [.head(Self.head)] + found + [.end])
    }

    @Test func trailersAreKeptAsTheyCame() {
        #expect(
            entries("1\r\na\r\n0\r\nX-A:  1 \r\nx-a:2\r\n\r\n") == [
                .head(Self.head), .body("a"), .trailers("X-A:  1 \r\nx-a:2\r\n"), .end,
            ]
        )
    }

    @Test(arguments: [
        MarkedInput("→\r\n", .malformedChunkSize),
        MarkedInput("→ 1\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("→+1\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("→-1\r\n", .malformedChunkSize),
        MarkedInput("0→x1\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1→h\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1 →1\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1→\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1;a→\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1\r→a\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1;a\r→b\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1;a→\u{0}\r\na\r\n0\r\n\r\n", .malformedChunkSize),
        MarkedInput("1\r\na→\n0\r\n\r\n", .malformedChunkEnd),
        MarkedInput("1\r\na→b\r\n0\r\n\r\n", .malformedChunkEnd),
        MarkedInput("1\r\na\r→\r\n0\r\n\r\n", .malformedChunkEnd),
        MarkedInput("800000000000000→0\r\n", .chunkTooLarge),
        MarkedInput("1000000000000000→0\r\n", .chunkTooLarge),
        MarkedInput("FFFFFFFFFFFFFFF→F\r\n", .chunkTooLarge),
        MarkedInput("0\r\n→\n", .forbiddenByte(0x0A)),
        MarkedInput("0\r\nA: b→\n\r\n", .forbiddenByte(0x0A)),
        MarkedInput("1\r\na\r\n0\r\nA: b\r\nC→ : d\r\n\r\n", .malformedFieldLine),
        MarkedInput("0\r\nA: b\r\n→ c\r\n\r\n", .foldedFieldLine),
        MarkedInput("0\r\nA: →\rb\r\n\r\n", .forbiddenByte(0x0D)),
    ])
    func malformedFramingIsRejectedWhereItIs(marked: MarkedInput) {
        var error = marked.error
        error.offset += bytes(Self.head).count
        #expect(transcriptOfRequests(Self.head + marked.input).error == error)
    }

    @Test func largestChunkSizeFitsIn63Bits() {
        #expect(entries("07FFFFFFFFFFFFFFF\r\nabc") == [.head(Self.head), .body("abc")])
    }

    @Test func chunkLineMayFillItsLimitAndNoMore() {
        let limit = 16_384
        let extensions = String(repeating: "e", count: limit - 4)  // 1 ; CR LF
        let first = Self.head + "1\r\nx\r\n"
        func transcript(_ line: String) -> Transcript {
            let input = bytes(first + line + "\r\na\r\n0\r\n\r\n")
            let pieces = input.indices.map { input[$0...$0] }
            #expect(
                transcriptOfRequests(inPieces: pieces)
                    == transcriptOfRequests(inPieces: [input[...]])
            )
            return transcriptOfRequests(inPieces: pieces)
        }
        #expect(
            transcript("1;" + extensions).entries == [.head(Self.head), .body("xa"), .end]
        )
        #expect(
            transcript("1;e" + extensions).error
                == WireError(.chunkLineTooLong(limit: limit), at: bytes(first).count + limit)
        )
    }

    @Test func trailerSectionMayFillItsLimitAndNoMore() {
        let limits = DecoderLimits(headByteCount: 64)
        let padding = String(repeating: "v", count: 64 - 7)  // A : CR LF CR LF and one more
        let lastChunk = Self.head + "0\r\n"
        func transcript(_ trailers: String) -> Transcript {
            transcriptOfRequests(lastChunk + trailers + "\r\n\r\n", limits: limits)
        }
        #expect(
            transcript("A: " + padding).entries == [
                .head(Self.head), .trailers("A: \(padding)\r\n"), .end,
            ]
        )
        #expect(
            transcript("A: v" + padding).error
                == WireError(.headTooLarge(limit: 64), at: bytes(lastChunk).count + 64)
        )
    }
}
