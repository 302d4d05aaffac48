import Analyzer
import SystemPackage

/// A comparison of two runs, or of two lists of them, in all its forms.
struct ComparisonReport {
    let verdict: Verdict
    let text: (Style) -> String
    let json: () -> String
    let markdown: () -> String
    let html: () -> String
    let junit: () -> String

    /// The report of one pair of runs.
    init(_ comparison: RunComparison, _ baseline: RunAnalysis, _ candidate: RunAnalysis) {
        verdict = comparison.verdict
        text = comparison.textReport(style:)
        json = comparison.jsonReport
        markdown = comparison.markdownReport
        junit = comparison.junitReport
        html = {
            comparison.htmlReport(
                baselineTimes: baseline.headlineTimes,
                candidateTimes: candidate.headlineTimes
            )
        }
    }

    /// The report of repetitions.
    init(_ comparison: RepeatedComparison) {
        verdict = comparison.verdict
        text = comparison.textReport(style:)
        json = comparison.jsonReport
        markdown = comparison.markdownReport
        junit = comparison.junitReport
        html = comparison.htmlReport
    }

    /// Reads runs pair by pair, so that no more than two are in memory at once, and compares them.
    init(
        baselines: [String],
        candidates: [String],
        options: ComparisonOptions,
        rules: RouteRules = RouteRules(),
        noiseRun: String? = nil,
        csv: PairFile? = nil
    ) throws {
        guard baselines.count == candidates.count else {
            throw ComparisonError.unequalRepetitions(
                baseline: baselines.count,
                candidate: candidates.count
            )
        }
        if baselines.count == 1 {
            let baseline = try RunFile.analyse(FilePath(baselines[0]), rules: rules)
            let candidate = try RunFile.analyse(FilePath(candidates[0]), rules: rules)
            try csv?.write(baseline, candidate, repetition: 1)
            let twin = try noiseRun.map { run in
                BaselineAnswers(try RunFile.analyse(FilePath(run), rules: rules))
            }
            self.init(
                try RunComparison(
                    baseline: baseline,
                    candidate: candidate,
                    twin: twin,
                    options: options
                ),
                baseline,
                candidate
            )
            return
        }
        var twin: BaselineAnswers?
        var repetitions: [Repetition] = []
        for (baseline, candidate) in zip(baselines, candidates) {
            let baseline = try RunFile.analyse(FilePath(baseline), rules: rules)
            let candidate = try RunFile.analyse(FilePath(candidate), rules: rules)
            let repetition = try Repetition(
                baseline: baseline,
                candidate: candidate,
                twin: twin,
                options: options
            )
            repetitions.append(repetition)
            try csv?.write(baseline, candidate, repetition: repetitions.count)
            twin = twin ?? BaselineAnswers(baseline)
        }
        self.init(try RepeatedComparison(repetitions, options: options))
    }
}
