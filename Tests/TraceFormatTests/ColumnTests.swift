import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct ColumnTests {
    private func roundTrip(_ values: [Int64]) throws -> (bytes: [UInt8], values: [Int64]) {
        var bytes: [UInt8] = []
        bytes.append(integers: values)
        var cursor = ByteCursor(bytes)
        let read = try cursor.integers(count: values.count)
        #expect(cursor.isAtEnd)
        return (bytes, read)
    }

    @Test func integersComeBackWhateverTheirOrder() throws {
        let columns: [[Int64]] = [
            [], [5], [.min, .max, 0, .min], [1, 2, 3, 4, 5], [0, 10, 30, 60, 100],
            [7, 7, 7, 7, 7, 7], [.max, .max, .min, .min, -1],
        ]
        for column in columns { #expect(try roundTrip(column).values == column) }
    }

    @Test func regularIntegersTakeOneByteEach() throws {
        let steady = (0..<100).map { Int64($0) * 1_000_003 + 5 }
        #expect(try roundTrip(steady).bytes.count < 110)
        #expect(try roundTrip(steady).bytes[0] == 2)
        let same = [Int64](repeating: 123_456_789, count: 100)
        #expect(try roundTrip(same).bytes[0] == 1)
    }

    static let texts: [(text: String, decimals: [Int64], digits: [UInt8])] = [
        ("", [], []),
        ("/run/cart/items/42?page=7", [42, 7], []),
        ("user17", [17], []),
        ("x86_64", [], []),
        ("007", [7], []),
        ("0", [0], []),
        ("Sun, 06 Nov 1994 08:49:37 GMT", [6, 1994, 8, 49, 37], []),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", [0, 1],
            [
                0x0A, 0xF7, 0x65, 0x19, 0x16, 0xCD, 0x43, 0xDD, 0x84, 0x48, 0xEB, 0x21, 0x1C,
                0x80, 0x31, 0x9C, 0xB7, 0xAD, 0x6B, 0x71, 0x69, 0x20, 0x33, 0x31,
            ]
        ),
        (
            "123E4567-E89B-12D3-A456-426614174000", [],
            [
                0x12, 0x3E, 0x45, 0x67, 0xE8, 0x9B, 0x12, 0xD3, 0xA4, 0x56, 0x42, 0x66, 0x14,
                0x17, 0x40, 0x00,
            ]
        ),
        ("deadbeef1", [], [0xDE, 0xAD, 0xBE, 0xEF, 0x10]),
        ("DEADbeef", [], []),
        ("1234567890123456789", [], [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90]),
        ("999999999999999999", [999_999_999_999_999_999], []),
    ]

    @Test(arguments: texts)
    func numbersAreTakenOutOfTexts(text: String, decimals: [Int64], digits: [UInt8]) throws {
        var splitter = TextSplitter()
        let bytes = Array(text.utf8)
        splitter.split(bytes, bytes.indices)
        #expect(splitter.decimals == decimals)
        #expect(splitter.digits == digits)
        #expect(try textRoundTrip([bytes]) == [bytes])
    }

    private func textRoundTrip(_ texts: [[UInt8]]) throws -> [[UInt8]] {
        var encoder = TextColumnsEncoder(plainFieldCount: 1)
        for text in texts {
            encoder.append(text, field: 0)
            encoder.append(head: text)
        }
        var writer = ColumnPayloadWriter()
        encoder.write(to: &writer, base: 8)
        let (payload, rawSize) = writer.finished()
        let reader = try ColumnPayloadReader(payload, rawSize: rawSize)
        var decoder = try TextColumnsDecoder(
            reader,
            base: 8,
            plainFieldCount: 1,
            limit: encoder.textSize
        )
        let read = try texts.map { _ in
            let text = try decoder.next(field: 0)
            #expect(try decoder.nextHead() == text)
            return text
        }
        #expect(decoder.isAtEnd)
        return read
    }

    /// Texts of the pieces that heads are made of, in any order, so that cuts fall everywhere.
    @Test(arguments: 0..<40)
    func anyTextComesBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "GET ", "/a", " HTTP/1.1", "\r\n", "\n", "\r", "Host: ", "host:", ":", " ", "0", "12",
            "007", "deadbeef", "DEADBEEF", "-", "123e4567-e89b-12d3-a456-426614174000", "HTTP/",
            "12:05:09", "99999999999999999999", "x", "\u{0}", "é",
        ]
        let texts = (0..<30).map { _ in
            Array(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }.joined().utf8
            )
        }
        #expect(try textRoundTrip(texts) == texts)
    }

    @Test(arguments: 0..<200)
    func decodersNeverTrapOnMutatedColumns(seed: UInt64) throws {
        var records = RandomRecords(seed: seed)
        var contents = ContentDictionary()
        var encoder = TraceColumnsEncoder(position: 1000, greatestConnection: 3)
        for _ in 0..<4 {
            encoder.append(records.record(), contents: &contents)
            let body = [UInt8](repeating: 7, count: 1100)
            encoder.append(sampleExchange(time: 2, body: body), contents: &contents)
        }
        var outcomes = OutcomeColumnsEncoder()
        for _ in 0..<4 { outcomes.append(records.outcome()) }
        for (payload, rawSize) in [encoder.finished(), outcomes.finished()] {
            var payload = payload
            for _ in 0..<Int.random(in: 1...3, using: &records.random) {
                let offset = Int.random(in: payload.indices, using: &records.random)
                payload[offset] =
                    [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &records.random) ?? 2
            }
            // What they make of it does not matter as long as they come back.
            guard let reader = try? ColumnPayloadReader(payload, rawSize: rawSize) else { continue }
            _ = try? BodyColumnsDecoder.earlierPlaces(reader, blockOffset: 1000)
            let entry = IndexEntry(
                offset: 1000,
                end: 9000,
                kind: BlockKind.records.rawValue,
                recordCount: 8,
                times: Layout.times
            )
            var decoder = try? TraceColumnsDecoder(reader, entry, earlier: [:])
            _ = try? decoder?.records()
            var outcomeDecoder = try? OutcomeColumnsDecoder(reader, count: 4)
            for outcome in (try? outcomeDecoder?.outcomes()) ?? [] {
                _ = (outcome.responseTime, outcome.clientLag)
            }
        }
    }

    @Test func textsAreNotMadeLargerThanDeclared() throws {
        var encoder = TextColumnsEncoder(plainFieldCount: 1)
        let value = [UInt8](repeating: 0x78, count: 1000)
        for _ in 0..<1000 { encoder.append(value, field: 0) }
        var writer = ColumnPayloadWriter()
        encoder.write(to: &writer, base: 8)
        let (payload, rawSize) = writer.finished()
        #expect(payload.count < 200)
        let reader = try ColumnPayloadReader(payload, rawSize: rawSize)
        var decoder = try TextColumnsDecoder(reader, base: 8, plainFieldCount: 1, limit: 2500)
        _ = try decoder.next(field: 0)
        _ = try decoder.next(field: 0)
        #expect(throws: BlockFault.sizesOutOfRange) { try decoder.next(field: 0) }
    }

    @Test func unknownColumnIsDamageUnlessTheMinorVersionIsLater() throws {
        var contents = ContentDictionary()
        let known = try #require(Layout.knownMinors[2])
        for minor in [known, known + 1] {
            let version = FormatVersion(major: 2, minor: minor)
            var file = HandmadeFile(version: version)
            var encoder = TraceColumnsEncoder(
                position: Int64(file.bytes.count),
                greatestConnection: 0
            )
            encoder.append(sampleExchange(time: 3), contents: &contents)
            var (payload, rawSize) = encoder.finished()
            // One more column, of the highest identifier and one byte.
            payload[0] += 1
            let directoryEnd = try directoryEnd(of: payload)
            payload.insert(contentsOf: [0x7F, 0, 1], at: directoryEnd)
            payload.append(9)
            rawSize += 4
            file.append(
                kind: BlockKind.records.rawValue,
                stored: payload,
                rawSize: rawSize,
                recordCount: 1,
                times: 3...3,
                change: { $0[20] = 1 }
            )
            let contents = try TraceContents(file.bytes)
            #expect(contents.records == (minor == known ? [] : [sampleExchange(time: 3)]))
            #expect(contents.damage.count == (minor == known ? 2 : 1))
        }
    }

    private func directoryEnd(of payload: [UInt8]) throws -> Int {
        var cursor = ByteCursor(payload)
        for _ in 0..<(try cursor.variable() - 1) {
            _ = try cursor.variable()
            let coding = try cursor.byte()
            _ = try cursor.variable()
            if coding != 0 { _ = try cursor.variable() }
        }
        return cursor.offset
    }
}
