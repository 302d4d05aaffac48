/// The fixed-size part in front of every payload; the layout is in `Layout`.
struct BlockHeader: Equatable {
    /// A `BlockKind`, or a number that only a later version knows.
    var kind: UInt8
    var storedSize: Int
    var rawSize: Int
    var recordCount: Int
    /// How many of the records are exchanges; zero in version 1.
    var exchangeCount = 0
    /// The least and the greatest connection of the records, where all from 2^32 - 1 on count as
    /// that one; zeros in version 1.
    var connections: ClosedRange<UInt32> = 0...0
    /// The least and the greatest order time of the records.
    var times: ClosedRange<Int64>
    /// Where the block starts in the file.
    var offset: Int64
    var payloadChecksum: UInt32

    /// Where the block ends in the file.
    var end: Int64 { offset &+ Int64(Layout.blockHeaderSize &+ storedSize) }

    func encoded() -> [UInt8] {
        var bytes = Layout.blockMarker
        bytes.append(kind)
        bytes.append(contentsOf: [0, 0, 0])
        bytes.append(littleEndian: UInt32(storedSize))
        bytes.append(littleEndian: UInt32(rawSize))
        bytes.append(littleEndian: UInt32(recordCount))
        bytes.append(littleEndian: UInt32(exchangeCount))
        bytes.append(littleEndian: UInt64(bitPattern: times.lowerBound))
        bytes.append(littleEndian: UInt64(bitPattern: times.upperBound))
        bytes.append(littleEndian: UInt64(bitPattern: offset))
        bytes.append(littleEndian: payloadChecksum)
        bytes.append(littleEndian: connections.lowerBound)
        bytes.append(littleEndian: connections.upperBound)
        bytes.append(littleEndian: checksum(of: bytes, in: bytes.indices))
        return bytes
    }

    /// Reads the header of the block at `offset` of the file from the bytes at `start`.
    static func decode(
        _ bytes: [UInt8],
        at start: Int = 0,
        offset: Int64,
        major: UInt16
    ) throws(BlockFault) -> BlockHeader {
        guard bytes.count - start >= Layout.blockHeaderSize,
            bytes[start..<start + 4].elementsEqual(Layout.blockMarker),
            bytes.littleEndian32(at: start + 60) == checksum(of: bytes, in: start..<start + 60),
            bytes.littleEndian64(at: start + 40) == UInt64(bitPattern: offset)
        else { throw .noHeader }
        var reserved = [start + 5..<start + 8]
        if major == 1 { reserved += [start + 20..<start + 24, start + 52..<start + 60] }
        guard reserved.allSatisfy({ bytes[$0].allSatisfy { $0 == 0 } }) else {
            throw .reservedBytes
        }
        let first = Int64(bitPattern: bytes.littleEndian64(at: start + 24))
        let last = Int64(bitPattern: bytes.littleEndian64(at: start + 32))
        guard first <= last, Layout.times.contains(first), Layout.times.contains(last) else {
            throw .timesOutOfRange
        }
        let firstConnection = bytes.littleEndian32(at: start + 52)
        let lastConnection = bytes.littleEndian32(at: start + 56)
        guard firstConnection <= lastConnection else { throw .sizesOutOfRange }
        return BlockHeader(
            kind: bytes[start + 4],
            storedSize: Int(bytes.littleEndian32(at: start + 8)),
            rawSize: Int(bytes.littleEndian32(at: start + 12)),
            recordCount: Int(bytes.littleEndian32(at: start + 16)),
            exchangeCount: Int(bytes.littleEndian32(at: start + 20)),
            connections: firstConnection...lastConnection,
            times: first...last,
            offset: offset,
            payloadChecksum: bytes.littleEndian32(at: start + 48)
        )
    }

    /// Checks that the declared sizes are within the limits, before anything is allocated.
    func checkSizes() throws(BlockFault) {
        guard rawSize >= 1, rawSize <= Layout.rawSizeLimit,
            rawSize <= storedSize * Layout.inflationLimit,
            storedSize <= Layout.storedSizeLimit(ofRawSize: rawSize),
            recordCount <= rawSize, exchangeCount <= recordCount
        else { throw .sizesOutOfRange }
    }
}

/// The last bytes of a finished file; the layout is in `Layout`.
struct Trailer: Equatable {
    /// Where the index block starts.
    var indexOffset: Int64
    /// The size of the whole file.
    var fileSize: Int64

    func encoded() -> [UInt8] {
        var bytes = Layout.trailerMagic
        bytes.append(littleEndian: UInt64(bitPattern: indexOffset))
        bytes.append(littleEndian: UInt64(bitPattern: fileSize))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: checksum(of: bytes, in: bytes.indices))
        return bytes
    }

    /// Reads the trailer of a file of `fileSize` bytes; `nil` when the bytes are none.
    static func decode(_ bytes: [UInt8], fileSize: Int64) -> Trailer? {
        guard bytes.count == Layout.trailerSize, bytes.starts(with: Layout.trailerMagic),
            bytes.littleEndian32(at: 28) == checksum(of: bytes, in: 0..<28),
            bytes.littleEndian32(at: 24) == 0,
            bytes.littleEndian64(at: 16) == UInt64(bitPattern: fileSize)
        else { return nil }
        let indexOffset = Int64(bitPattern: bytes.littleEndian64(at: 8))
        guard indexOffset >= Int64(Layout.fileHeaderSize), indexOffset < fileSize else {
            return nil
        }
        return Trailer(indexOffset: indexOffset, fileSize: fileSize)
    }
}
