import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct SeekTests {
    /// Blocks that overlap in time, of exchanges on a few connections.
    private func blocks(_ random: inout SplitMix64) -> [[TraceRecord]] {
        // A closing is the last record of its connection.
        var open = Array(UInt64(0)..<5)
        return (0..<Int.random(in: 1...9, using: &random)).map { block in
            (0..<Int.random(in: 1...12, using: &random)).map { number in
                let time = Int64(block * 10) + Int64.random(in: -12...12, using: &random)
                let index = Int.random(in: open.indices, using: &random)
                let connection = open[index]
                guard number % 5 != 4 else {
                    open[index] = (open.max() ?? 0) + 1
                    return .closed(
                        ConnectionClosing(connection: connection, time: time, by: .client)
                    )
                }
                return sampleExchange(
                    connection: connection,
                    sequence: UInt64(number),
                    time: time
                )
            }
        }
    }

    private func reader(_ bytes: [UInt8]) throws -> TraceReader {
        try TraceReader(source: MemoryStorage(bytes), name: "a.mtr")
    }

    private func all(_ records: consuming TimeOrderedRecords) throws -> [TimedRecord] {
        var found: [TimedRecord] = []
        while let record = try records.next() { found.append(record) }
        return found
    }

    @Test(arguments: 0..<60)
    func everySelectionIsAPartOfTheWhole(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let blocks = blocks(&random)
        let bytes = try traceFile(blocks, finished: seed % 2 == 0).bytes
        let whole = try all(reader(bytes).orderedByTime())
        for _ in 0..<5 {
            let start = Int64.random(in: -20...100, using: &random)
            let range = start...start + Int64.random(in: 0...30, using: &random)
            let inRange = try all(reader(bytes).orderedByTime(in: range))
            #expect(inRange == whole.filter { range.contains($0.time) })
        }
        for index in [0, UInt64.random(in: 0...100, using: &random), .max] {
            let found = try all(reader(bytes).orderedByTime(fromExchange: index))
            let expected = whole.drop { ($0.exchangeIndex ?? 0) < index || $0.exchangeIndex == nil }
            #expect(found == Array(expected))
        }
        for connection: UInt64 in 0..<9 {
            var records = try reader(bytes).records(ofConnection: connection)
            var found: [TraceRecord] = []
            while let record = try records.next() { found.append(record) }
            #expect(found == blocks.joined().filter { $0.connection == connection })
        }
    }
}
