/// The sizes, marks and limits of format version 2; `docs/trace-format.md` has the same tables.
///
/// A file is a header, blocks one after the other, and a trailer. All fixed-size integers are
/// little-endian; all checksums are the CRC-32 of zlib.
///
/// File header, 32 bytes, the same in every version:
///
///     offset  size  field
///          0     8  magic      89 4D 49 4B 52 0D 0A 1A
///          8     1  kind       1 trace, 2 run
///          9     1  reserved   zero
///         10     2  major version
///         12     2  minor version
///         14    14  reserved   zero
///         28     4  checksum   of bytes 0 to 27
///
/// Block header, 64 bytes, followed by the stored payload:
///
///     offset  size  field
///          0     4  marker     6D 72 62 B1
///          4     1  kind       1 info, 2 records, 3 outcomes, 4 ending, 5 index
///          5     3  reserved   zero
///          8     4  stored size of the payload (columns, or a zlib stream, RFC 1950)
///         12     4  raw size   of the payload after inflation, at least 1
///         16     4  record count
///         20     4  exchange count; in version 1 zero
///         24     8  first time the least order time of the records, signed
///         32     8  last time  the greatest order time of the records, signed
///         40     8  position   the offset of this block in the file
///         48     4  checksum   of the stored payload
///         52     4  first connection, or 2^32 - 1 for all greater ones; in version 1 zero
///         56     4  last connection, likewise
///         60     4  checksum   of bytes 0 to 59
///
/// Trailer, 32 bytes, the last of a finished file:
///
///     offset  size  field
///          0     8  magic      89 4D 49 4B 45 0D 0A 1A
///          8     8  position of the index block
///         16     8  file size  trailer included
///         24     4  reserved   zero
///         28     4  checksum   of bytes 0 to 27
enum Layout {
    /// The version that this code writes.
    static let version = FormatVersion(major: 2, minor: 2)
    /// The versions that this code reads: the greatest minor one that it knows, by major version.
    static let knownMinors: [UInt16: UInt16] = [1: 1, 2: 2]

    static let fileMagic: [UInt8] = [0x89, 0x4D, 0x49, 0x4B, 0x52, 0x0D, 0x0A, 0x1A]
    static let trailerMagic: [UInt8] = [0x89, 0x4D, 0x49, 0x4B, 0x45, 0x0D, 0x0A, 0x1A]
    static let blockMarker: [UInt8] = [0x6D, 0x72, 0x62, 0xB1]

    static let fileHeaderSize = 32
    static let blockHeaderSize = 64
    static let trailerSize = 32

    /// A writer closes a block when its records reach about this many bytes before compression.
    static let blockSizeTarget = 256 << 10
    /// A writer closes a block when a reader will need about this many bytes for its texts and
    /// bodies.
    static let blockTextTarget = 4 << 20
    /// A writer closes a block when it holds this many records.
    static let blockRecordTarget = 8192
    /// No payload inflates to more bytes than this.
    static let rawSizeLimit = 256 << 20
    /// No block takes more bytes of the file than this.
    static let blockSizeLimit = blockHeaderSize + storedSizeLimit(ofRawSize: rawSizeLimit)
    /// No record is longer than this: a block's limit without what may stand in front of it.
    static let recordSizeLimit = rawSizeLimit - (1 << 20)
    /// No outcome has more bytes of text than this.
    static let outcomeTextLimit = 1 << 20
    /// The most that one stored byte can inflate to, by the deflate format (RFC 1951).
    static let inflationLimit = 1032
    /// No info or ending has more names than this.
    static let nameLimit = 4096
    /// No time lies further from its epoch than this many nanoseconds (73 years), so that
    /// differences of times never overflow.
    static let times: ClosedRange<Int64> = -(1 << 61)...(1 << 61)
    /// No epoch and no start of a run lies further from 1970 than this many nanoseconds.
    static let epochs: ClosedRange<Int64> = -(1 << 62)...(1 << 62)

    /// The most bytes that a stored payload of `rawSize` bytes may have.
    ///
    /// Looser than the bound of any zlib in use, so that files do not depend on which one it was.
    static func storedSizeLimit(ofRawSize rawSize: Int) -> Int {
        rawSize + rawSize / 4 + 64
    }
}

/// What a block holds.
///
/// The raw values are those of the file.
enum BlockKind: UInt8 {
    /// Names and texts that say what the file is; the first block.
    case info = 1
    /// Records of a trace.
    case records = 2
    /// Outcomes of a run.
    case outcomes = 3
    /// Totals and ledger, written when the writer finished.
    case ending = 4
    /// The positions of all other blocks; the last block.
    case index = 5
}
