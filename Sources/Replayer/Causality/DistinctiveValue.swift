/// Which values are distinctive enough that a request that carries one must have it from the
/// response in which it came first, and not by chance.
enum DistinctiveValue {
    /// How long one may be, in bytes.
    static let lengths = 6...256

    /// Quotation marks, commas, semicolons, angle and curly brackets and backslashes, which end values
    /// or escape in one place or another.
    private static let delimiters = ASCIISet("\",;<>{}\\")
    private static let digits = ASCIISet("0123456789")
    /// What dates, times, addresses, versions and fractions are made of.
    private static let ofTimes = ASCIISet("0123456789+-.:/TZ")
    private static let upperCase = ASCIISet("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let lowerCase = ASCIISet("abcdefghijklmnopqrstuvwxyz")

    /// Whether bytes are such a value: 6 to 256 visible characters, none of which is a delimiter, at
    /// least four of them different, with a digit (or from 16 on with both upper-case and lower-case
    /// letters), and not only digits and the punctuation of dates, times, addresses, versions and
    /// fractions.
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard lengths.contains(bytes.count) else { return false }
        var seen = ASCIISet("")
        for byte in bytes {
            guard byte > 0x20, byte < 0x7F else { return false }
            seen.insert(byte)
        }
        guard seen.count >= 4, seen.isDisjoint(with: delimiters) else { return false }
        guard !seen.isDisjoint(with: digits) else {
            return bytes.count >= 16 && !seen.isDisjoint(with: upperCase)
                && !seen.isDisjoint(with: lowerCase)
        }
        return seen.isSubset(of: digits) || !seen.isSubset(of: ofTimes)
    }
}
