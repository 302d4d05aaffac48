/// Which values are distinctive enough that a request that carries one must have it from the
/// response in which it came first, and not by chance.
enum DistinctiveValue {
    /// How long one may be, in bytes.
    static let lengths = 6...256

    /// Whether bytes are such a value: 6 to 256 visible characters, at least four of them
    /// different, with a digit (or from 16 on with both upper-case and lower-case letters), and not
    /// only digits and the punctuation of dates, times, addresses, versions and fractions.
    ///
    /// Quotation marks, commas, semicolons, angle and curly brackets and backslashes, which end
    /// values or escape in one place or another, do not stand in one.
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard lengths.contains(bytes.count) else { return false }
        // One bit for each byte below 128.
        var seen: (low: UInt64, high: UInt64) = (0, 0)
        for byte in bytes {
            guard byte > 0x20, byte < 0x7F, !"\",;<>{}\\".utf8.contains(byte) else { return false }
            if byte < 64 {
                seen.low |= 1 << UInt64(byte)
            } else {
                seen.high |= 1 << UInt64(byte - 64)
            }
        }
        guard seen.low.nonzeroBitCount + seen.high.nonzeroBitCount >= 4 else { return false }
        let digits: UInt64 = 0x03FF << 0x30
        let hasDigit = seen.low & digits != 0
        let upper: UInt64 = 0x07FF_FFFE
        let lower = upper << 32
        guard hasDigit else {
            return bytes.count >= 16 && seen.high & upper != 0 && seen.high & lower != 0
        }
        let isPlainNumber = seen.high == 0 && seen.low & ~digits == 0
        let isOfTimes = bytes.allSatisfy {
            (0x30...0x39).contains($0) || "+-.:/TZ".utf8.contains($0)
        }
        return isPlainNumber || !isOfTimes
    }
}
