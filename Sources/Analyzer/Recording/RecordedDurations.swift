internal import Histogram

/// Durations in bounded memory: percentiles are within one per cent, the maximum is exact.
///
/// A trace may hold any number of exchanges, so they are not kept one by one as those of a run are.
struct RecordedDurations: Equatable, Sendable {
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .two)
    private var greatest: UInt64 = 0

    /// The number of durations.
    var count: Int { Int(clamping: histogram.totalCount) }

    /// Adds a duration in nanoseconds; one that is negative, as after a step of the recording's
    /// clock, counts as none.
    mutating func add(_ nanoseconds: Int64) {
        let value = UInt64(max(0, nanoseconds))
        greatest = max(greatest, value)
        histogram.record(value)
    }

    /// A percentile in nanoseconds; `nil` when there are too few durations to tell it.
    func value(_ quantile: Quantile) -> Int64? {
        guard count >= quantile.minimumCount else { return nil }
        guard quantile != .max else { return Int64(clamping: greatest) }
        let value = histogram.valueAtPercentile(quantile.fraction * 100)
        return Int64(clamping: min(value, greatest))
    }
}
