/// Appending numbers and texts to a payload.
extension [UInt8] {
    /// Appends a fixed-size integer, least significant byte first.
    mutating func append<Integer: FixedWidthInteger & UnsignedInteger>(
        littleEndian value: Integer
    ) {
        var rest = value
        for _ in 0..<Integer.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest = rest >> 8
        }
    }

    /// Appends an unsigned integer as LEB128: seven bits a byte, the lowest first, the top bit set
    /// on all bytes but the last.
    mutating func append(variable value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed integer as LEB128 after zigzag: 0, -1, 1, -2 become 0, 1, 2, 3.
    mutating func append(signed value: Int64) {
        append(variable: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Appends the number of bytes and the bytes.
    mutating func append(counted bytes: [UInt8]) {
        append(variable: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Appends the number of UTF-8 bytes of a text and the bytes.
    mutating func append(text: String) {
        let bytes = text.utf8
        append(variable: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Appends the sixteen bytes of a fingerprint.
    mutating func append(fingerprint: Fingerprint) {
        append(littleEndian: fingerprint.high.byteSwapped)
        append(littleEndian: fingerprint.low.byteSwapped)
    }

    /// Reserves the size of a record and returns where it stands, for `endRecord`.
    mutating func beginRecord() -> Int {
        append(littleEndian: UInt32(0))
        return count
    }

    /// Fills in the size of the record that `beginRecord` opened; it must be under the limit in
    /// the end, or the record taken back.
    mutating func endRecord(_ start: Int) {
        let size = count - start
        self[start - 4] = UInt8(truncatingIfNeeded: size)
        self[start - 3] = UInt8(truncatingIfNeeded: size >> 8)
        self[start - 2] = UInt8(truncatingIfNeeded: size >> 16)
        self[start - 1] = UInt8(truncatingIfNeeded: size >> 24)
    }

    /// The two bytes from `offset` on, least significant first.
    func littleEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    /// The four bytes from `offset` on, least significant first.
    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
    }

    /// The eight bytes from `offset` on, least significant first.
    func littleEndian64(at offset: Int) -> UInt64 {
        UInt64(littleEndian32(at: offset)) | UInt64(littleEndian32(at: offset + 4)) << 32
    }
}
