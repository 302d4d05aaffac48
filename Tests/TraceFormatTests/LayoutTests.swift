import Testing

@testable import TraceFormat

/// The bytes of `docs/trace-format.md`, spelled out.
@Suite struct LayoutTests {
    /// A trace of one connection and one exchange, put together by hand with `struct.pack` and
    /// `zlib.crc32` of Python.
    static let records: [TraceRecord] = [
        .opened(ConnectionOpening(connection: 0, client: "c:1", server: "s:2", time: -1)),
        .exchange(
            Exchange(
                connection: 0,
                sequence: 0,
                request: RecordedMessage(
                    head: Array("GET / HTTP/1.1\r\n\r\n".utf8),
                    firstByteTime: 300,
                    lastByteTime: 301,
                    isComplete: true
                ),
                response: RecordedResponse(
                    status: 200,
                    message: RecordedMessage(
                        head: Array("HTTP/1.1 200 OK\r\n\r\n".utf8),
                        body: RecordedBody(
                            length: 2,
                            wireLength: 2,
                            fingerprint: Fingerprint(
                                high: 0x0011_2233_4455_6677,
                                low: 0x8899_AABB_CCDD_EEFF
                            ),
                            bytes: Array("ok".utf8)
                        ),
                        firstByteTime: 310,
                        lastByteTime: 320,
                        isComplete: true
                    )
                ),
                end: .complete
            )
        ),
        .closed(ConnectionClosing(connection: 0, time: 400, by: .server)),
    ]

    static let recordBytes = joined(
        // An opening: size, tag, connection, has a time, -1 as zigzag, two texts.
        [12, 0, 0, 0, 1, 0, 1, 1, 3],
        utf8("c:1"),
        [3],
        utf8("s:2"),
        // An exchange: size, tag, connection, sequence, end, 300 as zigzag.
        [77, 0, 0, 0, 2, 0, 0, 0, 0xD8, 0x04],
        // The request: complete with an empty body, 1 ns long, its head, no trailers.
        [3, 2, 18],
        utf8("GET / HTTP/1.1\r\n\r\n"),
        [0],
        // No interim response; a response with status 200, 10 ns later.
        [0, 1, 0xC8, 0x01, 20],
        // The response: complete with its body kept, 10 ns long, its head, no trailers.
        [5, 20, 19],
        utf8("HTTP/1.1 200 OK\r\n\r\n"),
        [0],
        // Its body: length, wire length, fingerprint, bytes.
        [2, 2, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77],
        [0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 2],
        utf8("ok"),
        // A closing: size, tag, connection, 400 as zigzag, the server.
        [5, 0, 0, 0, 3, 0, 0xA0, 0x06, 2]
    )

    @Test func recordsAreTheseBytes() throws {
        #expect(HandmadeFile.payload(Self.records) == Self.recordBytes)
        let decoded = try decodeTraceRecords(Self.recordBytes, count: 3, isLaterMinor: false)
        #expect(decoded == Self.records)
    }

    @Test func fileHeaderIsTheseBytes() {
        let header = FileHeader(kind: .trace, version: FormatVersion(major: 1, minor: 0))
        let expected = joined(
            [0x89, 0x4D, 0x49, 0x4B, 0x52, 0x0D, 0x0A, 0x1A, 1, 0, 1, 0, 0, 0],
            [UInt8](repeating: 0, count: 14),
            [0x34, 0x8A, 0xB3, 0x61]
        )
        #expect(header.encoded() == expected)
    }

    @Test func blockHeaderIsTheseBytes() throws {
        let header = BlockHeader(
            kind: 2,
            storedSize: 0x0102,
            rawSize: 0x0304,
            recordCount: 5,
            times: -2...6,
            offset: 0x0708,
            payloadChecksum: 0x1122_3344
        )
        let expected = joined(
            [0x6D, 0x72, 0x62, 0xB1, 2, 0, 0, 0, 0x02, 1, 0, 0, 0x04, 3, 0, 0, 5, 0, 0, 0],
            [0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [6, 0, 0, 0, 0, 0, 0, 0, 0x08, 7, 0, 0, 0, 0, 0, 0, 0x44, 0x33, 0x22, 0x11],
            [0, 0, 0, 0, 0, 0, 0, 0],
            [0xAD, 0xA5, 0xC9, 0x0B]
        )
        #expect(header.encoded() == expected)
        #expect(try BlockHeader.decode(expected, offset: 0x0708, major: 1) == header)
    }

    @Test func trailerIsTheseBytes() {
        let trailer = Trailer(indexOffset: 0x0102, fileSize: 0x0304)
        let expected = joined(
            [0x89, 0x4D, 0x49, 0x4B, 0x45, 0x0D, 0x0A, 0x1A, 0x02, 1, 0, 0, 0, 0, 0, 0],
            [0x04, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x73, 0xE4, 0x3D, 0x22]
        )
        #expect(trailer.encoded() == expected)
        #expect(Trailer.decode(expected, fileSize: 0x0304) == trailer)
        #expect(Trailer.decode(expected, fileSize: 0x0305) == nil)
    }

    /// A whole unfinished trace whose payloads are stored, not compressed, in their zlib streams.
    @Test func fileMadeByHandIsRead() throws {
        let contents = try TraceContents(Self.fileMadeByHand)
        #expect(contents.info.writer == "hand")
        #expect(contents.info.epoch == 5)
        #expect(contents.records == Self.records)
        #expect(contents.damage == [.unfinished])
        #expect(
            contents.summary.contentHash
                == "65975a0004514aa68a6f15228f791fbb6115471dc480a152ad68d4831c3e97c4"
        )
        #expect(contents.summary.lastTime == 400)
    }

    static let fileMadeByHand: [UInt8] = [
        0x89, 0x4D, 0x49, 0x4B, 0x52, 0x0D, 0x0A, 0x1A, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x34, 0x8A, 0xB3,
        0x61,
        0x6D, 0x72, 0x62, 0xB1, 0x01, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x1D, 0x00, 0x00,
        0x00,
        0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x1B, 0x1B, 0x35, 0xB4, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xAF, 0xF6, 0xD9,
        0xA4,
        0x78, 0x01, 0x01, 0x1D, 0x00, 0xE2, 0xFF, 0x02, 0x06, 0x77, 0x72, 0x69, 0x74, 0x65, 0x72,
        0x04,
        0x68, 0x61, 0x6E, 0x64, 0x0D, 0x65, 0x70, 0x6F, 0x63, 0x68, 0x5F, 0x75, 0x6E, 0x69, 0x78,
        0x5F,
        0x6E, 0x73, 0x01, 0x35, 0x90, 0xD6, 0x09, 0xFA, 0x6D, 0x72, 0x62, 0xB1, 0x02, 0x00, 0x00,
        0x00,
        0x75, 0x00, 0x00, 0x00, 0x6A, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x90, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x88, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x47, 0xA6, 0xC8, 0x68, 0x00, 0x00, 0x00,
        0x00,
        0x00, 0x00, 0x00, 0x00, 0x8D, 0x8F, 0xEE, 0x26, 0x78, 0x01, 0x01, 0x6A, 0x00, 0x95, 0xFF,
        0x0C,
        0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x01, 0x03, 0x63, 0x3A, 0x31, 0x03, 0x73, 0x3A, 0x32,
        0x4D,
        0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0xD8, 0x04, 0x03, 0x02, 0x12, 0x47, 0x45, 0x54,
        0x20,
        0x2F, 0x20, 0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0x31, 0x0D, 0x0A, 0x0D, 0x0A, 0x00,
        0x00,
        0x01, 0xC8, 0x01, 0x14, 0x05, 0x14, 0x13, 0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E, 0x31,
        0x20,
        0x32, 0x30, 0x30, 0x20, 0x4F, 0x4B, 0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x02, 0x02, 0x00, 0x11,
        0x22,
        0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x02, 0x6F,
        0x6B,
        0x05, 0x00, 0x00, 0x00, 0x03, 0x00, 0xA0, 0x06, 0x02, 0x71, 0x3E, 0x14, 0xAC,
    ]

    @Test func outcomeIsTheseBytes() throws {
        var outcome = Outcome(
            index: 7,
            connection: 1,
            sequence: 2,
            method: "GET",
            target: "/a",
            due: 1000,
            result: .failed(.responseTruncated)
        )
        outcome.sent = 1010
        outcome.end = 1200
        outcome.blocked = 4
        outcome.status = 200
        outcome.requestByteCount = 40
        outcome.responseHeadByteCount = 300
        outcome.requestID = "r"
        let start: [UInt8] = [7, 1, 2, 0b0010_1010, 0b0000_0001, 1, 4]
        let rest = joined(
            [0xD0, 0x0F, 8, 20, 0x90, 0x03, 40, 0xAC, 0x02, 0, 0xC8, 0x01, 1],
            utf8("r")
        )
        let first = joined(start, [0, 3], utf8("GET"), [0, 2], utf8("/a"), rest)
        let second = joined(start, [1, 2], rest)
        let bytes = joined([30, 0, 0, 0], first, [23, 0, 0, 0], second)
        #expect(try decodeOutcomes(bytes, count: 2, isLaterMinor: false) == [outcome, outcome])
    }

    @Test func endingOfATraceIsTheseBytes() {
        var ledger = Ledger()
        ledger["g", "c"] = 300
        var bytes: [UInt8] = []
        bytes.append(
            ending: TraceSummary(
                exchanges: 1,
                connections: 2,
                firstRequestTime: nil,
                lastTime: 3,
                contentHash: "ab",
                ledger: ledger
            )
        )
        let expected = joined(
            [1, 2, 0, 1, 6, 2],
            utf8("ab"),
            [1, 1],
            utf8("g"),
            [1, 1],
            utf8("c"),
            [0xAC, 0x02]
        )
        #expect(bytes == expected)
    }

    @Test func endingOfARunIsTheseBytes() {
        var bytes: [UInt8] = []
        bytes.append(ending: RunEnding(isPartial: true, duration: 64))
        #expect(bytes == [1, 0x80, 0x01, 0])
    }

    @Test func indexIsTheseBytes() throws {
        let entries = [
            IndexEntry(offset: 32, end: 232, kind: 1, recordCount: 4, times: 0...0),
            IndexEntry(offset: 232, end: 332, kind: 2, recordCount: 300, times: -1...64),
        ]
        var bytes: [UInt8] = []
        bytes.append(index: entries)
        #expect(
            bytes == [2, 0xC8, 0x01, 1, 4, 0, 0, 100, 2, 0xAC, 0x02, 1, 0x80, 0x01]
        )
        var cursor = ByteCursor(bytes)
        #expect(try cursor.index(endingAt: 332, major: 1) == entries)
    }

    @Test func indexOfVersion2IsTheseBytes() throws {
        let entry = IndexEntry(
            offset: 32,
            end: 132,
            kind: 2,
            recordCount: 3,
            exchangeCount: 2,
            connections: 1...300,
            times: 0...0
        )
        var bytes: [UInt8] = []
        bytes.append(index: [entry])
        #expect(bytes == [1, 100, 2, 3, 0, 0, 2, 1, 0xAC, 0x02])
        var cursor = ByteCursor(bytes)
        #expect(try cursor.index(endingAt: 132, major: 2) == [entry])
    }

    static let signedIntegers: [(Int64, [UInt8])] = [
        (0, [0]), (-1, [1]), (1, [2]), (63, [0x7E]), (64, [0x80, 1]),
        (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
    ]

    @Test(arguments: signedIntegers)
    func signedIntegersAreTheseBytes(value: Int64, expected: [UInt8]) throws {
        var bytes: [UInt8] = []
        bytes.append(signed: value)
        #expect(bytes == expected)
        var cursor = ByteCursor(bytes)
        #expect(try cursor.signed() == value)
        #expect(cursor.isAtEnd)
    }
}

private func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

private func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
