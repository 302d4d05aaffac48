/// What the index says of one block.
struct IndexEntry: Equatable {
    /// Where the block starts in the file.
    var offset: Int64
    /// Where the next block starts, or the index for the last one.
    var end: Int64
    /// A `BlockKind`, or a number that only a later version knows.
    var kind: UInt8
    var recordCount: Int
    /// How many of the records are exchanges; `nil` where the file does not tell.
    var exchangeCount: Int?
    /// The least and the greatest order time of the records.
    var times: ClosedRange<Int64>
}

extension IndexEntry {
    /// The entry of the block with this header.
    init(_ header: BlockHeader) {
        offset = header.offset
        end = header.end
        kind = header.kind
        recordCount = header.recordCount
        times = header.times
    }

    /// Whether it is a block of records or outcomes.
    var isContents: Bool {
        kind == BlockKind.records.rawValue || kind == BlockKind.outcomes.rawValue
    }
}

extension LostPart {
    /// All of a block's contents.
    init(_ entry: IndexEntry) {
        self.init(
            offset: entry.offset,
            byteCount: entry.end &- entry.offset,
            recordCount: entry.recordCount,
            exchangeCount: entry.exchangeCount,
            times: entry.recordCount == 0 ? nil : entry.times
        )
    }
}

extension [UInt8] {
    /// Appends the number of entries and the entries.
    mutating func append(index entries: [IndexEntry]) {
        append(variable: UInt64(entries.count))
        for entry in entries {
            append(variable: UInt64(entry.end &- entry.offset))
            append(entry.kind)
            append(variable: UInt64(entry.recordCount))
            append(signed: entry.times.lowerBound)
            append(signed: entry.times.upperBound)
        }
    }
}

extension ByteCursor {
    /// Reads the index of the blocks that fill the file from its header to `indexOffset`.
    mutating func index(endingAt indexOffset: Int64) throws(BlockFault) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        var offset = Int64(Layout.fileHeaderSize)
        for _ in 0..<(try count()) {
            let size = try variable()
            guard size >= UInt64(Layout.blockHeaderSize), size <= UInt64(Layout.blockSizeLimit),
                size <= UInt64(indexOffset &- offset)
            else { throw .end }
            let kind = try byte()
            let recordCount = try variable()
            let first = try signed()
            let last = try signed()
            guard first <= last, recordCount <= UInt64(Layout.rawSizeLimit) else {
                throw fault(.value)
            }
            entries.append(
                IndexEntry(
                    offset: offset,
                    end: offset &+ Int64(size),
                    kind: kind,
                    recordCount: Int(recordCount),
                    times: first...last
                )
            )
            offset = offset &+ Int64(size)
        }
        guard offset == indexOffset else { throw .end }
        guard isAtEnd else { throw fault(.bytesLeftOver) }
        return entries
    }
}
