/// Reading the records of a trace, block by block.
extension BlockReader {
    /// The number of exchanges in a block, from the index or else from the block itself.
    mutating func exchangeCount(of entry: IndexEntry) throws(TraceError) -> UInt64 {
        if let count = entry.exchangeCount { return UInt64(count) }
        var count: UInt64 = 0
        for case .exchange in try traceRecords(of: entry) { count += 1 }
        return count
    }

    /// The records of a block; none when it is damaged or holds something else.
    mutating func traceRecords(
        of entry: IndexEntry,
        _ depth: ReadingDepth = .whole
    ) throws(TraceError) -> [TraceRecord] {
        guard entry.kind == BlockKind.records.rawValue else { return [] }
        guard hasColumns else { return try rowsAndRecords(of: entry)?.records ?? [] }
        guard let reader = try columns(of: entry) else { return [] }
        let places = attempt(entry) { () throws(BlockFault) in
            try BodyColumnsDecoder.earlierPlaces(reader, depth, blockOffset: entry.offset)
        }
        guard let places else { return [] }
        var earlier: [EarlierContent: [UInt8]] = [:]
        for place in places { earlier[place] = try content(at: place) }
        let decoded = attempt(entry) { () throws(BlockFault) in
            var decoder = try TraceColumnsDecoder(
                reader,
                entry,
                depth: depth,
                earlier: earlier
            )
            return try decoder.records()
        }
        guard let decoded else { return [] }
        if decoded.lostBodies > 0 { noteLostBodies(decoded.lostBodies, entry) }
        return decoded.records
    }

    /// The columns of a block; `nil` when it is damaged.
    mutating func columns(of entry: IndexEntry) throws(TraceError) -> ColumnPayloadReader? {
        let mayHaveMore = isLaterMinor
        let isTrace = entry.kind == BlockKind.records.rawValue
        return try read(entry) { (block) throws(BlockFault) in
            let reader = try block.columns()
            for size in reader.sizes where !mayHaveMore {
                let isKnown =
                    isTrace
                    ? TraceColumn.isKnown(size.column) : OutcomeColumn.isKnown(size.column)
                guard isKnown else { throw .contents(.value, offset: 0) }
            }
            return reader
        }
    }

    /// Adds up the records of a file that has no ending.
    mutating func countRecords() throws(TraceError) -> TraceSummary {
        var tally = TraceTally()
        for entry in blocks where entry.kind == BlockKind.records.rawValue {
            if hasColumns {
                for record in try traceRecords(of: entry) {
                    tally.add(record)
                    tally.hash(record)
                }
            } else if let (rows, records) = try rowsAndRecords(of: entry) {
                tally.hash(rows)
                for record in records { tally.add(record) }
            }
        }
        return tally.summary(ledger: nil)
    }

    /// The records of a block of version 1, and the bytes that they are in.
    private mutating func rowsAndRecords(
        of entry: IndexEntry
    ) throws(TraceError) -> (rows: [UInt8], records: [TraceRecord])? {
        let isLaterMinor = isLaterMinor
        return try read(entry) { (block) throws(BlockFault) in
            let rows = try block.inflated()
            let records = try decodeTraceRecords(
                rows,
                count: entry.recordCount,
                isLaterMinor: isLaterMinor
            )
            for record in records {
                // The order by time relies on the times that the index has of the block.
                guard record.orderTime.map(entry.times.contains) ?? true else {
                    throw .contents(.time, offset: 0)
                }
            }
            return (rows, records)
        }
    }
}

/// Raw contents of bodies that were read last, of a few blocks.
struct ContentCache: Sendable {
    private static let limit = 4
    private var blocks: [(block: Int64, base: UInt64, contents: RawContents?)] = []

    /// The raw contents of a side of a block; outer `nil` when they were not read lately, inner
    /// when they cannot be read.
    subscript(block: Int64, base: UInt64) -> RawContents?? {
        blocks.first { $0.block == block && $0.base == base }.map(\.contents)
    }

    mutating func insert(_ contents: RawContents?, _ block: Int64, _ base: UInt64) {
        if blocks.count == ContentCache.limit { blocks.removeFirst() }
        blocks.append((block, base, contents))
    }
}
