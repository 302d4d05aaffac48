internal import SystemPackage

/// Finds the blocks of a file and gives out their payloads, by the index when there is one.
struct BlockReader {
    /// The file's name in errors.
    let file: String
    let header: FileHeader
    /// The blocks in file order.
    private(set) var blocks: [IndexEntry] = []
    /// What was found wrong so far.
    private(set) var damage: [FileDamage] = []
    /// The parts of the file whose contents are lost, as far as they were looked at.
    private(set) var losses: [LostPart] = []
    private let source: any ByteSource
    private let fileSize: Int64
    private var contents = ContentCache()
    private var rejected: Set<Int64> = []

    init(source: any ByteSource, file: String, wanted: FileKind) throws(TraceError) {
        self.source = source
        self.file = file
        do throws(Errno) {
            fileSize = try source.byteCount()
        } catch {
            throw .cannotRead(file: file, offset: 0, error)
        }
        let start = try source.bytes(at: 0, count: Layout.fileHeaderSize, file: file)
        header = try FileHeader.decode(start, file: file)
        guard header.kind == wanted else {
            throw .wrongKind(file: file, found: header.kind, wanted: wanted)
        }
        if let indexed = try readIndex() {
            keepKnownBlocks(indexed)
            indexSize = fileSize - (indexed.last?.end ?? Int64(Layout.fileHeaderSize))
        } else {
            keepKnownBlocks(try searchBlocks())
        }
    }

    /// The bytes of the index block and the trailer; 0 when the blocks were found without them.
    private(set) var indexSize: Int64 = 0

    /// Whether records may have parts that this code does not know.
    var isLaterMinor: Bool {
        header.version.minor > Layout.knownMinors[header.version.major] ?? 0
    }

    /// Whether records and outcomes are columns.
    var hasColumns: Bool { header.version.major > 1 }

    /// What `decode` makes of a block whose checksums match; `nil` when it is damaged, which is
    /// kept in `damage`.
    mutating func read<Value>(
        _ entry: IndexEntry,
        decode: (StoredBlock) throws(BlockFault) -> Value
    ) throws(TraceError) -> Value? {
        let size = Int(entry.end &- entry.offset)
        let bytes = try source.bytes(at: entry.offset, count: size, file: file)
        let major = header.version.major
        return attempt(entry) { () throws(BlockFault) in
            let header = try BlockHeader.decode(bytes, offset: entry.offset, major: major)
            guard IndexEntry(header, major: major) == entry, bytes.count == size else {
                throw .end
            }
            return try decode(try StoredBlock(header: header, bytes: bytes))
        }
    }

    /// What `body` returns; when it finds the block damaged, `nil`, and that is kept in `damage`.
    mutating func attempt<Value>(
        _ entry: IndexEntry,
        _ body: () throws(BlockFault) -> Value
    ) -> Value? {
        do throws(BlockFault) {
            return try body()
        } catch {
            if rejected.insert(entry.offset).inserted {
                damage.append(.rejectedBlock(offset: entry.offset, error))
                if entry.isContents { losses.append(LostPart(entry)) }
            }
            return nil
        }
    }

    private func blockHeader(
        _ bytes: [UInt8],
        at start: Int = 0,
        offset: Int64
    ) throws(BlockFault) -> BlockHeader {
        try BlockHeader.decode(bytes, at: start, offset: offset, major: header.version.major)
    }

    /// A body that an earlier block holds; `nil` when it cannot be read.
    mutating func content(at place: EarlierContent) throws(TraceError) -> [UInt8]? {
        if let known = contents[place.block, place.base] { return known?[place.number] }
        let found = try rawContents(ofBlockAt: place.block, base: place.base)
        contents.insert(found, place.block, place.base)
        return found?[place.number]
    }

    private func rawContents(
        ofBlockAt offset: Int64,
        base: UInt64
    ) throws(TraceError) -> RawContents? {
        let start = try source.bytes(at: offset, count: Layout.blockHeaderSize, file: file)
        guard let header = try? self.header(start, at: 0, offset: offset),
            header.kind == BlockKind.records.rawValue
        else { return nil }
        let size = Layout.blockHeaderSize + header.storedSize
        let bytes = try source.bytes(at: offset, count: size, file: file)
        guard let reader = try? StoredBlock(header: header, bytes: bytes).columns() else {
            return nil
        }
        return try? RawContents(reader, base: base)
    }

    /// Notes that bodies of a block are lost, once.
    mutating func noteLostBodies(_ count: Int, _ entry: IndexEntry) {
        let lost = FileDamage.lostBodies(offset: entry.offset, count: count)
        if !damage.contains(lost) { damage.append(lost) }
    }

    /// The pairs of the info block; none when it is damaged.
    mutating func readInfo() throws(TraceError) -> Metadata {
        guard let entry = blocks.first(where: { $0.kind == BlockKind.info.rawValue }) else {
            return Metadata()
        }
        return try read(entry) { (block) throws(BlockFault) in
            var cursor = ByteCursor(try block.inflated())
            return try cursor.metadata()
        } ?? Metadata()
    }

    /// What `decode` makes of the ending; `nil` when there is none or it is damaged.
    mutating func readEnding<Ending>(
        decode: (inout ByteCursor) throws(BlockFault) -> Ending
    ) throws(TraceError) -> Ending? {
        guard let entry = blocks.last(where: { $0.kind == BlockKind.ending.rawValue }) else {
            return nil
        }
        return try read(entry) { (block) throws(BlockFault) in
            var cursor = ByteCursor(try block.inflated())
            return try decode(&cursor)
        }
    }
}

/// A block that is whole, by its sizes and checksums.
struct StoredBlock {
    let header: BlockHeader
    /// The header and the payload.
    private let bytes: [UInt8]

    init(header: BlockHeader, bytes: [UInt8]) throws(BlockFault) {
        try header.checkSizes()
        let payload = Layout.blockHeaderSize..<bytes.count
        guard header.payloadChecksum == checksum(of: bytes, in: payload) else {
            throw .payloadChecksum
        }
        self.header = header
        self.bytes = bytes
    }

    /// The payload of a block that is one zlib stream.
    func inflated() throws(BlockFault) -> [UInt8] {
        try TraceFormat.inflated(
            bytes,
            in: Layout.blockHeaderSize..<bytes.count,
            rawSize: header.rawSize
        )
    }

    /// The payload of a block of columns.
    func columns() throws(BlockFault) -> ColumnPayloadReader {
        try ColumnPayloadReader(
            Array(bytes[Layout.blockHeaderSize...]),
            rawSize: header.rawSize
        )
    }
}

/// Finding the blocks.
extension BlockReader {
    /// Reads the index that the trailer points to; `nil` when there is none or it is damaged.
    private mutating func readIndex() throws(TraceError) -> [IndexEntry]? {
        let trailerOffset = fileSize &- Int64(Layout.trailerSize)
        guard trailerOffset >= Int64(Layout.fileHeaderSize) else { return nil }
        let trailerBytes = try source.bytes(
            at: trailerOffset,
            count: Layout.trailerSize,
            file: file
        )
        guard let trailer = Trailer.decode(trailerBytes, fileSize: fileSize) else { return nil }
        let offset = trailer.indexOffset
        // A size over the limit is not read; what is read in its place has no valid header.
        let size = trailerOffset &- offset
        let bytes = try source.bytes(
            at: offset,
            count: size <= Layout.blockSizeLimit ? Int(size) : 0,
            file: file
        )
        do throws(BlockFault) {
            let header = try blockHeader(bytes, offset: offset)
            guard header.end == trailerOffset, header.kind == BlockKind.index.rawValue else {
                throw .end
            }
            let block = try StoredBlock(header: header, bytes: bytes)
            var cursor = ByteCursor(try block.inflated())
            return try cursor.index(endingAt: offset, major: self.header.version.major)
        } catch {
            damage.append(.rejectedIndex(offset: offset, error))
            return nil
        }
    }

    /// Finds the blocks one after the other by their headers.
    private mutating func searchBlocks() throws(TraceError) -> [IndexEntry] {
        var found: [IndexEntry] = []
        var offset = Int64(Layout.fileHeaderSize)
        while offset < fileSize {
            let bytes = try source.bytes(at: offset, count: Layout.blockHeaderSize, file: file)
            if Trailer.decode(bytes, fileSize: fileSize) != nil { return found }
            do throws(BlockFault) {
                let header = try self.header(bytes, at: 0, offset: offset)
                found.append(IndexEntry(header, major: self.header.version.major))
                offset = header.end
            } catch {
                offset = try skipDamage(at: offset, error, after: found.last)
                if offset == fileSize { return found }
            }
        }
        damage.append(.unfinished)
        return found
    }

    /// A block header that can be trusted, of a block that is whole in the file.
    private func header(
        _ bytes: [UInt8],
        at start: Int,
        offset: Int64
    ) throws(BlockFault) -> BlockHeader {
        let header = try blockHeader(bytes, at: start, offset: offset)
        try header.checkSizes()
        guard header.end <= fileSize else { throw .end }
        return header
    }

    /// Notes the damage at `offset` and goes to the next block, or to the end of the file.
    private mutating func skipDamage(
        at offset: Int64,
        _ fault: BlockFault,
        after last: IndexEntry?
    ) throws(TraceError) -> Int64 {
        let next = try nextBlock(after: offset)
        let byteCount = (next?.offset ?? fileSize) &- offset
        let lost = try lostPart(at: offset, byteCount: byteCount, after: last, before: next)
        if let lost { losses.append(lost) }
        if next == nil {
            damage.append(.cutTail(offset: offset, byteCount: byteCount))
        } else if fault == .noHeader {
            damage.append(.foreignBytes(offset: offset, byteCount: byteCount))
        } else {
            damage.append(.rejectedBlock(offset: offset, fault))
        }
        return next?.offset ?? fileSize
    }

    /// What is known of a part that no block can be read from; `nil` when it held no records.
    private func lostPart(
        at offset: Int64,
        byteCount: Int64,
        after last: IndexEntry?,
        before next: BlockHeader?
    ) throws(TraceError) -> LostPart? {
        let bytes = try source.bytes(at: offset, count: Layout.blockHeaderSize, file: file)
        var lost = LostPart(offset: offset, byteCount: byteCount)
        let major = header.version.major
        if let header = try? blockHeader(bytes, offset: offset) {
            let entry = IndexEntry(header, major: major)
            guard entry.isContents else { return nil }
            lost = LostPart(entry)
            lost.byteCount = byteCount
        } else if let first = last.flatMap({ $0.isContents ? $0.times.upperBound : nil }),
            let next, IndexEntry(next, major: major).isContents, first <= next.times.lowerBound
        {
            lost.times = first...next.times.lowerBound
        }
        return lost
    }

    /// The next block header after the bytes at `offset`, if there is one.
    private func nextBlock(after offset: Int64) throws(TraceError) -> BlockHeader? {
        let chunkSize = 1 << 20
        var chunkOffset = offset &+ 1
        while chunkOffset < fileSize {
            let bytes = try source.bytes(at: chunkOffset, count: chunkSize, file: file)
            for start in bytes.indices where bytes[start] == Layout.blockMarker[0] {
                let candidate = chunkOffset &+ Int64(start)
                if let found = try? header(bytes, at: start, offset: candidate) { return found }
            }
            guard bytes.count == chunkSize else { return nil }
            // A header that the chunk cuts off is seen again at the start of the next one.
            chunkOffset = chunkOffset &+ Int64(chunkSize - Layout.blockHeaderSize + 1)
        }
        return nil
    }

    /// Keeps the blocks that belong into a file of this kind and version.
    private mutating func keepKnownBlocks(_ found: [IndexEntry]) {
        let contents: BlockKind = header.kind == .trace ? .records : .outcomes
        let known: [BlockKind] = [.info, contents, .ending, .index]
        for entry in found {
            if known.contains(where: { $0.rawValue == entry.kind }) {
                blocks.append(entry)
            } else if !isLaterMinor {
                damage.append(.rejectedBlock(offset: entry.offset, .kind(entry.kind)))
            }
        }
    }
}
