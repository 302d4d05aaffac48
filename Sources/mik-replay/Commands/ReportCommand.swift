import Analyzer
import ArgumentParser
import SystemPackage
import TraceFormat

/// `mik-replay report`: what one run says.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report on a run: whether it can be trusted, latencies, errors, cold starts.",
        discussion: """
            Ends with status 3 when the measurement is not valid, and like 'check' when
            thresholds are given.

            Examples:
              mik-replay report new.mrr
              mik-replay report new.mrr --json | jq .overall.response_ns.p99
              mik-replay report new.mrr --markdown summary.md --html report.html \\
                  --junit checks.xml
            """
    )

    @Flag(help: "Print JSON and nothing else (docs/report-schema.md).")
    var json = false

    @Option(help: ArgumentHelp("Write the report as Markdown too.", valueName: "file"))
    var markdown: String?

    @Option(help: ArgumentHelp("Write the report as one HTML page too.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write every outcome as comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(
        help: ArgumentHelp("Write checks and thresholds as JUnit XML.", valueName: "file")
    )
    var junit: String?

    @Option(
        help: ArgumentHelp("Write the numbers as OpenMetrics, for Prometheus.", valueName: "file")
    )
    var openmetrics: String?

    @Option(
        help: ArgumentHelp("Write the percentiles for HdrHistogram's plotter.", valueName: "file")
    )
    var hgrm: String?

    @Option(
        help: ArgumentHelp("Write the latencies as a histogram log (V2).", valueName: "file")
    )
    var hlog: String?

    @Option(
        help: ArgumentHelp(
            "Tell in which fields answers differ from those of this trace, which the run replayed "
                + "with --keep-bodies.",
            valueName: "trace"
        )
    )
    var trace: String?

    @Flag(help: "Replace existing files.")
    var force = false

    @OptionGroup(title: "Routes") var routes: RouteOptions
    @OptionGroup(title: "Cold and warm") var temperature: TemperatureOptions
    @OptionGroup var thresholds: ThresholdOptions

    @Argument(help: "The run (.mrr).")
    var run: String

    func run() async throws {
        try await reportingFailures {
            let wanted = thresholds.areGiven ? try thresholds.all() : nil
            var analysis = try RunFile.analyse(
                FilePath(run),
                knowledge: try temperature.knowledge(),
                rules: routes.rules
            )
            analysis.recordedContents = try trace.map { trace in
                try KeptAnswers.changes(
                    recording: FilePath(trace),
                    run: FilePath(run),
                    rules: routes.rules
                )
            }
            temperature.warn(about: analysis)
            let judgement = wanted.map { analysis.judged(by: $0, strict: thresholds.strict) }
            try write(markdown) { analysis.markdownReport(thresholds: judgement) }
            try write(junit) { analysis.junitReport(thresholds: judgement) }
            try write(openmetrics) { analysis.openMetricsReport() }
            try write(hgrm) { analysis.percentileDistribution() }
            try write(hlog) { analysis.histogramLog() }
            try writeOutcomes()
            try write(html) { analysis.htmlReport(thresholds: judgement) }
            try Terminal.print(
                json
                    ? analysis.jsonReport(thresholds: judgement)
                    : analysis.textReport(style: .ofStandardOutput, thresholds: judgement)
            )
            if !analysis.validity.isValid { throw ExitStatus.invalidMeasurement.exitCode }
            let status = judgement.map { ExitStatus($0.verdict) } ?? .success
            if status != .success { throw status.exitCode }
        }
    }

    /// Writes one form of the report, if it was asked for.
    private func write(_ file: String?, _ text: () -> String) throws {
        guard let file else { return }
        try OutputFile.refuse(FilePath(file), asInput: FilePath(run))
        try OutputFile.write(text(), to: FilePath(file), replacing: force)
    }

    /// Writes every outcome, one by one, because there may be many.
    private func writeOutcomes() throws {
        guard let csv else { return }
        try OutputFile.refuse(FilePath(csv), asInput: FilePath(run))
        var reader = try RunReader(opening: FilePath(run))
        try OutputFile.write(OutcomeCSV.header, to: FilePath(csv), replacing: force) {
            try reader.next().map(OutcomeCSV.line)
        }
    }
}
