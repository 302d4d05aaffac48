import Analyzer
import Replayer
import Synchronization
import TraceFormat

/// What is known of a replay that goes on, for those who watch it.
final class LiveFeed: Sendable {
    /// What was known at a time.
    struct Snapshot: Sendable {
        let counts: ReplayCounts
        /// The time since the start of the run, in nanoseconds.
        let elapsed: Int64
        let figures: LiveFigures
    }

    /// How many requests the plan has.
    let planned: UInt64
    private let monitor: ReplayMonitor
    private let figures: Mutex<LiveFigures>

    init(monitor: ReplayMonitor, planned: UInt64, hasSchedule: Bool) {
        self.monitor = monitor
        self.planned = planned
        figures = Mutex(LiveFigures(hasSchedule: hasSchedule))
    }

    /// Takes outcomes.
    func add(_ outcomes: [Outcome]) {
        figures.withLock { $0.add(outcomes) }
    }

    /// What is known now.
    var snapshot: Snapshot {
        let (counts, elapsed) = monitor.snapshot
        return Snapshot(counts: counts, elapsed: elapsed, figures: figures.withLock { $0 })
    }

    /// What is known now, in the OpenMetrics text format.
    var metrics: String {
        let now = snapshot
        var text = OpenMetricsText()
        text.family("mik_replay_planned_requests", "Requests of the plan.")
        text.sample("mik_replay_planned_requests", [], String(planned))
        text.family("mik_replay_elapsed_seconds", "Since the start of the run.", unit: "seconds")
        text.sample("mik_replay_elapsed_seconds", [], OpenMetricsText.seconds(now.elapsed))
        let counters = [
            ("due", "Requests that have come due.", now.counts.due),
            ("sent", "Requests that were sent.", now.counts.sent),
            ("completed", "Requests with a whole response.", now.counts.completed),
            ("failed", "Requests that are known to have failed.", now.counts.failed),
            ("censored", "Requests that were given up.", now.counts.censored),
            ("unsent", "Requests that were not sent.", now.counts.unsent),
            ("connections", "Connections that were opened.", now.counts.connections),
        ]
        for (name, help, count) in counters {
            text.family("mik_replay_\(name)", help, kind: .counter)
            text.sample("mik_replay_\(name)_total", [], String(count))
        }
        text.family("mik_replay_in_flight", "Requests that were sent and have no end yet.")
        text.sample("mik_replay_in_flight", [], String(now.counts.inFlight))
        text.family("mik_replay_errors", "Errors by class.", kind: .counter)
        for error in now.figures.errors {
            text.sample("mik_replay_errors_total", [("class", error.name)], String(error.count))
        }
        Self.add("response_time", "From due to the end of the response.", to: &text) {
            now.figures.responseTime(at: $0)
        }
        Self.add("client_lag", "How late requests left by the client's doing.", to: &text) {
            now.figures.clientLag(at: $0)
        }
        text.family("mik_replay_valid", "Whether the run would be valid so far.")
        text.sample("mik_replay_valid", [], now.figures.doubts.isEmpty ? "1" : "0")
        return text.ended
    }

    private static func add(
        _ name: String,
        _ help: String,
        to text: inout OpenMetricsText,
        _ value: (Double) -> Int64?
    ) {
        let family = "mik_replay_\(name)_seconds"
        text.family(family, help, unit: "seconds")
        for quantile in [0.5, 0.9, 0.99] {
            guard let time = value(quantile) else { continue }
            text.sample(family, [("quantile", "\(quantile)")], OpenMetricsText.seconds(time))
        }
    }
}
