import Analyzer
import ArgumentParser
import SystemPackage

/// `mik-replay history`: one number over many runs.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show a number over many runs, and where it changed.",
        discussion: """
            Runs are put in the order in which they were made. Changes are found by
            E-divisive means, which needs three runs on both sides and tolerates one false
            change in twenty histories without any. Runs that are not valid are shown, and
            left out of the search.

            The metric is the left side of a threshold (see 'check'): p99, cold.p50,
            '/run/cart p50', errors, rate.

            Examples:
              mik-replay history nightly-*.mrr
              mik-replay history --metric '/run/cart p50' --json nightly-*.mrr
              mik-replay history --html history.html nightly-*.mrr
            """
    )

    @Option(
        help: ArgumentHelp("The number to follow.", valueName: "metric"),
        transform: HistoryCommand.metric
    )
    var metric = HistoryCommand.standardMetric

    @Option(help: "The seed of the permutation test.")
    var seed: UInt64 = 42

    @Flag(help: "Print JSON and nothing else (docs/report-schema.md).")
    var json = false

    @Option(help: ArgumentHelp("Write the history as Markdown too.", valueName: "file"))
    var markdown: String?

    @Option(help: ArgumentHelp("Write the history as a page too.", valueName: "file"))
    var html: String?

    @Flag(help: "Replace existing files.")
    var force = false

    @Argument(help: "The runs (.mrr), in any order.")
    var runs: [String]

    /// The metric when none is named.
    private static var standardMetric: HistoryMetric {
        HistoryMetric(.all, .latency(.headline, .p50))
    }

    private static func metric(_ text: String) throws -> HistoryMetric {
        do {
            return try HistoryMetric(parsing: text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func validate() throws {
        guard (1...RunHistory.entryLimit).contains(runs.count) else {
            throw ValidationError("A history takes 1 to \(RunHistory.entryLimit) runs.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let entries = try runs.map { run in
                RunHistory.Entry(
                    name: run,
                    run: try RunFile.analyse(FilePath(run)),
                    metric: metric
                )
            }
            let history = RunHistory(of: metric, entries, seed: seed)
            try write(history.markdownReport, to: markdown)
            try write(history.htmlReport, to: html)
            try Terminal.print(json ? history.jsonReport() : history.textReport())
        }
    }

    /// Writes a form of the history, if it was asked for.
    private func write(_ text: () -> String, to path: String?) throws {
        guard let path else { return }
        for run in runs { try OutputFile.refuse(FilePath(path), asInput: FilePath(run)) }
        try OutputFile.write(text(), to: FilePath(path), replacing: force)
    }
}
