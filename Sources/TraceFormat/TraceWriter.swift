public import SystemPackage

/// Writes a trace, record by record.
///
/// Records go to the file in blocks; `flush()` writes the block that is not full yet, so that
/// nothing older is lost when the process is killed. `finish(ledger:)` makes the file whole; a
/// writer that goes away without it leaves a file that is readable up to the last flush.
public struct TraceWriter: ~Copyable, Sendable {
    private var blocks: BlockWriter
    private var block: TraceColumnsEncoder
    private var contents = ContentDictionary()
    private var tally = TraceTally()
    /// Openings without a time, until the first record of their connection comes.
    private var unseenOpenings: [UInt64: ConnectionOpening] = [:]

    /// Creates the file and writes what stands at its start.
    ///
    /// - Parameters:
    ///   - path: Where to write; `-` is standard output.
    ///   - replacing: Whether an existing file may be overwritten.
    ///   - info: What the trace says of itself.
    ///   - durability: When what was written must be on the disk.
    /// - Throws: `TraceError` when the file exists, or cannot be created or written.
    public init(
        creating path: FilePath,
        replacing: Bool = false,
        info: TraceInfo,
        durability: Durability = .system
    ) throws(TraceError) {
        let sink = try FileSink(creating: path, replacing: replacing)
        try self.init(
            storage: sink,
            name: path == "-" ? "standard output" : path.string,
            info: info,
            durability: durability
        )
    }

    /// Writes to storage of any kind, which `name` stands for in errors.
    public init(
        storage: any ByteSink,
        name: String,
        info: TraceInfo,
        durability: Durability = .system
    ) throws(TraceError) {
        blocks = try BlockWriter(
            sink: storage,
            file: name,
            kind: .trace,
            info: info.metadata,
            durability: durability
        )
        block = TraceColumnsEncoder(position: blocks.byteCount, greatestConnection: 0)
    }

    /// The bytes that were written to the file so far.
    public var byteCount: Int64 { blocks.byteCount }

    /// Adds a record.
    ///
    /// An opening without a time is held back and stands right in front of the next record of its
    /// connection, because readers take its time from that record.
    ///
    /// - Throws: `TraceError`. When it is `recordTooLong` or `timeOutOfRange`, the record is left
    ///   out and the writer goes on; after any other error, every later call throws that error.
    public mutating func append(_ record: TraceRecord) throws(TraceError) {
        try blocks.checkIsWritable()
        guard record.times?.isWithinTimeLimit ?? true else {
            throw .timeOutOfRange(file: blocks.file)
        }
        if case .opened(let opening) = record, opening.time == nil {
            unseenOpenings[opening.connection] = opening
            return
        }
        if !unseenOpenings.isEmpty,
            let opening = unseenOpenings.removeValue(forKey: record.connection)
        {
            try encode(.opened(opening))
        }
        try encode(record)
        if block.isFull { try flush() }
    }

    /// Writes all records so far to the file.
    public mutating func flush() throws(TraceError) {
        guard block.recordCount > 0 else { return }
        try blocks.writeColumns(
            .records,
            block.finished(),
            recordCount: block.recordCount,
            exchangeCount: block.exchangeCount,
            connections: block.connections ?? 0...0,
            times: block.times ?? 0...0
        )
        block = TraceColumnsEncoder(
            position: blocks.byteCount,
            greatestConnection: block.lastConnection
        )
    }

    /// Writes what is left, the totals and the index; nothing can be appended afterwards.
    public mutating func finish(ledger: Ledger) throws(TraceError) -> TraceSummary {
        try blocks.checkIsWritable()
        for opening in unseenOpenings.values.sorted(by: { $0.connection < $1.connection }) {
            try encode(.opened(opening))
        }
        unseenOpenings = [:]
        try flush()
        let summary = tally.summary(ledger: ledger)
        var ending: [UInt8] = []
        ending.append(ending: summary)
        try blocks.finish(ending: ending)
        return summary
    }

    private mutating func encode(_ record: TraceRecord) throws(TraceError) {
        let byteCount = record.byteCount
        guard byteCount <= Layout.recordSizeLimit else {
            throw .recordTooLong(
                file: blocks.file,
                byteCount: byteCount,
                limit: Layout.recordSizeLimit
            )
        }
        // One that large would make the block larger than a reader allows.
        if byteCount >= Layout.blockTextTarget { try flush() }
        block.append(record, contents: &contents)
        tally.add(record)
        tally.hash(record)
    }
}

extension TraceRecord {
    /// The bytes of all heads, bodies and other texts.
    fileprivate var byteCount: Int {
        switch self {
        case .opened(let opening):
            opening.client.utf8.count + opening.server.utf8.count
        case .exchange(let exchange):
            exchange.request.byteCount + (exchange.response?.message.byteCount ?? 0)
                + exchange.interim.reduce(0) { $0 + $1.head.count }
        case .closed:
            0
        }
    }
}

extension RecordedMessage {
    fileprivate var byteCount: Int {
        head.count + trailers.count + (body.bytes?.count ?? 0)
    }
}
