import Analyzer
import ArgumentParser
import SystemPackage

/// `mik-replay diff`: what changed between two runs of the same trace.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare runs of the same trace, request by request.",
        discussion: """
            Two runs are a screening. Repetitions, given as two lists of the same length,
            are compared pair by pair, and what they say together is firm from six on.

            Ends with status 1 when the candidate regressed, 3 when a measurement is not
            valid, and 4 when the numbers do not decide.

            Examples:
              mik-replay diff old.mrr new.mrr
              mik-replay diff old.mrr new.mrr --margin 0.1 --json
              mik-replay diff old-*.mrr --against new-*.mrr
            """
    )

    @OptionGroup(title: "Judgement") var judgement: JudgementOptions
    @OptionGroup(title: "Routes") var routes: RouteOptions
    @OptionGroup(title: "Report") var format: ComparisonFormatOptions

    @Option(
        help: ArgumentHelp(
            "Take how far two runs of one target differ here from this file of "
                + "'compare --calibrate'.",
            valueName: "file"
        )
    )
    var noise: String?

    @Option(
        help: ArgumentHelp(
            "Another run of the baseline: answers that differ between the two are noise. With "
                + "--against, the first baseline is that for the others.",
            valueName: "run"
        )
    )
    var noiseRun: String?

    @Option(
        help: ArgumentHelp("Write every pair as comma-separated values.", valueName: "file")
    )
    var csv: String?

    @Flag(help: "Compare runs of different traces, whose requests can't be paired: tells less.")
    var unpaired = false

    @Flag(help: "Compare runs of different speeds or connection policies.")
    var allowDifferentConditions = false

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Runs to judge, each against the one at its place before this option.",
            valueName: "run"
        )
    )
    var against: [String] = []

    @Argument(
        help: ArgumentHelp(
            "The run (.mrr) to compare with and the one to judge; with --against, all those to "
                + "compare with.",
            valueName: "run"
        )
    )
    var runs: [String]

    func validate() throws {
        guard runs.count == 2 || !against.isEmpty else {
            throw ValidationError(
                "diff takes a baseline and a candidate, or two lists: BASELINES… --against CANDIDATES…"
            )
        }
        guard noiseRun == nil || against.isEmpty else {
            throw ValidationError("--noise-run is for one pair of runs.")
        }
        guard csv == nil || !unpaired else {
            throw ValidationError("--csv lists pairs, and with --unpaired there are none.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            try format.tell(try compare(), insteadOf: runs + against)
        }
    }

    private func options() throws -> ComparisonOptions {
        var options = judgement.value
        options.allowDifferentTraces = unpaired
        options.allowDifferentConditions = allowDifferentConditions
        if let noise { options.noiseFloor = try NoiseFile.read(FilePath(noise)).floor }
        return options
    }

    /// With two runs and nothing to hold them against, the second is the candidate.
    private func compare() throws -> ComparisonReport {
        let inputs = runs + against
        return try PairFile.writing(to: csv, insteadOf: inputs, replacing: format.force) { file in
            try report(pairs: file)
        }
    }

    private func report(pairs file: PairFile?) throws -> ComparisonReport {
        try ComparisonReport(
            baselines: against.isEmpty ? [runs[0]] : runs,
            candidates: against.isEmpty ? [runs[1]] : against,
            options: try options(),
            rules: routes.rules,
            noiseRun: noiseRun,
            csv: file
        )
    }
}
