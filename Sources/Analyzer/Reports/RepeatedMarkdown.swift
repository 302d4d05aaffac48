internal import TraceFormat

extension RepeatedComparison {
    /// The comparison as GitHub-flavoured Markdown, for a pull request or a job summary.
    public func markdownReport() -> String {
        markdownComparison(
            title: "\(verdict.word) (\(repetitions.count) repetitions)",
            reasons: reasons,
            baseline: repetitions[0].baseline.summary,
            candidate: repetitions[0].candidate.summary,
            rows: ([overall] + routes).map(ComparisonRow.init),
            hasSchedule: hasSchedule,
            statusChanges: statusChanges,
            answers: answers,
            contents: contents,
            notes: methodNotes
        )
    }
}
