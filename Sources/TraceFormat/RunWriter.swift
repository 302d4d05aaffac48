public import SystemPackage

/// Writes a run, outcome by outcome.
///
/// Outcomes go to the file in blocks; `flush()` writes the block that is not full yet.
/// `finish(_:)` makes the file whole; a writer that goes away without it leaves a file that is
/// readable up to the last flush.
public struct RunWriter: ~Copyable, Sendable {
    private var blocks: BlockWriter
    private var block = OutcomeColumnsEncoder()

    /// Creates the file and writes what stands at its start.
    ///
    /// - Parameters:
    ///   - path: Where to write; `-` is standard output.
    ///   - replacing: Whether an existing file may be overwritten.
    ///   - info: What the run says of itself.
    ///   - durability: When what was written must be on the disk.
    /// - Throws: `TraceError` when the file exists, or cannot be created or written.
    public init(
        creating path: FilePath,
        replacing: Bool = false,
        info: RunInfo,
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
        info: RunInfo,
        durability: Durability = .system
    ) throws(TraceError) {
        blocks = try BlockWriter(
            sink: storage,
            file: name,
            kind: .run,
            info: info.metadata,
            durability: durability
        )
    }

    /// Adds an outcome.
    ///
    /// - Throws: `TraceError`. When it is `recordTooLong` or `timeOutOfRange`, the outcome is left
    ///   out and the writer goes on; after any other error, every later call throws that error.
    public mutating func append(_ outcome: Outcome) throws(TraceError) {
        try blocks.checkIsWritable()
        guard outcome.times.isWithinTimeLimit else { throw .timeOutOfRange(file: blocks.file) }
        let byteCount = outcome.textByteCount
        guard byteCount <= Layout.outcomeTextLimit else {
            throw .recordTooLong(
                file: blocks.file,
                byteCount: byteCount,
                limit: Layout.outcomeTextLimit
            )
        }
        block.append(outcome)
        if block.isFull { try flush() }
    }

    /// Writes all outcomes so far to the file.
    public mutating func flush() throws(TraceError) {
        guard block.recordCount > 0 else { return }
        try blocks.writeColumns(
            .outcomes,
            block.finished(),
            recordCount: block.recordCount,
            times: block.times ?? 0...0
        )
        block = OutcomeColumnsEncoder()
    }

    /// Writes what is left, the ending and the index; nothing can be appended afterwards.
    public mutating func finish(_ ending: RunEnding) throws(TraceError) {
        guard Layout.times.contains(ending.duration) else {
            throw .timeOutOfRange(file: blocks.file)
        }
        try flush()
        var payload: [UInt8] = []
        payload.append(ending: ending)
        try blocks.finish(ending: payload)
    }
}

extension Outcome {
    fileprivate var textByteCount: Int {
        method.utf8.count + target.utf8.count + (requestID?.utf8.count ?? 0) + keptFields.count
            + (keptBody?.count ?? 0)
    }
}
