import Analyzer
import Replayer

/// Shows on standard error how a replay goes, while one is watched on a terminal.
struct LiveView {
    private static let barWidth = 24
    /// Rates are those of about the last second.
    private static let rateWindow: Int64 = 1_000_000_000

    private let feed: LiveFeed
    private var earlier: [LiveFeed.Snapshot] = []
    private var lineCount = 0

    init(_ feed: LiveFeed) {
        self.feed = feed
    }

    /// Redraws the lines five times a second until the task is cancelled.
    mutating func show() async {
        guard Terminal.isErrorInteractive else { return }
        while !Task.isCancelled {
            draw(lines(feed.snapshot))
            try? await Task.sleep(for: .milliseconds(200))
        }
        draw([])
    }

    /// Puts the lines in the place of those before; a terminal that is too narrow cuts them off.
    private mutating func draw(_ lines: [String]) {
        let up = lineCount > 0 ? "\u{1B}[\(lineCount)A" : ""
        let text = lines.map { $0 + "\n" }.joined()
        Terminal.printError("\u{1B}[?7l\r\(up)\u{1B}[J\(text)\u{1B}[?7h", terminator: "")
        lineCount = lines.count
    }

    /// What is shown of a snapshot and those before it.
    mutating func lines(_ now: LiveFeed.Snapshot) -> [String] {
        earlier.append(now)
        while earlier.count > 2, now.elapsed - earlier[1].elapsed >= Self.rateWindow {
            earlier.removeFirst()
        }
        var lines = [progress(now), rates(now)]
        if let median = now.figures.responseTime(at: 0.5),
            let high = now.figures.responseTime(at: 0.99),
            let lag = now.figures.clientLag(at: 0.99)
        {
            lines.append(
                "      response p50 \(duration(median)) · p99 \(duration(high)) · client lag p99 "
                    + duration(lag)
            )
        }
        let errors = now.figures.errors.prefix(4).map { "\($0.name) \($0.count)" }
        if !errors.isEmpty { lines.append("      errors " + errors.joined(separator: " · ")) }
        for doubt in now.figures.doubts { lines.append("      NOT VALID SO FAR: \(doubt)") }
        return lines
    }

    private func progress(_ now: LiveFeed.Snapshot) -> String {
        let counts = now.counts
        let done = counts.sent + counts.unsent
        let share = feed.planned == 0 ? 1 : Double(done) / Double(feed.planned)
        let filled = Int((min(max(share, 0), 1) * Double(Self.barWidth)).rounded(.down))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "·", count: Self.barWidth - filled)
        let seconds = max(0, now.elapsed) / 1_000_000_000
        let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        return String(repeating: " ", count: max(0, 5 - clock.count)) + clock
            + " \(bar) sent \(counts.sent)/\(feed.planned) · in flight \(counts.inFlight)"
    }

    /// Requests a second: those that came due, and those that left.
    private func rates(_ now: LiveFeed.Snapshot) -> String {
        let first = earlier[0]
        let seconds = Double(now.elapsed - first.elapsed) / 1e9
        guard seconds > 0 else { return "      rate –" }
        func rate(_ count: UInt64, _ before: UInt64) -> String {
            fixed(Double(count - min(count, before)) / seconds, decimals: 1) + "/s"
        }
        let achieved = rate(now.counts.sent, first.counts.sent)
        guard now.counts.due > 0 else { return "      rate \(achieved)" }
        let asked = rate(now.counts.due, first.counts.due)
        return "      rate asked \(asked) · achieved \(achieved)"
    }
}
