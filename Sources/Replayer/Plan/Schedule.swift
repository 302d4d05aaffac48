/// Turns recorded times into due times.
struct Schedule: Equatable {
    /// The farthest due time, about 36 years, so that differences of times never overflow.
    private static let limit: Int64 = 1 << 60

    /// The recorded time of the trace's first request, in nanoseconds since the trace's epoch.
    let firstRequestTime: Int64
    /// How recorded times are scaled.
    let speed: ReplaySpeed

    /// When something recorded at `time` is due, in nanoseconds since the start of the run.
    ///
    /// Every due time is computed from the start, never from the one before it, so that nothing
    /// adds up. At maximum speed there are no due times: everything is due at the start.
    func due(ofRecordedTime time: Int64) -> Int64 {
        guard case .factor(let factor) = speed else { return 0 }
        let (elapsed, overflow) = time.subtractingReportingOverflow(firstRequestTime)
        guard !overflow else { return time < 0 ? -Self.limit : Self.limit }
        let scaled = factor == 1 ? elapsed : Int64(exactly: (Double(elapsed) / factor).rounded())
        return min(max(scaled ?? (elapsed < 0 ? -Self.limit : Self.limit), -Self.limit), Self.limit)
    }
}
