/// Writes blocks one after the other and keeps the index of them.
///
/// After an error nothing more is written, and the file ends with its last whole block.
struct BlockWriter: ~Copyable {
    /// The file's name in errors.
    let file: String
    private let sink: any ByteSink
    private var offset: Int64 = 0
    private var index: [IndexEntry] = []
    private var failure: TraceError?
    private var isFinished = false
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var synchronization: SynchronizationSchedule

    /// Writes the file header and the info block.
    init(
        sink: any ByteSink,
        file: String,
        kind: FileKind,
        info: Metadata,
        durability: Durability
    ) throws(TraceError) {
        self.sink = sink
        start = clock.now
        synchronization = SynchronizationSchedule(durability, now: 0)
        self.file = file
        try write(FileHeader(kind: kind, version: Layout.version).encoded())
        var payload: [UInt8] = []
        payload.append(metadata: info)
        try writeBlock(.info, payload, recordCount: info.pairs.count)
    }

    /// The bytes that were written so far.
    var byteCount: Int64 { offset }

    /// Fails when an earlier write failed; traps when the file is finished.
    func checkIsWritable() throws(TraceError) {
        precondition(!isFinished, "nothing can be written to \(file) after its end was written")
        if let failure { throw failure }
    }

    /// Writes a block of one zlib stream whole, or else leaves the file as it was before.
    mutating func writeBlock(
        _ kind: BlockKind,
        _ payload: [UInt8],
        recordCount: Int
    ) throws(TraceError) {
        let stored = deflated(payload)
        try write(
            BlockHeader(
                kind: kind.rawValue,
                storedSize: stored.count,
                rawSize: payload.count,
                recordCount: recordCount,
                times: 0...0,
                offset: offset,
                payloadChecksum: checksum(of: stored, in: stored.indices)
            ),
            stored
        )
    }

    /// Writes a block of columns whole, or else leaves the file as it was before.
    mutating func writeColumns(
        _ kind: BlockKind,
        _ block: (payload: [UInt8], rawSize: Int),
        recordCount: Int,
        exchangeCount: Int = 0,
        connections: ClosedRange<UInt64> = 0...0,
        times: ClosedRange<Int64>
    ) throws(TraceError) {
        let stored = block.payload
        let first = UInt32(clamping: connections.lowerBound)
        let last = UInt32(clamping: connections.upperBound)
        try write(
            BlockHeader(
                kind: kind.rawValue,
                storedSize: stored.count,
                rawSize: block.rawSize,
                recordCount: recordCount,
                exchangeCount: exchangeCount,
                connections: first...last,
                times: times,
                offset: offset,
                payloadChecksum: checksum(of: stored, in: stored.indices)
            ),
            stored
        )
    }

    private mutating func write(_ header: BlockHeader, _ stored: [UInt8]) throws(TraceError) {
        try checkIsWritable()
        try write(header.encoded() + stored)
        index.append(IndexEntry(header, major: Layout.version.major))
        try synchronize(isLast: false)
    }

    /// Writes the ending, the index and the trailer, which make the file whole.
    mutating func finish(ending: [UInt8]) throws(TraceError) {
        try writeBlock(.ending, ending, recordCount: 0)
        let indexOffset = offset
        var payload: [UInt8] = []
        payload.append(index: index)
        try writeBlock(.index, payload, recordCount: index.count)
        let fileSize = offset &+ Int64(Layout.trailerSize)
        try write(Trailer(indexOffset: indexOffset, fileSize: fileSize).encoded())
        try synchronize(isLast: true)
        isFinished = true
    }

    private mutating func synchronize(isLast: Bool) throws(TraceError) {
        let elapsed = (clock.now - start).components
        let now = elapsed.seconds &* 1_000_000_000 &+ elapsed.attoseconds / 1_000_000_000
        guard synchronization.isDue(now: now, isLast: isLast) else { return }
        do {
            try sink.synchronize()
        } catch {
            let failure = TraceError.cannotWrite(file: file, offset: offset, error)
            self.failure = failure
            throw failure
        }
    }

    private mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        do {
            try sink.append(bytes)
            offset += Int64(bytes.count)
        } catch {
            let failure = TraceError.cannotWrite(file: file, offset: offset, error)
            self.failure = failure
            // What cannot be cut off, as in a pipe, is a cut tail to the reader.
            try? sink.truncate(to: offset)
            throw failure
        }
    }
}
