internal import TraceFormat

extension RunAnalysis {
    /// The numbers of a run for Prometheus, in the OpenMetrics text format 1.0.
    public func openMetricsReport() -> String {
        var text = OpenMetricsText()
        text.family("mik_replay_valid", "Whether the run can be trusted.")
        text.sample("mik_replay_valid", [], validity.isValid ? "1" : "0")
        text.family(
            "mik_replay_duration_seconds",
            "From the start to the last event.",
            unit: "seconds"
        )
        text.sample(
            "mik_replay_duration_seconds",
            [],
            OpenMetricsText.seconds(ending?.duration ?? 0)
        )
        let groups = [(nil as String?, overall)] + routes.map { ($0.name, $0) }
        text.family("mik_replay_requests", "Requests by how they ended.")
        for (route, group) in groups { addCounts(of: group, route, to: &text) }
        let latencies: [(name: String, help: String, of: (GroupSummary) -> LatencySummary)] = [
            ("response", "From due to the end of the response.", \.response),
            ("service", "From sent to the end of the response.", \.service),
        ]
        for latency in latencies {
            let name = "mik_replay_\(latency.name)_time_seconds"
            text.family(name, latency.help, unit: "seconds")
            for (route, group) in groups {
                for percentile in latency.of(group).percentiles {
                    guard let value = percentile.value.nanoseconds else { continue }
                    let labels = [
                        ("route", route ?? "all"), ("quantile", "\(percentile.quantile.fraction)"),
                    ]
                    text.sample(name, labels, OpenMetricsText.seconds(value))
                }
            }
        }
        return text.ended
    }

    private func addCounts(
        of group: GroupSummary,
        _ route: String?,
        to text: inout OpenMetricsText
    ) {
        let counts = group.counts
        let ends = [
            ("succeeded", counts.succeeded), ("rejected", counts.completed - counts.succeeded),
            ("failed", counts.failed), ("censored", counts.censored), ("unsent", counts.unsent),
        ]
        for (end, count) in ends {
            let labels = [("route", route ?? "all"), ("end", end)]
            text.sample("mik_replay_requests", labels, String(count))
        }
    }
}
