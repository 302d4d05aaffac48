import Analyzer
import ArgumentParser
import SystemPackage

/// `mik-replay check`: whether a run keeps its thresholds.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge a run by thresholds.",
        discussion: """
            A threshold is [route] metric comparison limit. A route is one of the report's,
            or its start and '*', or several with commas. Metrics are p50, p99.9 and other
            percentiles and max, of the headline latency or as response.p99, service.p99,
            cold.p50 or warm.p50; errors, the share of requests that did not succeed; and
            rate, the requests that succeeded in a second.

            A number that is missing or withheld never passes. Ends with status 1 when a
            threshold is missed, 3 when the measurement is not valid, and 4 when it can't be
            told. A missed target with a critical limit beyond it only warns.

            Examples:
              mik-replay check new.mrr --threshold 'p99<50ms' --threshold 'errors<0.1%'
              mik-replay check new.mrr --threshold '/run/cart p50 < 5ms'
              mik-replay check new.mrr --targets targets.toml --strict
              mik-replay check new.mrr --profile mik --json
            """
    )

    @Flag(help: "Print JSON and nothing else (docs/report-schema.md).")
    var json = false

    @OptionGroup(title: "Routes") var routes: RouteOptions
    @OptionGroup(title: "Cold and warm") var temperature: TemperatureOptions
    @OptionGroup var thresholds: ThresholdOptions

    @Argument(help: "The run (.mrr).")
    var run: String

    func validate() throws {
        guard thresholds.areGiven else {
            throw ValidationError(
                "There is nothing to check: give --threshold, --targets or --profile."
            )
        }
    }

    func run() async throws {
        try await reportingFailures {
            let wanted = try thresholds.all()
            let analysis = try RunFile.analyse(
                FilePath(run),
                knowledge: try temperature.knowledge(),
                rules: routes.rules
            )
            temperature.warn(about: analysis)
            let report = analysis.judged(by: wanted, strict: thresholds.strict)
            try Terminal.print(
                json
                    ? report.jsonReport(of: analysis)
                    : report.textReport(of: analysis, style: .ofStandardOutput)
            )
            let status = ExitStatus(report.verdict)
            if status != .success { throw status.exitCode }
        }
    }
}
