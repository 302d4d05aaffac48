/// What the index says of one block.
struct IndexEntry: Equatable {
    /// Where the block starts in the file.
    var offset: Int64
    /// Where the next block starts, or the index for the last one.
    var end: Int64
    /// A `BlockKind`, or a number that only a later version knows.
    var kind: UInt8
    var recordCount: Int
    /// How many of the records are exchanges; `nil` in version 1, which does not tell.
    var exchangeCount: Int?
    /// The least and the greatest connection of the records, where all from 2^32 - 1 on count as
    /// that one; `nil` in version 1, which does not tell.
    var connections: ClosedRange<UInt32>?
    /// The least and the greatest order time of the records.
    var times: ClosedRange<Int64>
}

extension IndexEntry {
    /// The entry of the block with this header, in a file of this major version.
    init(_ header: BlockHeader, major: UInt16) {
        offset = header.offset
        end = header.end
        kind = header.kind
        recordCount = header.recordCount
        times = header.times
        guard major > 1 else { return }
        exchangeCount = header.exchangeCount
        connections = header.connections
    }

    /// Whether the block may hold records of a connection.
    func mayHold(connection: UInt64) -> Bool {
        connections?.contains(UInt32(clamping: connection)) ?? true
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
            guard let exchangeCount = entry.exchangeCount, let connections = entry.connections
            else { continue }
            append(variable: UInt64(exchangeCount))
            append(variable: UInt64(connections.lowerBound))
            append(variable: UInt64(connections.upperBound))
        }
    }
}

extension ByteCursor {
    /// Reads the index of the blocks that fill the file from its header to `indexOffset`.
    mutating func index(
        endingAt indexOffset: Int64,
        major: UInt16
    ) throws(BlockFault) -> [IndexEntry] {
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
            var entry = IndexEntry(
                offset: offset,
                end: offset &+ Int64(size),
                kind: kind,
                recordCount: Int(recordCount),
                times: first...last
            )
            if major > 1 { try readCounts(of: &entry) }
            entries.append(entry)
            offset = offset &+ Int64(size)
        }
        guard offset == indexOffset else { throw .end }
        guard isAtEnd else { throw fault(.bytesLeftOver) }
        return entries
    }

    private mutating func readCounts(of entry: inout IndexEntry) throws(BlockFault) {
        let exchangeCount = try variable()
        guard exchangeCount <= UInt64(entry.recordCount),
            let first = UInt32(exactly: try variable()),
            let last = UInt32(exactly: try variable()), first <= last
        else { throw fault(.value) }
        entry.exchangeCount = Int(exchangeCount)
        entry.connections = first...last
    }
}
