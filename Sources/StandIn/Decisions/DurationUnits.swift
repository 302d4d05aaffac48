extension Duration {
    /// The whole milliseconds in it, rounded down.
    var milliseconds: Int64 { microseconds / 1000 }

    /// The whole microseconds in it, rounded down.
    var microseconds: Int64 { nanoseconds / 1000 }

    /// The whole nanoseconds in it, rounded down; the largest number there is from 292 years on.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds &+ components.attoseconds / 1_000_000_000
    }

    /// Multiplies a time by a factor, which the standard library offers for whole factors only.
    static func *= (time: inout Duration, factor: Double) {
        time = time * factor
    }
}
