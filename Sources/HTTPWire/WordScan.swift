/// Scans of eight bytes at a time: most of a head's cost is looking at each of its bytes.
extension Span<UInt8> {
    /// The offset of the first line feed from `start` on; the count when there is none.
    func firstLineFeed(from start: Int) -> Int {
        var offset = start
        while count - offset >= 8 {
            let found = zeroBytes(word(at: offset) ^ (0x0A &* everyByte))
            if found != 0 { return offset + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < count, self[offset] != ByteClass.lineFeed { offset += 1 }
        return offset
    }

    /// The end of the bytes from `start` on that may stand in a field value.
    func endOfFieldValue(from start: Int) -> Int {
        var offset = start
        while offset < count {
            if count - offset >= 8 {
                let word = word(at: offset)
                let controls = (word &- 0x20 &* everyByte) & ~word & (0x80 &* everyByte)
                let found = controls | zeroBytes(word ^ (0x7F &* everyByte))
                offset += found.trailingZeroBitCount / 8
                if found == 0 { continue }
            }
            // Also a tab is a control, and allowed.
            guard ByteClass.isFieldValue(self[offset]) else { return offset }
            offset += 1
        }
        return offset
    }

    /// The eight bytes from `offset` on, the first one in the lowest bits.
    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        // Checks its bounds; any eight bytes are a valid UInt64.
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
        )
    }
}

/// A one in each byte.
private let everyByte: UInt64 = 0x0101_0101_0101_0101

/// The highest bit of each byte that is zero; only the lowest bit that is set is sure.
///
/// From "Bit Twiddling Hacks" by Sean Eron Anderson, as is the test for controls above.
@inline(__always)
private func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- everyByte) & ~word & (0x80 &* everyByte)
}
