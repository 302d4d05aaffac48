internal import Histogram

extension RunAnalysis {
    /// The latency distribution in the layout of HdrHistogram's plotter (.hgrm), in milliseconds.
    ///
    /// Three significant digits; over the requests that succeeded, by the headline latency.
    public func percentileDistribution() -> String {
        let histogram = Histogram<UInt64>(ofNanoseconds: headlineTimes)
        var text = ""
        histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6)
        return text
    }
}
