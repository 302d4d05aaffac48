extension RunAnalysis {
    /// The latency that the run is judged by, of every request that succeeded, in nanoseconds and
    /// ascending; for the summaries of other tools, which ask for other percentiles.
    public var headlineTimes: [Int64] {
        records.compactMap { record in
            guard record.ending == .succeeded else { return nil }
            return hasSchedule ? record.responseTime : record.serviceTime
        }.ascending()
    }
}
