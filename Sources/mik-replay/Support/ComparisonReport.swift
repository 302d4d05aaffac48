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
                    contents: try KeptAnswers.changes(
                        baseline: FilePath(baselines[0]),
                        candidate: FilePath(candidates[0]),
                        twin: noiseRun.map { FilePath($0) },
                        rules: rules
                    ),
                    options: options
                ),
                baseline,
                candidate
            )
            return
        }
        let repetitions = try Repetition.each(
            ofBaselines: baselines.map { FilePath($0) },
            candidates: candidates.map { FilePath($0) },
            options: options,
            rules: rules,
            csv: csv
        )
        self.init(try RepeatedComparison(repetitions, options: options))
    }
}

extension Repetition {
    /// Reads runs pair by pair, so that no more than two are in memory at once.
    ///
    /// The first baseline is the second run that tells the noise of the later repetitions; the second
    /// repetition is the one whose answers are told, so its contents are compared.
    static func each(
        ofBaselines baselines: [FilePath],
        candidates: [FilePath],
        options: ComparisonOptions,
        rules: RouteRules = RouteRules(),
        csv: PairFile? = nil
    ) throws -> [Repetition] {
        var twin: BaselineAnswers?
        var repetitions: [Repetition] = []
        for (baselinePath, candidatePath) in zip(baselines, candidates) {
            let baseline = try RunFile.analyse(baselinePath, rules: rules)
            let candidate = try RunFile.analyse(candidatePath, rules: rules)
            var contents: ContentChanges?
            if repetitions.count == 1 {
                contents = try KeptAnswers.changes(
                    baseline: baselinePath,
                    candidate: candidatePath,
                    twin: baselines[0],
                    rules: rules
                )
            }
            let repetition = try Repetition(
                baseline: baseline,
                candidate: candidate,
                twin: twin,
                contents: contents,
                options: options
            )
            repetitions.append(repetition)
            try csv?.write(baseline, candidate, repetition: repetitions.count)
            twin = twin ?? BaselineAnswers(baseline)
        }
        return repetitions
    }
}
