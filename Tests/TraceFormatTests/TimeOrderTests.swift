import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct TimeOrderTests {
    private func ordered(_ bytes: [UInt8]) throws -> [TimedRecord] {
        var records = try TraceReader(source: MemoryStorage(bytes), name: "a.mtr").orderedByTime()
        var found: [TimedRecord] = []
        while let record = try records.next() { found.append(record) }
        #expect(records.damage.filter { $0 != .unfinished } == [])
        return found
    }

    /// The order by its definition, from a plain sort of everything.
    private func sorted(_ records: [TraceRecord]) -> [TraceRecord] {
        func key(_ record: TraceRecord) -> (Int64, Int, UInt64, UInt64) {
            switch record {
            case .opened(let opening): (opening.time ?? 0, 0, opening.connection, 0)
            case .exchange(let exchange):
                (exchange.request.firstByteTime, 1, exchange.connection, exchange.sequence)
            case .closed(let closing): (closing.time, 2, closing.connection, 0)
            }
        }
        return records.enumerated().sorted { left, right in
            let (leftKey, rightKey) = (key(left.element), key(right.element))
            return leftKey == rightKey ? left.offset < right.offset : leftKey < rightKey
        }.map(\.element)
    }

    @Test(arguments: 0..<40, [true, false])
    func overlappingBlocksComeInTheOrderOfAPlainSort(seed: UInt64, finished: Bool) throws {
        var random = SplitMix64(seed: seed)
        // Few different times and connections, so that there are many ties.
        let blocks = (0..<Int.random(in: 1...12, using: &random)).map { block in
            (0..<Int.random(in: 1...20, using: &random)).map { _ in
                randomRecord(around: Int64(block), &random)
            }
        }
        let found = try ordered(traceFile(blocks, finished: finished).bytes)
        #expect(found.map(\.record) == sorted(blocks.flatMap { $0 }))
        let indices = found.compactMap(\.exchangeIndex)
        #expect(indices == Array(0..<UInt64(indices.count)))
        for timed in found {
            #expect(timed.time == timed.record.orderTime)
            if case .exchange = timed.record {
                #expect(timed.exchangeIndex != nil)
            } else {
                #expect(timed.exchangeIndex == nil)
            }
        }
    }

    private func randomRecord(around time: Int64, _ random: inout SplitMix64) -> TraceRecord {
        let time = time + Int64.random(in: -3...3, using: &random)
        let connection = UInt64.random(in: 0..<4, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return .opened(
                ConnectionOpening(connection: connection, client: "c", server: "s", time: time)
            )
        case 1:
            return .closed(
                ConnectionClosing(connection: connection, time: time, by: .client)
            )
        default:
            let sequence = UInt64.random(in: 0..<3, using: &random)
            return sampleExchange(connection: connection, sequence: sequence, time: time)
        }
    }

    @Test func unseenOpeningComesAtTheFirstExchangeOfItsConnection() throws {
        let opening = TraceRecord.opened(
            ConnectionOpening(connection: 5, client: "c", server: "s", time: nil)
        )
        let exchanges = [
            sampleExchange(connection: 0, time: 10), sampleExchange(connection: 1, time: 30),
            sampleExchange(connection: 5, time: 30), sampleExchange(connection: 0, time: 40),
        ]
        let found = try ordered(
            traceFile([[opening, exchanges[3], exchanges[0]], [exchanges[2], exchanges[1]]]).bytes
        )
        #expect(
            found.map(\.record) == [
                exchanges[0], opening, exchanges[1], exchanges[2], exchanges[3],
            ]
        )
        #expect(found.map(\.time) == [10, 30, 30, 30, 40])
        #expect(found.map(\.exchangeIndex) == [0, nil, 1, 2, 3])
    }

    @Test func unseenOpeningAloneComesAtTheStartOfItsBlock() throws {
        let opening = TraceRecord.opened(
            ConnectionOpening(connection: 5, client: "c", server: "s", time: nil)
        )
        var file = HandmadeFile()
        let records = [sampleExchange(time: 8), opening, sampleExchange(time: 9)]
        file.append(
            .records,
            HandmadeFile.payload(records),
            recordCount: 3,
            times: 8...9
        )
        file.finish()
        #expect(try ordered(file.bytes).map(\.record) == [opening, records[0], records[2]])
    }

    @Test func blocksOneAfterTheOtherAreHeldOneAtATime() throws {
        let blocks = (0..<50).map { block in
            (0..<4).map { sampleExchange(time: Int64(block * 4 + $0)) }
        }
        let storage = MemoryStorage(try traceFile(blocks).bytes)
        var records = try TraceReader(source: storage, name: "a.mtr").orderedByTime()
        while try records.next() != nil {
            #expect(records.loadedBlockCount <= 1)
        }
    }

    @Test func onlyBlocksThatOverlapAreHeldTogether() throws {
        // Each block spans its own time and that of the next.
        let blocks = (0..<50).map { block in
            [sampleExchange(time: Int64(block)), sampleExchange(time: Int64(block + 2))]
        }
        let storage = MemoryStorage(try traceFile(blocks).bytes)
        var records = try TraceReader(source: storage, name: "a.mtr").orderedByTime()
        var most = 0
        while try records.next() != nil { most = max(most, records.loadedBlockCount) }
        #expect(most == 2)
    }

    @Test func orderStartsAtTheBeginningWhateverWasRead() throws {
        let storage = MemoryStorage(try traceFile([[sampleExchange(time: 1)]]).bytes)
        var reader = try TraceReader(source: storage, name: "a.mtr")
        #expect(try reader.next() != nil)
        var records = reader.orderedByTime()
        #expect(records.info == sampleInfo)
        #expect(records.summary.exchanges == 1)
        #expect(try records.next()?.record == sampleExchange(time: 1))
    }
}
