import SystemPackage
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct WritingTests {
    @Test func diskThatFillsUpLeavesEveryWholeBlock() throws {
        let records = (0..<30).map { sampleExchange(time: Int64($0)) }
        let whole = try traceFile(records.map { [$0] })
        for capacity in stride(from: 0, to: whole.bytes.count, by: 37) {
            let storage = MemoryStorage(capacity: capacity)
            let error = #expect(throws: TraceError.self) { try write(records, to: storage) }
            #expect(error?.category == .cannotWrite)
            let blockEnds = whole.blockEnds.filter { $0 <= capacity }
            guard let end = blockEnds.last else {
                #expect(storage.bytes.count <= whole.blockEnds[0])
                continue
            }
            let contents = try TraceContents(storage.bytes)
            #expect(contents.records == Array(records.prefix(blockEnds.count)))
            #expect(storage.bytes.count >= end)
            #expect(contents.damage == [.unfinished], "no half block is left behind")
        }
    }

    private func write(_ records: [TraceRecord], to storage: MemoryStorage) throws(TraceError) {
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        for record in records {
            try writer.append(record)
            try writer.flush()
        }
        _ = try writer.finish(ledger: sampleLedger())
    }

    @Test func halfBlockInAPipeIsACutTail() throws {
        let whole = try traceFile([[sampleExchange(time: 1)], [sampleExchange(time: 2)]])
        let storage = MemoryStorage(capacity: whole.blockEnds[0] + 70, canTruncate: false)
        let records = [sampleExchange(time: 1), sampleExchange(time: 2)]
        #expect(throws: TraceError.self) { try write(records, to: storage) }
        let contents = try TraceContents(storage.bytes)
        #expect(contents.records == [records[0]])
        #expect(
            contents.damage == [.cutTail(offset: Int64(whole.blockEnds[0]), byteCount: 70)]
        )
    }

    @Test func writerThatFailedKeepsFailing() throws {
        let start = try traceFile([], finished: false).bytes.count
        let storage = MemoryStorage(capacity: start)
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        try writer.append(sampleExchange(time: 1))
        let expected = TraceError.cannotWrite(file: "a.mtr", offset: Int64(start), .noSpace)
        for _ in 0..<2 {
            do {
                try writer.flush()
                Issue.record("a full disk took a block")
            } catch {
                #expect(error == expected)
            }
        }
        do {
            try writer.append(sampleExchange(time: 2))
            Issue.record("a writer that failed took a record")
        } catch {
            #expect(error == expected)
        }
        #expect(
            expected.description == "cannot write a.mtr at byte \(start): No space left on device"
        )
    }

    @Test func recordsThatCannotBeKeptAreRefusedAndTheOthersWritten() throws {
        let storage = MemoryStorage()
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        do {
            try writer.append(sampleExchange(time: Layout.times.upperBound))
            Issue.record("a time beyond the limit was taken")
        } catch {
            #expect(error == .timeOutOfRange(file: "a.mtr"))
        }
        do {
            let body = [UInt8](repeating: 0, count: Layout.recordSizeLimit)
            try writer.append(sampleExchange(time: 1, body: body))
            Issue.record("a record beyond the limit was taken")
        } catch {
            guard case .recordTooLong = error else { throw error }
        }
        try writer.append(sampleExchange(time: 2))
        let summary = try writer.finish(ledger: Ledger())
        #expect(summary.exchanges == 1)
        #expect(try TraceContents(storage.bytes).records == [sampleExchange(time: 2)])
    }

    @Test func outcomesThatCannotBeKeptAreRefused() throws {
        var writer = try RunWriter(storage: MemoryStorage(), name: "a.mrr", info: sampleRunInfo)
        var outcome = Outcome(
            index: 0,
            connection: 0,
            sequence: 0,
            method: "GET",
            target: "/",
            due: 0
        )
        outcome.blocked = .min
        do {
            try writer.append(outcome)
            Issue.record("a time beyond the limit was taken")
        } catch {
            #expect(error == .timeOutOfRange(file: "a.mrr"))
        }
        outcome.blocked = 0
        outcome.target = String(repeating: "a", count: Layout.outcomeTextLimit)
        do {
            try writer.append(outcome)
            Issue.record("a text beyond the limit was taken")
        } catch {
            guard case .recordTooLong = error else { throw error }
        }
    }

    @Test func flushedRecordsAreInTheFileBeforeItIsFinished() throws {
        let storage = MemoryStorage()
        var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
        try writer.append(sampleExchange(time: 1))
        try writer.flush()
        try writer.append(sampleExchange(time: 2))
        #expect(try TraceContents(storage.bytes).records == [sampleExchange(time: 1)])
        _ = try writer.finish(ledger: Ledger())
    }
}
