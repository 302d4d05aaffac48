/// Something that a reader found wrong with a file and left out; the rest stays readable.
public enum FileDamage: Equatable, Sendable {
    /// The file has no index at its end: its writer was stopped before it finished.
    case unfinished
    /// The last bytes of the file are no whole block.
    case cutTail(offset: Int64, byteCount: Int64)
    /// A block was left out with all its records.
    case rejectedBlock(offset: Int64, BlockFault)
    /// Bodies of a block are without their bytes, because these were kept in an earlier block that
    /// cannot be read.
    case lostBodies(offset: Int64, count: Int)
    /// Bytes between two blocks belong to none.
    case foreignBytes(offset: Int64, byteCount: Int64)
    /// The index was not used; the blocks were found by a search through the file.
    case rejectedIndex(offset: Int64, BlockFault)
}

extension FileDamage {
    /// Whether records are missing in the middle, so that those behind have other positions than
    /// in the whole file.
    public var leavesGap: Bool {
        switch self {
        case .rejectedBlock, .foreignBytes: true
        case .unfinished, .cutTail, .lostBodies, .rejectedIndex: false
        }
    }
}

/// A part of a file that could not be read, and what is known of what was in it.
public struct LostPart: Equatable, Sendable {
    /// Where it starts in the file.
    public var offset: Int64
    /// How many bytes of the file it takes.
    public var byteCount: Int64
    /// How many records it held; `nil` when its header is lost too.
    public var recordCount: Int?
    /// How many exchanges it held; `nil` when that is not known.
    ///
    /// There are never more exchanges than records.
    public var exchangeCount: Int?
    /// The order times of what it held, in nanoseconds since the trace's epoch or the run's start.
    ///
    /// When its header is lost, it is the time between the blocks around it, or `nil`.
    public var times: ClosedRange<Int64>?
}

/// What is wrong with one block.
public enum BlockFault: Error, Equatable, Sendable {
    /// There is no block header: its marker, its checksum or its position does not match.
    case noHeader
    /// Reserved bytes of the header are not zero.
    case reservedBytes
    /// The times of the header are out of order or over the limit.
    case timesOutOfRange
    /// The sizes of the header contradict each other or are over the limit.
    case sizesOutOfRange
    /// This version has no such kind of block, or not in this kind of file.
    case kind(UInt8)
    /// The block does not end where the file or the next block demands it.
    case end
    /// The checksum of the payload does not match.
    case payloadChecksum
    /// The payload is not a zlib stream of the declared size.
    case inflation
    /// The inflated payload is wrong at `offset`.
    case contents(Contents, offset: Int)

    /// What is wrong with an inflated payload.
    public enum Contents: Sendable {
        /// Something needs more bytes than there are.
        case cutShort
        /// Something ends before its bytes do.
        case bytesLeftOver
        /// An integer is over 64 bits, or longer than it needs to be.
        case integer
        /// A text is not UTF-8.
        case text
        /// A value is not among those that the format knows.
        case value
        /// A time is over the limit, or outside of the times of its block.
        case time
        /// There are more names than the limit.
        case names
    }
}

extension FileDamage: CustomStringConvertible {
    /// One phrase that says what was lost and where.
    public var description: String {
        switch self {
        case .unfinished: "the file was never finished: it has no index at its end"
        case .cutTail(let offset, let byteCount):
            "the last \(byteCount) bytes, from byte \(offset) on, are no whole block"
        case .rejectedBlock(let offset, let fault): "block at byte \(offset): \(fault)"
        case .lostBodies(let offset, let count):
            "\(count) bodies of the block at byte \(offset) were kept in an earlier block that "
                + "cannot be read"
        case .foreignBytes(let offset, let byteCount):
            "\(byteCount) bytes from byte \(offset) on belong to no block"
        case .rejectedIndex(let offset, let fault): "index at byte \(offset): \(fault)"
        }
    }
}

extension BlockFault: CustomStringConvertible {
    /// One phrase that says what is wrong.
    public var description: String {
        switch self {
        case .noHeader: "no valid header"
        case .reservedBytes: "reserved bytes are not zero"
        case .timesOutOfRange: "its times are out of order or over the limit"
        case .sizesOutOfRange: "its sizes contradict each other or are over the limit"
        case .kind(let kind): "kind \(kind) is not known here"
        case .end: "it does not end where the next part starts"
        case .payloadChecksum: "checksum does not match"
        case .inflation: "not a zlib stream of the declared size"
        case .contents(let contents, let offset):
            "\(contents.description) at byte \(offset) of the inflated payload"
        }
    }
}

extension BlockFault.Contents: CustomStringConvertible {
    /// One phrase that says what is wrong.
    public var description: String {
        switch self {
        case .cutShort: "more bytes are needed than there are"
        case .bytesLeftOver: "bytes are left over"
        case .integer: "an integer is over 64 bits or longer than it needs to be"
        case .text: "a text is not UTF-8"
        case .value: "a value is not known"
        case .time: "a time is out of range"
        case .names: "there are too many names"
        }
    }
}
