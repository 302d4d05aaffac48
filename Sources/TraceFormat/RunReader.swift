public import SystemPackage

/// Reads a run, outcome by outcome, in the order in which they were written.
///
/// No more than one block is held in memory. What is damaged is left out and kept in `damage`;
/// everything else is read.
public struct RunReader: ~Copyable, Sendable {
    /// What the run says of itself; empty when that part of the file is damaged.
    public let info: RunInfo
    /// How the run ended; `nil` when its file was never finished.
    public let ending: RunEnding?
    private var blocks: BlockReader
    private var nextBlock = 0
    /// The rest of the current block, the next outcome last, so that giving it out moves it.
    private var pending: [Outcome] = []

    /// The format version of the file.
    public var version: FormatVersion { blocks.header.version }

    /// What was found wrong so far; the contents of a block are looked at when they are read.
    public var damage: [FileDamage] { blocks.damage }

    /// The parts that could not be read so far, with what is known of what was in them.
    public var losses: [LostPart] { blocks.losses }

    /// Opens a run file.
    public init(opening path: FilePath) throws(TraceError) {
        try self.init(source: FileSource(opening: path), name: path.string)
    }

    /// Reads from storage of any kind, which `name` stands for in errors.
    public init(source: any ByteSource, name: String) throws(TraceError) {
        var blocks = try BlockReader(source: source, file: name, wanted: .run)
        let info = try blocks.readInfo()
        ending = try blocks.readEnding { (cursor) throws(BlockFault) in try cursor.runEnding() }
        self.info = RunInfo(info).completed(by: ending)
        self.blocks = blocks
    }

    /// The next outcome in file order; `nil` at the end.
    public mutating func next() throws(TraceError) -> Outcome? {
        if pending.isEmpty {
            guard let outcomes = try nextBlockOfOutcomes() else { return nil }
            pending = outcomes.reversed()
        }
        return pending.removeLast()
    }

    /// The outcomes of the next block that has any, in file order; `nil` at the end.
    ///
    /// For who wants all of them: an outcome is large, and so none is moved. Not to be mixed with `next()`.
    public mutating func nextBlockOfOutcomes() throws(TraceError) -> [Outcome]? {
        while nextBlock < blocks.blocks.count {
            let entry = blocks.blocks[nextBlock]
            nextBlock += 1
            guard entry.kind == BlockKind.outcomes.rawValue else { continue }
            let outcomes = try blocks.outcomes(of: entry)
            if !outcomes.isEmpty { return outcomes }
        }
        return nil
    }
}

extension BlockReader {
    /// The outcomes of a block; none when it is damaged.
    fileprivate mutating func outcomes(of entry: IndexEntry) throws(TraceError) -> [Outcome] {
        let isLaterMinor = isLaterMinor
        let outcomes: [Outcome]?
        if hasColumns {
            guard let reader = try columns(of: entry) else { return [] }
            outcomes = attempt(entry) { () throws(BlockFault) in
                var decoder = try OutcomeColumnsDecoder(reader, count: entry.recordCount)
                return try decoder.outcomes()
            }
        } else {
            outcomes = try read(entry) { (block) throws(BlockFault) in
                try decodeOutcomes(
                    try block.inflated(),
                    count: entry.recordCount,
                    isLaterMinor: isLaterMinor
                )
            }
        }
        return outcomes ?? []
    }
}
