import Testing
import TraceFormat

@Suite struct ContentHashTests {
    private let records: [TraceRecord] = {
        var random = RandomRecords(seed: 9)
        return (0..<40).map { _ in random.record() }
    }()

    @Test func doesNotDependOnHowRecordsAreCutIntoBlocks() throws {
        let whole = try TraceContents(traceFile([records]).bytes).summary
        let single = try TraceContents(traceFile(records.map { [$0] }).bytes).summary
        #expect(whole == single)
    }

    @Test func isTheSameForAReaderThatCountsByItself() throws {
        var finished = try TraceContents(traceFile([records]).bytes).summary
        let unfinished = try TraceContents(traceFile([records], finished: false).bytes).summary
        #expect(unfinished.ledger == nil)
        finished.ledger = nil
        #expect(unfinished == finished)
    }

    @Test func doesNotDependOnTheInformationAtTheStart() throws {
        let storage = MemoryStorage()
        var info = sampleInfo
        info.notes["made"] = "another day"
        var writer = try TraceWriter(storage: storage, name: "b.mtr", info: info)
        for record in records { try writer.append(record) }
        let summary = try writer.finish(ledger: Ledger())
        #expect(
            try summary.contentHash == TraceContents(traceFile([records]).bytes).summary.contentHash
        )
    }

    @Test func changesWithEveryRecordAndTheirOrder() throws {
        func hash(_ records: [TraceRecord]) throws -> String {
            try TraceContents(traceFile([records]).bytes).summary.contentHash
        }
        let original = try hash(records)
        #expect(try hash(Array(records.dropLast())) != original)
        #expect(try hash(records.reversed()) != original)
        #expect(original.utf8.count == 64)
    }

    @Test func ofNoRecordsIsThatOfNoBytes() throws {
        // SHA-256 of the empty string, FIPS 180-4.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(try TraceContents(traceFile([]).bytes).summary.contentHash == empty)
    }
}
