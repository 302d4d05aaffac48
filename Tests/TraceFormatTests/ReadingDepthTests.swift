import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

/// What is left out when less than everything is asked for.
@Suite struct ReadingDepthTests {
    private func records(
        of bytes: [UInt8],
        reading depth: ReadingDepth
    ) throws -> [TimedRecord] {
        var records = try TraceReader(source: MemoryStorage(bytes), name: "a.mtr")
            .orderedByTime(reading: depth)
        var found: [TimedRecord] = []
        while let record = try records.next() { found.append(record) }
        #expect(records.damage == [])
        return found
    }

    private func randomFile(seed: UInt64) throws -> [UInt8] {
        var random = RandomRecords(seed: seed)
        let blocks = (0..<4).map { _ in (0..<30).map { _ in random.record() } }
        return try traceFile(blocks).bytes
    }

    private func withoutResponses(_ record: TraceRecord) -> TraceRecord {
        guard case .exchange(var exchange) = record else { return record }
        exchange.interim = []
        exchange.response?.message.head = []
        exchange.response?.message.trailers = []
        return .exchange(exchange)
    }

    private func outline(_ record: TraceRecord) -> TraceRecord {
        guard case .exchange(var exchange) = withoutResponses(record) else { return record }
        exchange.response?.message.body = .empty
        exchange.request.head = []
        exchange.request.body = .empty
        exchange.request.trailers = []
        return .exchange(exchange)
    }

    @Test(arguments: 0..<40)
    func requestsAreWholeWithoutTheHeadsOfResponses(seed: UInt64) throws {
        let bytes = try randomFile(seed: seed)
        let whole = try records(of: bytes, reading: .whole)
        let requests = try records(of: bytes, reading: .requests)
        #expect(requests.map(\.record) == whole.map { withoutResponses($0.record) })
        #expect(requests.map(\.exchangeIndex) == whole.map(\.exchangeIndex))
    }

    @Test(arguments: 0..<40)
    func outlineHasTheSameRecordsAndTheBeginningsOfHeads(seed: UInt64) throws {
        let bytes = try randomFile(seed: seed)
        let whole = try records(of: bytes, reading: .whole)
        let outlines = try records(of: bytes, reading: .outline)
        #expect(outlines.map { outline($0.record) } == whole.map { outline($0.record) })
        for (outline, whole) in zip(outlines, whole) {
            guard case .exchange(let outline) = outline.record,
                case .exchange(let whole) = whole.record
            else { continue }
            #expect(whole.request.head.starts(with: outline.request.head))
        }
    }

    @Test func outlineHasTheMethodAndTheSpaceBehindIt() throws {
        let heads = [
            "GET /a HTTP/1.1\r\n\r\n", "PROPFIND /b?c=1 HTTP/1.1\r\nHost: a\r\n\r\n", "x\r\n\r\n",
        ]
        let exchanges = heads.enumerated().map { place, head in
            var exchange = sampleExchange(time: Int64(place), body: [])
            if case .exchange(var inner) = exchange {
                inner.request.head = Array(head.utf8)
                exchange = .exchange(inner)
            }
            return exchange
        }
        let found = try records(of: traceFile([exchanges]).bytes, reading: .outline)
        let beginnings = found.compactMap { timed -> String? in
            guard case .exchange(let exchange) = timed.record else { return nil }
            return String(decoding: exchange.request.head, as: UTF8.self)
        }
        #expect(beginnings == ["GET ", "PROPFIND ", "x\r\n\r\n"])
    }

    /// A body that comes again is decoded with the one before it, whether or not heads are.
    @Test func bodiesOfResponsesKeepTheirFingerprintsWithoutHeads() throws {
        let exchanges: [TraceRecord] = (Int64(0)..<9).map { place in
            let record = sampleExchange(time: place, body: Array("body \(place % 3)".utf8))
            guard case .exchange(var exchange) = record else { return record }
            exchange.response?.message.body = exchange.request.body
            return .exchange(exchange)
        }
        let bytes = try traceFile([exchanges, exchanges]).bytes
        let fingerprints = try [ReadingDepth.whole, .requests].map { depth in
            try records(of: bytes, reading: depth).compactMap { timed -> Fingerprint? in
                guard case .exchange(let exchange) = timed.record else { return nil }
                return exchange.response?.message.body.fingerprint
            }
        }
        #expect(fingerprints[0] == fingerprints[1])
        #expect(Set(fingerprints[0]).count == 3)
    }

    /// The checksum of a block says nothing of whether a writer has put sense into it.
    @Test func wrongContentsAreNoticedByThoseWhoReadThem() throws {
        var contents = ContentDictionary()
        var encoder = TraceColumnsEncoder(position: 32, greatestConnection: 0)
        encoder.append(sampleExchange(time: 3), contents: &contents)
        let (whole, wholeSize) = encoder.finished()
        let columns = try ColumnPayloadReader(whole, rawSize: wholeSize)
        let shapes = TraceColumn.responseTexts.rawValue + TextColumn.shapeNumbers
        var writer = ColumnPayloadWriter()
        for size in columns.sizes {
            let bytes = try columns.column(size.column)
            writer.append(size.column, size.column == shapes ? [9] : bytes)
        }
        let (payload, rawSize) = writer.finished()
        let reader = try ColumnPayloadReader(payload, rawSize: rawSize)
        let entry = IndexEntry(
            offset: 32,
            end: 9000,
            kind: BlockKind.records.rawValue,
            recordCount: 1,
            times: 3...3
        )
        func count(reading depth: ReadingDepth) throws -> Int {
            var decoder = try TraceColumnsDecoder(reader, entry, depth: depth, earlier: [:])
            return try decoder.records().records.count
        }
        #expect(throws: BlockFault.self) { try count(reading: .whole) }
        #expect(try count(reading: .requests) == 1)
        #expect(try count(reading: .outline) == 1)
    }
}
