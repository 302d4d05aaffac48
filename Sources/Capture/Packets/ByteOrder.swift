extension Span where Element == UInt8 {
    /// The number in network byte order at `offset`; the two bytes must be there.
    @inline(__always)
    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    /// The number in network byte order at `offset`; the four bytes must be there.
    @inline(__always)
    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
    }

    /// The number in network byte order at `offset`; the eight bytes must be there.
    @inline(__always)
    func bigEndian64(at offset: Int) -> UInt64 {
        UInt64(bigEndian32(at: offset)) << 32 | UInt64(bigEndian32(at: offset + 4))
    }

    /// The number of two bytes in either order.
    @inline(__always)
    func number16(at offset: Int, isBigEndian: Bool) -> UInt16 {
        let number = bigEndian16(at: offset)
        return isBigEndian ? number : number.byteSwapped
    }

    /// The number of four bytes in either order.
    @inline(__always)
    func number32(at offset: Int, isBigEndian: Bool) -> UInt32 {
        let number = bigEndian32(at: offset)
        return isBigEndian ? number : number.byteSwapped
    }

    /// The number of eight bytes in either order.
    @inline(__always)
    func number64(at offset: Int, isBigEndian: Bool) -> UInt64 {
        let number = bigEndian64(at: offset)
        return isBigEndian ? number : number.byteSwapped
    }
}

extension UInt64 {
    /// The sum, or the largest number where that is not enough.
    func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? .max : sum
    }
}
