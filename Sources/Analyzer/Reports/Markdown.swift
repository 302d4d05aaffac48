internal import TraceFormat

extension RunAnalysis {
    /// The report as GitHub-flavoured Markdown, for a pull request or a job summary.
    public func markdownReport(thresholds: ThresholdReport? = nil) -> String {
        let counts = overall.counts
        var lines = [
            "## Replay of \(markdownText(info.traceName.printable)): \(validity.isValid ? "valid" : "INVALID")",
            "",
            info.summary.map(markdownText).joined(separator: " · "),
            "",
            "planned \(info.planned) · sent \(counts.sent) · completed \(counts.completed) · "
                + "failed \(counts.failed) · censored \(counts.censored) · unsent \(counts.unsent)",
        ]
        if !validity.doubts.isEmpty { lines.append("") }
        for check in validity.doubts {
            lines.append("- \(check.result == .failed ? "**failed**: " : "")\(check.detail)")
        }
        let names = Quantile.reported.map(\.name)
        let rows = ([overall] + routes).map { group in
            [markdownText(group.name), String(group.counts.total)]
                + group.headline(hasSchedule: hasSchedule).cells
                + [group.counts.successShare.map(percentage) ?? "n/a"]
        }
        lines += markdownTable(
            header: [latencyTitle(hasSchedule: hasSchedule), "n"] + names + ["ok"],
            rows: rows
        )
        lines += latencyNotes.map { "- \($0)" }
        lines += markdownRecordedAnswers(recordedAnswers, recordedContents)
        lines += thresholds?.markdownLines ?? []
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RunComparison {
    /// The comparison as GitHub-flavoured Markdown, for a pull request or a job summary.
    public func markdownReport() -> String {
        markdownComparison(
            title: "\(verdict.word) (screening)",
            reasons: reasons,
            baseline: baseline.summary,
            candidate: candidate.summary,
            rows: ([overall] + routes).map(ComparisonRow.init),
            hasSchedule: hasSchedule,
            statusChanges: statusChanges,
            answers: answers,
            contents: contents,
            notes: methodNotes
        )
    }
}

extension ThresholdReport {
    fileprivate var markdownLines: [String] {
        let header = ["threshold", "target", "critical", "measured", "n", "result"]
        let rows = results.map { result in
            result.cells.map(markdownText) + [result.outcome.rawValue]
        }
        return ["", "### Thresholds: \(verdict.rawValue.uppercased())"]
            + markdownTable(header: header, rows: rows)
            + results.compactMap { result in
                result.note.map { "- \(markdownText("\(result.threshold.subject): \($0)"))" }
            }
    }
}

/// A table with its first column to the left and the others to the right, set off by empty lines.
func markdownTable(header: [String], rows: [[String]]) -> [String] {
    let rule = header.indices.map { $0 == 0 ? ":---" : "---:" }
    let lines = ([header, rule] + rows).map { "| \($0.joined(separator: " | ")) |" }
    return [""] + lines + [""]
}

/// Text from a recording that Markdown shall show as it is.
func markdownText(_ text: String) -> String {
    var escaped = ""
    for character in text {
        if "\\`*_{}[]<>#|!&~".contains(character) { escaped.append("\\") }
        escaped.append(character)
    }
    return escaped
}
