@testable import TraceFormat

/// A file of version 1 put together block by block, so that it can say what no writer would.
struct HandmadeFile {
    var bytes: [UInt8]
    private var entries: [IndexEntry] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Starts with the header and, for a trace or a run that is to have one, the info block.
    init(
        kind: FileKind = .trace,
        version: FormatVersion = FormatVersion(major: 1, minor: 1)
    ) {
        bytes = FileHeader(kind: kind, version: version).encoded()
        var payload: [UInt8] = []
        payload.append(metadata: sampleInfo.metadata)
        append(.info, payload)
    }

    static func payload(_ records: [TraceRecord]) -> [UInt8] {
        var payload: [UInt8] = []
        for record in records { payload.append(record: record) }
        return payload
    }

    mutating func append(
        _ kind: BlockKind,
        _ payload: [UInt8],
        recordCount: Int = 0,
        times: ClosedRange<Int64> = 0...0
    ) {
        append(
            kind: kind.rawValue,
            stored: deflated(payload),
            rawSize: payload.count,
            recordCount: recordCount,
            times: times
        )
    }

    /// Appends a block with right checksums around whatever is given.
    mutating func append(
        kind: UInt8,
        stored: [UInt8],
        rawSize: Int,
        recordCount: Int = 1,
        times: ClosedRange<Int64> = 0...0,
        change: (inout [UInt8]) -> Void = { _ in }
    ) {
        let header = BlockHeader(
            kind: kind,
            storedSize: stored.count,
            rawSize: rawSize,
            recordCount: recordCount,
            times: times,
            offset: Int64(bytes.count),
            payloadChecksum: checksum(of: stored, in: stored.indices)
        )
        var encoded = header.encoded()
        change(&encoded)
        encoded.removeLast(4)
        encoded.append(littleEndian: checksum(of: encoded, in: encoded.indices))
        bytes += encoded + stored
        entries.append(IndexEntry(header, major: 1))
    }

    /// Appends an index, of the blocks so far unless others are given, and the trailer.
    mutating func finish(index: [IndexEntry]? = nil) {
        let indexOffset = Int64(bytes.count)
        var payload: [UInt8] = []
        payload.append(index: index ?? entries)
        append(.index, payload)
        let fileSize = Int64(bytes.count + Layout.trailerSize)
        bytes += Trailer(indexOffset: indexOffset, fileSize: fileSize).encoded()
    }
}
