public import SystemPackage

/// Reads a trace, record by record, in the order in which they were written.
///
/// No more than one block is held in memory. What is damaged is left out and kept in `damage`;
/// everything else is read.
public struct TraceReader: ~Copyable, Sendable {
    /// What the trace says of itself; empty when that part of the file is damaged.
    public let info: TraceInfo
    /// The totals: those that the writer noted, or those of the readable records when the file
    /// was never finished.
    public let summary: TraceSummary
    private var blocks: BlockReader
    private var nextBlock = 0
    /// The rest of the current block, the next record last, so that giving it out moves it.
    private var pending: [TraceRecord] = []

    /// The format version of the file.
    public var version: FormatVersion { blocks.header.version }

    /// What was found wrong so far; the contents of a block are looked at when they are read.
    ///
    /// Records that a damaged block held are missing without a gap, so later exchanges of a
    /// damaged trace have lower indices than in the whole one.
    public var damage: [FileDamage] { blocks.damage }

    /// The parts that could not be read so far, with what is known of what was in them.
    public var losses: [LostPart] { blocks.losses }

    /// Opens a trace file.
    ///
    /// A file that was never finished is read once through for its totals.
    public init(opening path: FilePath) throws(TraceError) {
        try self.init(source: FileSource(opening: path), name: path.string)
    }

    /// Reads from storage of any kind, which `name` stands for in errors.
    public init(source: any ByteSource, name: String) throws(TraceError) {
        var blocks = try BlockReader(source: source, file: name, wanted: .trace)
        let info = try blocks.readInfo()
        let ending = try blocks.readEnding { (cursor) throws(BlockFault) in
            try cursor.traceEnding()
        }
        summary = if let ending { ending } else { try blocks.countRecords() }
        self.info = TraceInfo(info)
        self.blocks = blocks
    }

    /// The next record in file order; `nil` at the end.
    public mutating func next() throws(TraceError) -> TraceRecord? {
        while pending.isEmpty {
            guard nextBlock < blocks.blocks.count else { return nil }
            let entry = blocks.blocks[nextBlock]
            nextBlock += 1
            pending = try blocks.traceRecords(of: entry)
            pending.reverse()
        }
        return pending.removeLast()
    }

    /// All records in the order of their times, whatever was read before, as far as it is asked for.
    public consuming func orderedByTime(
        reading depth: ReadingDepth = .whole
    ) -> TimeOrderedRecords {
        ordered(.all, depth)
    }

    /// The records whose times lie in a range, in the order of their times.
    ///
    /// Only blocks that can hold some of them are read. Exchanges keep the indices that they have
    /// among all; those of blocks that are not read are counted as the file's index tells.
    public consuming func orderedByTime(in range: ClosedRange<Int64>) -> TimeOrderedRecords {
        ordered(.times(range))
    }

    /// The exchange with this index in the order of time, and all records behind it.
    ///
    /// Only blocks that can hold some of them are read.
    public consuming func orderedByTime(fromExchange index: UInt64) -> TimeOrderedRecords {
        ordered(.fromExchange(index))
    }

    /// The records of one connection in file order.
    public consuming func records(ofConnection connection: UInt64) -> ConnectionRecords {
        ConnectionRecords(connection: connection, blocks: blocks)
    }

    private consuming func ordered(
        _ selection: RecordSelection,
        _ depth: ReadingDepth = .whole
    ) -> TimeOrderedRecords {
        TimeOrderedRecords(
            info: info,
            summary: summary,
            blocks: blocks,
            selection: selection,
            depth: depth
        )
    }
}

/// The records of one connection in file order.
public struct ConnectionRecords: ~Copyable, Sendable {
    private let connection: UInt64
    private var blocks: BlockReader
    private var waiting: [IndexEntry]
    private var pending: [TraceRecord] = []

    /// What was found wrong so far.
    public var damage: [FileDamage] { blocks.damage }

    init(connection: UInt64, blocks: BlockReader) {
        self.connection = connection
        self.blocks = blocks
        waiting = blocks.blocks.reversed()
    }

    /// The next record; `nil` at the end.
    ///
    /// Blocks that cannot hold any are not read, nor is anything behind the connection's closing.
    public mutating func next() throws(TraceError) -> TraceRecord? {
        while pending.isEmpty {
            guard let entry = waiting.popLast() else { return nil }
            guard entry.mayHold(connection: connection) else { continue }
            let records = try blocks.traceRecords(of: entry)
            pending = records.filter { $0.connection == connection }
            pending.reverse()
        }
        let record = pending.removeLast()
        if case .closed = record { waiting = [] }
        return record
    }
}
