import Analyzer
import SystemPackage

/// A comparison of two runs, or of two lists of them, in all its forms.
struct ComparisonReport {
    let verdict: Verdict
    let text: (Style) -> String
    let json: () -> String
    let markdown: () -> String

    /// The report of one pair of runs.
    init(_ comparison: RunComparison) {
        verdict = comparison.verdict
        text = comparison.textReport(style:)
        json = comparison.jsonReport
        markdown = comparison.markdownReport
    }

    /// The report of repetitions.
    init(_ comparison: RepeatedComparison) {
        verdict = comparison.verdict
        text = comparison.textReport(style:)
        json = comparison.jsonReport
        markdown = comparison.markdownReport
    }

    /// Reads runs pair by pair, so that no more than two are in memory at once, and compares them.
    init(baselines: [String], candidates: [String], options: ComparisonOptions) throws {
        guard baselines.count == candidates.count else {
            throw ComparisonError.unequalRepetitions(
                baseline: baselines.count,
                candidate: candidates.count
            )
        }
        if baselines.count == 1 {
            self.init(
                try RunComparison(
                    baseline: try RunFile.analyse(FilePath(baselines[0])),
                    candidate: try RunFile.analyse(FilePath(candidates[0])),
                    options: options
                )
            )
            return
        }
        let repetitions = try zip(baselines, candidates).map { baseline, candidate in
            try Repetition(
                baseline: try RunFile.analyse(FilePath(baseline)),
                candidate: try RunFile.analyse(FilePath(candidate)),
                options: options
            )
        }
        self.init(try RepeatedComparison(repetitions, options: options))
    }
}
