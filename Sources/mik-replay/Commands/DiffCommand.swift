import Analyzer
import ArgumentParser
import SystemPackage

/// `mik-replay diff`: what changed between two runs of the same trace.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two runs of the same trace, request by request.",
        discussion: """
            Ends with status 1 when the candidate regressed, 3 when a measurement is not
            valid, and 4 when the numbers do not decide.

            Examples:
              mik-replay diff old.mrr new.mrr
              mik-replay diff old.mrr new.mrr --margin 0.1 --json
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

    @Flag(help: "Compare runs of different traces, by position; means little.")
    var unpaired = false

    @Flag(help: "Compare runs of different speeds or connection policies.")
    var allowDifferentConditions = false

    @Option(help: "The seed of the bootstrap.")
    var seed = ComparisonOptions().seed

    @Argument(help: "The run (.mrr) to compare with.")
    var baseline: String

    @Argument(help: "The run (.mrr) to judge.")
    var candidate: String

    func validate() throws {
        guard margin > 0, margin < 10 else {
            throw ValidationError("--margin takes a share such as 0.05.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let comparison = try compare()
            if let markdown {
                try OutputFile.refuse(FilePath(markdown), asInput: FilePath(baseline))
                try OutputFile.refuse(FilePath(markdown), asInput: FilePath(candidate))
                try OutputFile.write(
                    comparison.markdownReport(),
                    to: FilePath(markdown),
                    replacing: force
                )
            }
            try Terminal.print(
                json ? comparison.jsonReport() : comparison.textReport(style: .ofStandardOutput)
            )
            let status = ExitStatus(comparison.verdict)
            if status != .success { throw status.exitCode }
        }
    }

    private func compare() throws -> RunComparison {
        var options = ComparisonOptions()
        options.allowDifferentTraces = unpaired
        options.allowDifferentConditions = allowDifferentConditions
        options.margin = margin
        options.seed = seed
        return try RunComparison(
            baseline: try RunFile.analyse(FilePath(baseline)),
            candidate: try RunFile.analyse(FilePath(candidate)),
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
