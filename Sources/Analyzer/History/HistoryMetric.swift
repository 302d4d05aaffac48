/// The number that a history follows: `p99`, `/run/cart p50`, `cold.p50`, `errors`, `rate`.
public struct HistoryMetric: Equatable, Sendable {
    /// The requests that it is of.
    public let scope: ThresholdScope
    /// Which number of theirs.
    public let metric: ThresholdMetric

    /// Makes the metric.
    public init(_ scope: ThresholdScope, _ metric: ThresholdMetric) {
        self.scope = scope
        self.metric = metric
    }

    /// Reads the left side of a threshold, described at ``ThresholdParser``.
    public init(parsing text: String) throws(ThresholdError) {
        guard let (scope, metric) = try ThresholdParser.subject(text[...]) else {
            throw ThresholdError("there is no metric; write it like 'p99' or '/run/cart p50'")
        }
        self.init(scope, metric)
    }

    /// Whether larger numbers are better.
    var wantsMore: Bool { metric == .rate }
}

extension HistoryMetric: CustomStringConvertible {
    /// The requests and the number.
    public var description: String { scope == .all ? "\(metric)" : "\(scope) \(metric)" }
}
