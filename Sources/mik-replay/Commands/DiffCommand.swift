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

    @Flag(help: "Print JSON and nothing else (docs/report-schema.md).")
    var json = false

    @Option(help: ArgumentHelp("Write the comparison as Markdown too.", valueName: "file"))
    var markdown: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @Option(
        help: ArgumentHelp("The smallest change that matters; 0.05 is 5 %.", valueName: "share")
    )
    var margin = ComparisonOptions().margin

    @Flag(help: "Compare runs of different traces, whose requests can't be paired: tells less.")
    var unpaired = false

    @Flag(help: "Compare runs of different speeds or connection policies.")
    var allowDifferentConditions = false

    @Option(help: "The seed of the bootstrap.")
    var seed = ComparisonOptions().seed

    @Option(
        help: ArgumentHelp(
            "How to correct for the number of routes: \(CorrectionArgument.names).",
            valueName: "method"
        )
    )
    var correction = CorrectionArgument.benjaminiHochberg

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
        guard margin > 0, margin < 10 else {
            throw ValidationError("--margin takes a share such as 0.05.")
        }
        guard runs.count == 2 || !against.isEmpty else {
            throw ValidationError(
                "diff takes a baseline and a candidate, or two lists: BASELINES… --against CANDIDATES…"
            )
        }
    }

    func run() async throws {
        try await reportingFailures {
            let report = try compare()
            if let markdown {
                for input in runs + against {
                    try OutputFile.refuse(FilePath(markdown), asInput: FilePath(input))
                }
                try OutputFile.write(report.markdown(), to: FilePath(markdown), replacing: force)
            }
            try Terminal.print(json ? report.json() : report.text(.ofStandardOutput))
            let status = ExitStatus(report.verdict)
            if status != .success { throw status.exitCode }
        }
    }

    private var options: ComparisonOptions {
        var options = ComparisonOptions()
        options.allowDifferentTraces = unpaired
        options.allowDifferentConditions = allowDifferentConditions
        options.margin = margin
        options.seed = seed
        options.routeCorrection = correction.method
        return options
    }

    /// With two runs and nothing to hold them against, the second is the candidate.
    private func compare() throws -> ComparisonReport {
        try ComparisonReport(
            baselines: against.isEmpty ? [runs[0]] : runs,
            candidates: against.isEmpty ? [runs[1]] : against,
            options: options
        )
    }
}

extension ExitStatus {
    /// The status that a verdict ends the program with.
    init(_ verdict: Verdict) {
        switch verdict {
        case .regressed: self = .regression
        case .improved, .equivalent: self = .success
        case .inconclusive: self = .inconclusive
        case .invalid: self = .invalidMeasurement
        }
    }
}
