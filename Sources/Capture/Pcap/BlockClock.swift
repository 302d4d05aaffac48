/// How an interface of a pcapng file counts time.
struct BlockClock: Equatable {
    private var ticksPerSecond: UInt64 = 1_000_000
    private var offsetSeconds: Int64 = 0

    /// Microseconds of Unix time.
    init() {}

    /// The clock of the options `if_tsresol` and `if_tsoffset`; `nil` when it is finer than 64 bits
    /// can count in a second.
    ///
    /// - Parameters:
    ///   - resolution: A negative power of 10, or of 2 when the highest bit is set.
    ///   - offsetSeconds: What is to be added to all times.
    init?(resolution: UInt8, offsetSeconds: Int64) {
        let exponent = resolution & 0x7F
        if resolution & 0x80 != 0 {
            guard exponent < 64 else { return nil }
            ticksPerSecond = 1 << UInt64(exponent)
        } else {
            guard exponent < 20 else { return nil }
            ticksPerSecond = (0..<exponent).reduce(1) { power, _ in power * 10 }
        }
        self.offsetSeconds = offsetSeconds
    }

    /// Nanoseconds of Unix time; times beyond what 64 bits hold end there.
    func time(ofTicks ticks: UInt64) -> Int64 {
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
        let nanoseconds = rest.multipliedFullWidth(by: 1_000_000_000)
        // The rest is below the divisor, so the quotient is below 10⁹.
        let fraction = ticksPerSecond.dividingFullWidth(nanoseconds).quotient
        let (sum, isOverflow) = Int64(clamping: seconds).addingReportingOverflow(offsetSeconds)
        let whole = isOverflow ? (offsetSeconds < 0 ? Int64.min : .max) : sum
        return PacketHeader.time(seconds: whole, nanoseconds: Int64(fraction))
    }
}
