import Analyzer
import TraceFormat

/// The summary of a load in the layout of another tool, for scripts that read that one's.
struct CompatibleText {
    let figures: LoadFigures
    let url: String
    let connections: Int

    /// The summary as the tool would print it.
    func text(like tool: CompatibleTool) -> String {
        switch tool {
        case .hey: hey
        case .wrk: wrk
        case .ab: ab
        }
    }

    private var hey: String {
        var lines = [
            "", "Summary:", "  Total:\t\(decimal(figures.seconds, 4)) secs",
            "  Slowest:\t\(seconds(figures.greatest)) secs",
            "  Fastest:\t\(seconds(figures.least)) secs",
            "  Average:\t\(seconds(figures.mean)) secs",
            "  Requests/sec:\t\(decimal(figures.rate, 4))", "", "", "Latency distribution:",
        ]
        for percent in [10, 25, 50, 75, 90, 95, 99] {
            lines.append("  \(percent)% in \(seconds(figures.percentile(percent))) secs")
        }
        lines += ["", "Status code distribution:"]
        for (status, count) in statuses { lines.append("  [\(status)]\t\(count) responses") }
        let others = figures.errors.filter { !$0.what.hasPrefix("status ") }
        if !others.isEmpty { lines += ["", "Error distribution:"] }
        for error in others { lines.append("  [\(error.count)]\t\(error.what)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var wrk: String {
        let counts = figures.analysis.overall.counts
        let connect = counts.failures.filter(\.key.isConnectFailure).values.reduce(0, +)
        let read = counts.failed - connect
        var lines = [
            "Running \(decimal(figures.seconds, 0))s test @ \(url)",
            "  1 threads and \(connections) connections", "  Latency Distribution",
        ]
        for percent in [50, 75, 90, 99] {
            lines.append("     \(percent)%  \(decimal(figures.percentile(percent), 2))ms")
        }
        lines.append("  \(counts.completed) requests in \(decimal(figures.seconds, 2))s")
        if counts.failed + counts.censored > 0 {
            lines.append(
                "  Socket errors: connect \(connect), read \(read), write 0, "
                    + "timeout \(counts.censored)"
            )
        }
        let rejected = counts.completed - counts.succeeded
        if rejected > 0 { lines.append("  Non-2xx or 3xx responses: \(rejected)") }
        lines.append("Requests/sec: \(decimal(figures.rate, 2))")
        return lines.joined(separator: "\n") + "\n"
    }

    private var ab: String {
        let counts = figures.analysis.overall.counts
        var lines = [
            "Concurrency Level:      \(connections)",
            "Time taken for tests:   \(decimal(figures.seconds, 3)) seconds",
            "Complete requests:      \(counts.completed)",
            "Failed requests:        \(counts.failed + counts.censored)",
        ]
        let rejected = counts.completed - counts.succeeded
        if rejected > 0 { lines.append("Non-2xx responses:      \(rejected)") }
        lines += [
            "Requests per second:    \(decimal(figures.rate, 2)) [#/sec] (mean)",
            "Time per request:       \(decimal(figures.mean, 3)) [ms] (mean)", "",
            "Percentage of the requests served within a certain time (ms)",
        ]
        for percent in [50, 66, 75, 80, 90, 95, 98, 99, 100] {
            let name = "\(percent)".paddedLeft(3)
            lines.append("  \(name)%  \(decimal(figures.percentile(percent), 0).paddedLeft(5))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var statuses: [(status: UInt16, count: Int)] {
        figures.analysis.overall.counts.statuses.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private func seconds(_ milliseconds: Double?) -> String {
        decimal(milliseconds.map { $0 / 1000 }, 4)
    }

    /// A number with so many decimals, or `nan` where there is none.
    private func decimal(_ number: Double?, _ decimals: Int) -> String {
        number.map { fixed($0, decimals: decimals) } ?? "nan"
    }
}

extension String {
    fileprivate func paddedLeft(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
