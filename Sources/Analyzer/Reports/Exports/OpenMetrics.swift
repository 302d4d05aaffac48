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
        text.sample("mik_replay_duration_seconds", [], seconds(ending?.duration ?? 0))
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
                    text.sample(name, labels, seconds(value))
                }
            }
        }
        return text.text + "# EOF\n"
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

    /// Nanoseconds in seconds, exactly.
    private func seconds(_ nanoseconds: Int64) -> String {
        let digits = String(nanoseconds.magnitude)
        let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        return (nanoseconds < 0 ? "-" : "") + "\(padded.dropLast(9)).\(padded.suffix(9))"
    }
}

/// Families of gauges with their samples: a run is over, so nothing of it counts on.
private struct OpenMetricsText {
    private(set) var text = ""
    /// How often the same name and labels have come: routes may differ in characters that are not shown.
    private var series: [String: Int] = [:]

    mutating func family(_ name: String, _ help: String, unit: String? = nil) {
        text += "# TYPE \(name) gauge\n"
        if let unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(help)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        var pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let count = series["\(name) \(pairs)", default: 0] + 1
        series["\(name) \(pairs)"] = count
        if count > 1 { pairs += ",copy=\"\(count)\"" }
        text += name + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        var shown = ""
        for character in text.printable {
            if character == "\\" || character == "\"" { shown.append("\\") }
            shown.append(character)
        }
        return shown
    }
}
