internal import TraceFormat

extension RepeatedComparison {
    /// The comparison as GitHub-flavoured Markdown, for a pull request or a job summary.
    public func markdownReport() -> String {
        var lines = [
            "## Comparison: \(verdict.rawValue.uppercased()) (\(repetitions.count) repetitions)",
            "",
        ]
        lines += reasons.map { "- \(markdownText($0))" }
        lines += [
            "",
            "- baseline: "
                + repetitions[0].baseline.summary.map(markdownText).joined(separator: " · "),
            "- candidate: "
                + repetitions[0].candidate.summary.map(markdownText).joined(separator: " · "),
        ]
        let rows = ([overall] + routes).map { group in
            [
                markdownText(group.name), String(group.pairs),
                group.effect.map { signedPercentage($0.change) } ?? "n/a",
                group.effect?.interval ?? "", String(group.flips.newFailures),
                group.verdict.rawValue.uppercased() + (group.isDiscovery ? " \\*" : ""),
            ]
        }
        lines += markdownTable(
            header: [
                hasSchedule ? "response time" : "service time", "pairs", "change", "95 % interval",
                "failing", "verdict",
            ],
            rows: rows
        )
        lines += statusChanges.map { "- \($0.baseline) → \($0.candidate) ×\($0.count)" }
        lines += methodNotes.map { "- \(markdownText($0))" }
        return lines.joined(separator: "\n") + "\n"
    }
}
