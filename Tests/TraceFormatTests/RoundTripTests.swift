import Testing

@testable import TraceFormat

@Suite struct RoundTripTests {
    @Test(arguments: 0..<20)
    func recordsComeBackAsTheyWere(seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        let records = (0..<100).map { _ in random.record() }
        let contents = try TraceContents(traceFile([records]).bytes)
        #expect(contents.records == records)
        #expect(contents.damage == [])
    }

    @Test(arguments: 0..<20)
    func outcomesComeBackAsTheyWere(seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        let outcomes = (0..<100).map { _ in random.outcome() }
        let contents = try RunContents(runFile([outcomes]))
        #expect(contents.outcomes == outcomes)
        #expect(
            contents.outcomes.map { Array($0.target.utf8) }
                == outcomes.map { Array($0.target.utf8) },
            "texts that are equal as Unicode keep their own bytes"
        )
        #expect(contents.damage == [])
    }

    @Test func infoAndEndingComeBack() throws {
        var info = sampleInfo
        info.epoch = -1
        info.notes["filter"] = "tcp port 3000"
        info.notes["writer"] = "a note of the same name"
        info.notes["\u{301}odd"] = ""
        let storage = MemoryStorage()
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: info)
        try writer.append(sampleExchange(time: 1000))
        try writer.append(
            .closed(ConnectionClosing(connection: 0, time: 5000, by: .serverReset))
        )
        let written = try writer.finish(ledger: sampleLedger())
        let contents = try TraceContents(storage.bytes)
        #expect(contents.info == info)
        #expect(contents.summary == written)
        #expect(written.exchanges == 1)
        #expect(written.connections == 0)
        #expect(written.firstRequestTime == 1000)
        #expect(written.lastTime == 5000)
        #expect(written.ledger == sampleLedger())
    }

    @Test func runInfoAndEndingComeBack() throws {
        var info = sampleRunInfo
        info.environment["host"] = "box"
        info.planned = .max
        let contents = try RunContents(runFile([], info: info))
        #expect(contents.info == info)
        let ending = RunEnding(isPartial: true, duration: 77, ledger: sampleLedger())
        #expect(contents.ending == ending)
        #expect(contents.outcomes == [])
    }

    @Test func traceWithoutRecordsIsWhole() throws {
        let contents = try TraceContents(traceFile([]).bytes)
        #expect(contents.records == [])
        #expect(contents.damage == [])
        #expect(contents.summary.exchanges == 0)
        #expect(contents.summary.firstRequestTime == nil)
        #expect(contents.summary.lastTime == nil)
    }

    @Test func bigExchangeComesBack() throws {
        var random = RandomRecords(seed: 3)
        let pattern = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random.random) }
        let body = Array(repeatElement(pattern, count: 5000).joined())
        let records = [
            sampleExchange(time: 1), sampleExchange(time: 2, body: body), sampleExchange(time: 3),
        ]
        #expect(try TraceContents(traceFile([records]).bytes).records == records)
    }

    @Test func manyRecordsAreCutIntoBlocks() throws {
        let storage = MemoryStorage()
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        let records = (0..<20_000).map { sampleExchange(sequence: UInt64($0), time: Int64($0)) }
        for record in records { try writer.append(record) }
        _ = try writer.finish(ledger: Ledger())
        let reader = try BlockReader(source: storage, file: "a.mtr", wanted: .trace)
        let blocks = reader.blocks.filter { $0.kind == BlockKind.records.rawValue }
        #expect(blocks.count >= 3)
        #expect(blocks.map(\.recordCount).reduce(0, +) == records.count)
        #expect(try TraceContents(storage.bytes).records == records)
    }

    @Test func recordCountClosesBlocksOfSmallRecords() throws {
        let storage = MemoryStorage()
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        for connection in 0..<UInt64(Layout.blockRecordTarget + 1) {
            try writer.append(
                .closed(ConnectionClosing(connection: connection, time: 1, by: .client))
            )
        }
        _ = try writer.finish(ledger: Ledger())
        let reader = try BlockReader(source: storage, file: "a.mtr", wanted: .trace)
        let blocks = reader.blocks.filter { $0.kind == BlockKind.records.rawValue }
        #expect(blocks.map(\.recordCount) == [Layout.blockRecordTarget, 1])
    }

    @Test func unseenOpeningStandsBeforeFirstRecordOfItsConnection() throws {
        func opening(_ connection: UInt64) -> TraceRecord {
            .opened(ConnectionOpening(connection: connection, client: "c", server: "s", time: nil))
        }
        let first = sampleExchange(connection: 1, time: 10)
        let second = sampleExchange(connection: 0, time: 20)
        let written = [opening(0), opening(1), opening(2), first, second]
        let contents = try TraceContents(traceFile([written]).bytes)
        #expect(contents.records == [opening(1), first, opening(0), second, opening(2)])
        #expect(contents.summary.connections == 3)
    }

    @Test func ledgerCountersKeepTheirOrder() throws {
        let ledger = try #require(try TraceContents(traceFile([]).bytes).summary.ledger)
        #expect(ledger.groups.map(\.name) == ["packets", "exchanges"])
        #expect(ledger.groups[0].counters.map(\.name) == ["seen", "dropped"])
    }
}
