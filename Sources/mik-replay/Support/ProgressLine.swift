import Replayer

/// Shows on standard error how far a replay is, while one is watched on a terminal.
struct ProgressLine {
    private static let width = 24

    let monitor: ReplayMonitor
    let planned: UInt64

    /// Redraws the line five times a second until the task is cancelled.
    func show() async {
        guard Terminal.isErrorInteractive else { return }
        while !Task.isCancelled {
            Terminal.replaceErrorLine(text)
            try? await Task.sleep(for: .milliseconds(200))
        }
        Terminal.replaceErrorLine("")
    }

    private var text: String {
        let (counts, elapsed) = monitor.snapshot
        let share = planned == 0 ? 1 : Double(counts.sent + counts.unsent) / Double(planned)
        let filled = Int((min(max(share, 0), 1) * Double(Self.width)).rounded(.down))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "·", count: Self.width - filled)
        let seconds = max(0, elapsed) / 1_000_000_000
        var text = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60) \(bar) "
        text += "sent \(counts.sent)/\(planned) · in flight \(counts.inFlight)"
        if counts.failed > 0 { text += " · failed \(counts.failed)" }
        if counts.censored > 0 { text += " · given up \(counts.censored)" }
        return text
    }
}
