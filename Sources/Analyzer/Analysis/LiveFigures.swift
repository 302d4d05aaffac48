internal import Histogram
public import TraceFormat

/// What is known of a replay while it goes on, from the outcomes that came so far.
///
/// Percentiles are those of histograms with two significant digits, in constant memory; the report
/// at the end has the exact ones.
public struct LiveFigures: Sendable {
    /// A kind of error and how often it came.
    public struct ErrorCount: Equatable, Sendable {
        /// The name of the failure, `timeout` and the like for what was given up, or `5xx`.
        public let name: String
        /// How often it came.
        public let count: Int
    }

    /// Whether requests have a time at which they are due.
    private let hasSchedule: Bool
    private var responseTimes = Self.histogram()
    private var clientLags = Self.histogram()
    private var errorCounts: [String: Int] = [:]
    private var lateCount = 0
    private var lostCount = 0
    private var totalCount = 0

    /// No outcome yet.
    public init(hasSchedule: Bool) {
        self.hasSchedule = hasSchedule
    }

    /// Adds outcomes.
    public mutating func add(_ outcomes: [Outcome]) {
        for outcome in outcomes { add(outcome) }
    }

    private mutating func add(_ outcome: Outcome) {
        totalCount += 1
        if let lag = outcome.clientLag {
            clientLags.record(UInt64(max(0, lag)))
            if lag > Validity.lateAfter { lateCount += 1 }
        }
        switch outcome.result {
        case .completed:
            if let time = outcome.responseTime { responseTimes.record(UInt64(max(0, time))) }
            if outcome.status ?? 0 >= 500 { errorCounts["5xx", default: 0] += 1 }
        case .failed(let failure): errorCounts[failure.name, default: 0] += 1
        case .censored(let reason):
            errorCounts[reason.name, default: 0] += 1
            lostCount += 1
        case .unsent(.incompleteRecording): break
        case .unsent: lostCount += 1
        }
    }

    /// The response time at a quantile of whole responses, in nanoseconds; `nil` without any.
    public func responseTime(at quantile: Double) -> Int64? {
        Self.value(of: responseTimes, at: quantile)
    }

    /// The client lag at a quantile of sent requests, in nanoseconds; `nil` without any.
    public func clientLag(at quantile: Double) -> Int64? {
        Self.value(of: clientLags, at: quantile)
    }

    /// The errors, most frequent first.
    public var errors: [ErrorCount] {
        errorCounts.map { ErrorCount(name: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// Why the run would not be valid if it ended now, as far as that is known; see `Validity`.
    public var doubts: [String] {
        var doubts: [String] = []
        if hasSchedule, let lag = clientLag(at: 0.99) {
            let limit = Validity.lagLimit(responseMedian: responseTime(at: 0.5) ?? 0)
            if lag > limit {
                doubts.append(
                    "client lag p99 is \(duration(lag)), over the limit of \(duration(limit))"
                )
            }
            let sentCount = Int(clamping: clientLags.totalCount)
            if exceeds(lateCount, of: sentCount, Validity.lateShareLimit) {
                doubts.append("\(lateCount) of \(sentCount) requests left over 1 ms late")
            }
        }
        if exceeds(lostCount, of: totalCount, Validity.lostShareLimit) {
            doubts.append("\(lostCount) of \(totalCount) requests were unsent or given up")
        }
        return doubts
    }

    private func exceeds(_ count: Int, of total: Int, _ limit: Double) -> Bool {
        Double(count) > limit * Double(total)
    }

    private static func histogram() -> Histogram<UInt64> {
        // An hour to begin with; a longer time makes it larger.
        var histogram = Histogram<UInt64>(
            highestTrackableValue: 3_600_000_000_000,
            numberOfSignificantValueDigits: .two
        )
        histogram.autoResize = true
        return histogram
    }

    private static func value(of histogram: Histogram<UInt64>, at quantile: Double) -> Int64? {
        guard histogram.totalCount > 0 else { return nil }
        return Int64(clamping: histogram.valueAtPercentile(quantile * 100))
    }
}
