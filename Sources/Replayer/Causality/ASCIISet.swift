/// A set of ASCII characters that says of a byte at once whether it is in it.
struct ASCIISet {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The characters of a text, all of which are ASCII.
    init(_ text: StaticString) {
        text.withUTF8Buffer { bytes in
            for position in 0..<bytes.count { insert(unsafe bytes[position]) }
        }
    }

    /// How many there are.
    var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

    /// Adds a character, which is below 128.
    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }

    /// Whether a byte is one of them.
    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }

    /// Whether none of them is in the other set.
    func isDisjoint(with other: ASCIISet) -> Bool { low & other.low == 0 && high & other.high == 0 }

    /// Whether all of them are in the other set.
    func isSubset(of other: ASCIISet) -> Bool { low & ~other.low == 0 && high & ~other.high == 0 }
}
