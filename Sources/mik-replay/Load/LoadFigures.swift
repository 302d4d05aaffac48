import Analyzer
import TraceFormat

/// The numbers of a load by the names that the scripts around older tools read.
struct LoadFigures {
    let analysis: RunAnalysis
    private let times: [Int64]

    init(_ analysis: RunAnalysis) {
        self.analysis = analysis
        times = analysis.headlineTimes
    }

    private var counts: RequestCounts { analysis.overall.counts }
    /// All requests that left.
    var total: Int { counts.sent }
    /// Those with a whole response and a status under 400.
    var successful: Int { counts.succeeded }
    /// All others that left: errors, failures, and those that were given up.
    var failed: Int { counts.sent - counts.succeeded }
    /// From the start to the last response, in seconds.
    var seconds: Double { Double(analysis.ending?.duration ?? 0) / 1e9 }
    /// Requests that succeeded in a second.
    var rate: Double { seconds > 0 ? Double(successful) / seconds : 0 }

    /// In milliseconds; `nil` when nothing succeeded.
    var least: Double? { times.first.map(milliseconds) }
    /// The mean of those that succeeded.
    var mean: Double? {
        times.isEmpty
            ? nil : times.reduce(0) { $0 + Double($1) / 1e6 } / Double(times.count)
    }
    var greatest: Double? { times.last.map(milliseconds) }

    /// The nearest-rank percentile of those that succeeded, in milliseconds.
    func percentile(_ percent: Int) -> Double? {
        Quantile(percent, of: 100).rank(in: times.count).map { milliseconds(times[$0 - 1]) }
    }

    /// What went wrong and how often, the most frequent first.
    var errors: [(what: String, count: Int)] {
        var errors: [(String, Int)] = []
        errors += counts.statuses.filter { $0.key >= 400 }.map { ("status \($0.key)", $0.value) }
        errors += counts.failures.map { ($0.key.name, $0.value) }
        errors += counts.censorings.map { ($0.key.name, $0.value) }
        return errors.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// The members of the old JSON summary; a percentile that there are too few requests for is null.
    var members: [JSONValue.Member] {
        let latency = analysis.overall.headline(hasSchedule: analysis.hasSchedule)
        func percentile(_ quantile: Quantile) -> JSONValue {
            JSONValue(latency[quantile].nanoseconds.map(milliseconds))
        }
        return [
            .init("total_requests", .integer(Int64(total))),
            .init("successful_requests", .integer(Int64(successful))),
            .init("failed_requests", .integer(Int64(failed))),
            .init("duration_seconds", .number(seconds)),
            .init("requests_per_second", .number(rate)),
            .init(
                "success_rate_percent",
                total == 0 ? .null : .number(Double(successful) / Double(total) * 100)
            ),
            .init(
                "latency_ms",
                .object([
                    .init("min", JSONValue(least)), .init("avg", JSONValue(mean)),
                    .init("max", JSONValue(greatest)), .init("p50", percentile(.p50)),
                    .init("p90", percentile(.p90)), .init("p99", percentile(.p99)),
                ])
            ),
            .init("errors", .array(errors.prefix(10).map { .string("\($0.what) ×\($0.count)") })),
        ]
    }
}

private func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e6 }
