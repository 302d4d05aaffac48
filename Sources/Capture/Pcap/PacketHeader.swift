/// What a source says about a packet besides its bytes.
struct PacketHeader: Equatable {
    /// When it was captured, in nanoseconds of Unix time.
    var time: Int64
    /// How many bytes it had on the wire, without a checksum behind it.
    var wireByteCount: Int
    /// The number of the link type of its interface.
    var linkType: Int32
    /// What it begins with; `nil` when that can't be taken apart.
    var link: LinkLayer?

    /// Nanoseconds of Unix time; times that no clock shows end at the ends of what 64 bits hold.
    static func time(seconds: Int64, nanoseconds: Int64) -> Int64 {
        let (product, isProductOverflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isSumOverflow) = product.addingReportingOverflow(nanoseconds)
        guard isProductOverflow || isSumOverflow else { return sum }
        return seconds < 0 ? .min : .max
    }
}
