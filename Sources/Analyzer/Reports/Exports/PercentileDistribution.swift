internal import Histogram

extension RunAnalysis {
    /// The latency distribution in the layout of HdrHistogram's plotter (.hgrm), in milliseconds.
    ///
    /// Three significant digits; over the requests that succeeded, by the headline latency.
    public func percentileDistribution() -> String {
        let times = headlineTimes
        var histogram = Histogram<UInt64>(
            highestTrackableValue: UInt64(max(times.last ?? 2, 2)),
            numberOfSignificantValueDigits: .three
        )
        for time in times { histogram.record(UInt64(max(time, 0))) }
        var text = ""
        histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6)
        return text
    }
}
