import Analyzer
import ArgumentParser
import SystemPackage

/// The options that say what counts as a change.
struct JudgementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The smallest change that matters; 0.05 is 5 %.", valueName: "share")
    )
    var margin = ComparisonOptions().margin

    @Option(help: "The seed of the bootstrap.")
    var seed = ComparisonOptions().seed

    @Option(
        help: ArgumentHelp(
            "How to correct for the number of routes: \(CorrectionArgument.names).",
            valueName: "method"
        )
    )
    var correction = CorrectionArgument.benjaminiHochberg

    func validate() throws {
        guard margin > 0, margin < 10 else {
            throw ValidationError("--margin takes a share such as 0.05.")
        }
    }

    /// What the options ask for.
    var value: ComparisonOptions {
        var options = ComparisonOptions()
        options.margin = margin
        options.seed = seed
        options.routeCorrection = correction.method
        return options
    }
}

/// The forms in which a comparison is told.
struct ComparisonFormatOptions: ParsableArguments {
    @Flag(help: "Print JSON and nothing else (docs/report-schema.md).")
    var json = false

    @Option(help: ArgumentHelp("Write the comparison as Markdown too.", valueName: "file"))
    var markdown: String?

    @Option(
        help: ArgumentHelp("Write the comparison as one HTML page too.", valueName: "file")
    )
    var html: String?

    @Option(help: ArgumentHelp("Write the verdicts as JUnit XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Replace existing files.")
    var force = false

    /// Writes and prints a comparison, and ends with the status of its verdict.
    ///
    /// - Parameters:
    ///   - report: The comparison.
    ///   - inputs: Files that must not be overwritten with it.
    /// - Throws: The exit code, or why a file can't be written.
    func tell(_ report: ComparisonReport, insteadOf inputs: [String]) throws {
        let forms = [
            (markdown, report.markdown), (html, report.html), (junit, report.junit),
        ]
        for (file, text) in forms {
            guard let file else { continue }
            for input in inputs { try OutputFile.refuse(FilePath(file), asInput: FilePath(input)) }
            try OutputFile.write(text(), to: FilePath(file), replacing: force)
        }
        try Terminal.print(json ? report.json() : report.text(.ofStandardOutput))
        let status = ExitStatus(report.verdict)
        if status != .success { throw status.exitCode }
    }
}

extension ExitStatus {
    /// The status that a verdict ends the program with.
    init(_ verdict: Verdict) {
        switch verdict {
        case .regressed: self = .regression
        case .improved, .equivalent: self = .success
        case .inconclusive, .notJudged: self = .inconclusive
        case .invalid: self = .invalidMeasurement
        }
    }
}
