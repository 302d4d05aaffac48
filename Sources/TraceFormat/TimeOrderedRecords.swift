/// One record with its place in the order of time.
public struct TimedRecord: Equatable, Sendable {
    /// When the connection was opened or closed or the request's first byte seen, in nanoseconds
    /// since the trace's epoch.
    ///
    /// An opening that was not seen has the time of the connection's first record.
    public var time: Int64
    /// The record.
    public var record: TraceRecord
    /// The position among the exchanges in order of time, from 0; `nil` for other records.
    public var exchangeIndex: UInt64?
    /// The position among all records in the order of the file, from 0.
    public var position: UInt64
}

/// Records of a trace in the order of their times: all, or those that were asked for.
///
/// At the same time, openings come before exchanges and exchanges before closings; then the lower
/// connection comes first, then the lower sequence. Only those blocks are held in memory whose
/// span of time has begun and that have records left.
public struct TimeOrderedRecords: ~Copyable, Sendable {
    /// What the trace says of itself.
    public let info: TraceInfo
    /// The totals of the trace.
    public let summary: TraceSummary
    /// The number of blocks held in memory.
    var loadedBlockCount: Int { loaded.count }
    /// What was found wrong so far.
    public var damage: [FileDamage] { blocks.damage }
    /// The parts that could not be read so far.
    public var losses: [LostPart] { blocks.losses }

    private var blocks: BlockReader
    /// The blocks not loaded yet, the one with the least time last.
    private var waiting: [IndexEntry]
    /// The blocks with records left, the one with the next record last.
    private var loaded: [OrderedBlock] = []
    /// The blocks in front of the selection, whose exchanges only count.
    private var skipped: [IndexEntry] = []
    private let selection: RecordSelection
    private let depth: ReadingDepth
    private var exchangeCount: UInt64 = 0
    /// How many records stand in front of each block, by where it starts.
    private var firstPositions: [Int64: UInt64] = [:]

    init(
        info: TraceInfo,
        summary: TraceSummary,
        blocks: BlockReader,
        selection: RecordSelection,
        depth: ReadingDepth
    ) {
        self.depth = depth
        self.info = info
        self.summary = summary
        self.blocks = blocks
        self.selection = selection
        let records = blocks.blocks.filter { $0.kind == BlockKind.records.rawValue }
        var position: UInt64 = 0
        for entry in records {
            firstPositions[entry.offset] = position
            position += UInt64(entry.recordCount)
        }
        let start = selection.firstTime(in: records)
        skipped = records.filter { $0.times.upperBound < start }
        waiting = records.filter {
            $0.times.upperBound >= start && $0.times.lowerBound <= selection.lastTime
        }
        waiting.sort { ($0.times.lowerBound, $0.offset) > ($1.times.lowerBound, $1.offset) }
    }

    /// The next record; `nil` at the end.
    public mutating func next() throws(TraceError) -> TimedRecord? {
        while let entry = skipped.popLast() {
            exchangeCount += try blocks.exchangeCount(of: entry)
        }
        while let next = try nextOfAll() {
            guard next.time <= selection.lastTime else { return nil }
            if selection.contains(next, exchangeCount: exchangeCount) { return next }
        }
        return nil
    }

    /// The next record of the blocks that are read.
    private mutating func nextOfAll() throws(TraceError) -> TimedRecord? {
        while let entry = waiting.last,
            loaded.last.map({ entry.times.lowerBound <= $0.nextKey.time }) ?? true
        {
            waiting.removeLast()
            let records = try blocks.traceRecords(of: entry, depth)
            if let block = OrderedBlock(records, entry) {
                loaded.append(block)
                sinkLast()
            }
        }
        guard !loaded.isEmpty else { return nil }
        let (key, record, isEmpty) = loaded[loaded.count - 1].removeNext()
        if isEmpty {
            loaded.removeLast()
        } else {
            sinkLast()
        }
        var exchangeIndex: UInt64?
        if case .exchange = record {
            exchangeIndex = exchangeCount
            exchangeCount += 1
        }
        return TimedRecord(
            time: key.time,
            record: record,
            exchangeIndex: exchangeIndex,
            position: (firstPositions[key.blockOffset] ?? 0) + UInt64(key.position)
        )
    }

    /// Moves the last loaded block to where its next record belongs.
    private mutating func sinkLast() {
        var index = loaded.count - 1
        while index > 0, loaded[index - 1].nextKey < loaded[index].nextKey {
            loaded.swapAt(index - 1, index)
            index -= 1
        }
    }
}

/// Which records of a trace to read.
enum RecordSelection {
    case all
    /// Those with an order time in the range.
    case times(ClosedRange<Int64>)
    /// Those from the exchange with this index on.
    case fromExchange(UInt64)

    var lastTime: Int64 {
        if case .times(let range) = self { return range.upperBound }
        return .max
    }

    /// A time before which there is nothing to read.
    func firstTime(in blocks: [IndexEntry]) -> Int64 {
        switch self {
        case .all: return .min
        case .times(let range): return range.lowerBound
        case .fromExchange(let index):
            // At the time at which so many blocks have begun that the exchange can be in one.
            var exchangeCount: UInt64 = 0
            for block in blocks.sorted(by: { $0.times.lowerBound < $1.times.lowerBound }) {
                exchangeCount += UInt64(block.exchangeCount ?? block.recordCount)
                if exchangeCount > index { return block.times.lowerBound }
            }
            return .max
        }
    }

    /// Whether the record is wanted, when there are so many exchanges up to it.
    func contains(_ record: TimedRecord, exchangeCount: UInt64) -> Bool {
        switch self {
        case .all: true
        case .times(let range): range.contains(record.time)
        case .fromExchange(let index): exchangeCount > index
        }
    }
}

/// The records of a block in the order of time, the next one last.
private struct OrderedBlock {
    private(set) var nextKey: OrderKey
    private var keys: [OrderKey]
    private var records: [TraceRecord]

    /// Orders the records of a block; `nil` when there are none.
    init?(_ records: [TraceRecord], _ entry: IndexEntry) {
        keys = records.indices.map { OrderKey(of: records, at: $0, entry) }
        keys.sort(by: >)
        guard let last = keys.last else { return nil }
        nextKey = last
        self.records = records
        if keys.indices.allSatisfy({ keys[$0].position == keys.count - 1 - $0 }) {
            self.records.reverse()
        } else {
            self.records = keys.map { records[$0.position] }
        }
    }

    /// Takes the next record out, and says whether it was the last.
    mutating func removeNext() -> (key: OrderKey, record: TraceRecord, isEmpty: Bool) {
        let key = keys.removeLast()
        let record = records.removeLast()
        if let last = keys.last { nextKey = last }
        return (key, record, keys.isEmpty)
    }
}

/// By what records are put in order.
private struct OrderKey: Comparable {
    let time: Int64
    let rank: UInt8
    let connection: UInt64
    let sequence: UInt64
    let blockOffset: Int64
    let position: Int

    init(of records: [TraceRecord], at position: Int, _ entry: IndexEntry) {
        let record = records[position]
        (rank, sequence) =
            switch record {
            case .opened: (0, 0)
            case .exchange(let exchange): (1, exchange.sequence)
            case .closed: (2, 0)
            }
        connection = record.connection
        blockOffset = entry.offset
        self.position = position
        if let time = record.orderTime {
            self.time = time
        } else if position + 1 < records.count, records[position + 1].connection == connection {
            time = records[position + 1].orderTime ?? entry.times.lowerBound
        } else {
            time = entry.times.lowerBound
        }
    }

    static func < (left: OrderKey, right: OrderKey) -> Bool {
        (left.time, left.rank, left.connection, left.sequence, left.blockOffset, left.position)
            < (
                right.time, right.rank, right.connection, right.sequence, right.blockOffset,
                right.position
            )
    }
}
