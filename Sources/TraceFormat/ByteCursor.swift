/// Reads a raw payload from front to back and never past the end of the record it is in.
struct ByteCursor {
    private let bytes: [UInt8]
    /// Where the next byte is read.
    private(set) var offset = 0
    /// The end of the record that is being read, or of the payload.
    private var end: Int

    init(_ payload: [UInt8]) {
        bytes = payload
        end = payload.count
    }

    /// Whether the record, or outside of one the payload, is read to its end.
    var isAtEnd: Bool { offset == end }

    /// How many bytes of it are left.
    var remainingCount: Int { end - offset }

    /// The bytes of it that are left.
    var remainingBytes: ArraySlice<UInt8> { bytes[offset..<end] }

    /// A fault at the place where the cursor stands.
    func fault(_ problem: BlockFault.Contents) -> BlockFault {
        .contents(problem, offset: offset)
    }

    /// Enters the record at the cursor: what follows is read up to its end only.
    mutating func beginRecord() throws(BlockFault) {
        guard end - offset >= 4 else { throw fault(.cutShort) }
        let size = Int(bytes.littleEndian32(at: offset))
        offset += 4
        guard size <= end - offset else { throw fault(.cutShort) }
        end = offset + size
    }

    /// Leaves the record; bytes not read are those of a later version, or else a fault.
    mutating func endRecord(mayHaveMore: Bool) throws(BlockFault) {
        guard mayHaveMore || isAtEnd else { throw fault(.bytesLeftOver) }
        offset = end
        end = bytes.count
    }

    mutating func byte() throws(BlockFault) -> UInt8 {
        guard offset < end else { throw fault(.cutShort) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Reads a byte that is 0 or 1.
    mutating func flag() throws(BlockFault) -> Bool {
        let value = try byte()
        guard value <= 1 else { throw fault(.value) }
        return value == 1
    }

    mutating func littleEndian16() throws(BlockFault) -> UInt16 {
        let low = try byte()
        return UInt16(low) | UInt16(try byte()) << 8
    }

    /// Reads what `append(variable:)` wrote; an encoding longer than needed is a fault.
    mutating func variable() throws(BlockFault) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            let byte = try byte()
            // The tenth byte has room for one bit; a last byte of zero says nothing.
            guard shift < 63 || byte <= 1, byte != 0 else { throw fault(.integer) }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(BlockFault) -> Int64 {
        let value = try variable()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a number of things of which each takes at least one of the bytes left.
    mutating func count() throws(BlockFault) -> Int {
        let value = try variable()
        guard value <= UInt64(end - offset) else { throw fault(.cutShort) }
        return Int(value)
    }

    mutating func counted() throws(BlockFault) -> [UInt8] {
        let count = try count()
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Steps over counted bytes and says where they stand.
    mutating func countedRange() throws(BlockFault) -> Range<Int> {
        let count = try count()
        defer { offset += count }
        return offset..<offset + count
    }

    mutating func text() throws(BlockFault) -> String {
        let count = try count()
        guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else {
            throw fault(.text)
        }
        offset += count
        return text
    }

    mutating func fingerprint() throws(BlockFault) -> Fingerprint {
        guard end - offset >= 16 else { throw fault(.cutShort) }
        defer { offset += 16 }
        return Fingerprint(
            high: bytes.littleEndian64(at: offset).byteSwapped,
            low: bytes.littleEndian64(at: offset + 8).byteSwapped
        )
    }

    mutating func status() throws(BlockFault) -> UInt16 {
        guard let status = UInt16(exactly: try variable()) else { throw fault(.value) }
        return status
    }
}
