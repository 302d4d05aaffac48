import Analyzer
import ArgumentParser
import Replayer
import SystemPackage
import TraceFormat

/// `mik-replay replay`: plays a trace against a target and writes a run.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play a trace against a target, and write a run (the default command).",
        discussion: """
            Each request is due at its recorded time ÷ speed, on the connection that the
            recording shows; the response time counts from when it was due. Host names
            the target, a recorded traceparent gets fresh identifiers, and all else is
            sent byte for byte.

            Examples:
              mik-replay --speed 4x checkout.mtr
              mik-replay replay --target http://127.0.0.1:8080 --timeout 5s \\
                  -o new.mrr shop.mtr
              mik-replay --speed max --connections 64 shop.mtr
              mik-replay --set-header 'Authorization: Bearer test' \\
                  --remove-header cookie shop.mtr
            """
    )

    // Unconditionally, so that -1x is told to be no speed, and not to be an unknown option.
    @Option(
        parsing: .unconditional,
        help: "How fast to play: a positive factor such as 4x or 0.5, or max."
    )
    var speed = SpeedArgument.original

    @Option(
        help: ArgumentHelp(
            "The server to send to, as http://host:port "
                + "(default: \(TargetArgument.standard.target.url)).",
            valueName: "url"
        ),
        transform: TargetArgument.init(parsing:)
    )
    var target = TargetArgument.standard

    @Option(
        help: ArgumentHelp(
            "Play over this many live connections, in place of one for each recorded one.",
            valueName: "number"
        )
    )
    var connections: Int?

    @Option(help: "Give a request up when it takes longer than this, such as 500ms or 30s.")
    var timeout = DurationArgument.thirtySeconds

    @Option(
        help: ArgumentHelp(
            "Set a field in every request, as 'Name: value'; may be repeated.",
            valueName: "field"
        )
    )
    var setHeader: [FieldArgument] = []

    @Option(
        help: ArgumentHelp(
            "Leave a field out of every request; may be repeated.",
            valueName: "name"
        )
    )
    var removeHeader: [FieldNameArgument] = []

    @Option(
        help: "The seed of the trace identifiers that are sent (default: another one each time)."
    )
    var seed: UInt64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The run file to write (default: beside the trace, as NAME.SPEED.mrr, then .2.mrr …).",
            valueName: "file"
        )
    )
    var output: String?

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Flag(help: "Print the report of the run as JSON.")
    var json = false

    @Flag(help: "Print no report; the run file has it all.")
    var quiet = false

    @Argument(help: "The trace (.mtr) to play.")
    var trace: String

    func validate() throws {
        if let connections, !(1...65_000).contains(connections) {
            throw ValidationError("--connections takes a number from 1 to 65000.")
        }
        guard !(json && quiet) else {
            throw ValidationError("--json asks for a report and --quiet for none.")
        }
        if output == "-" {
            throw ValidationError(
                "A run can't go to standard output, because its report is read from the file."
            )
        }
    }

    func run() async throws {
        try await reportingFailures {
            let output = FilePath(output ?? unusedRunName())
            try OutputFile.refuse(output, asInput: FilePath(trace))
            let summary = try await replay(to: output)
            warn(about: summary)
            try report(on: output, summary.counts)
        }
    }
}

// MARK: - The replay

extension ReplayCommand {
    private var configuration: ReplayConfiguration {
        ReplayConfiguration(
            target: target.target,
            speed: speed.speed,
            connections: connections.map { .capped($0) } ?? .recorded,
            timeout: timeout.nanoseconds,
            fieldEdits: removeHeader.map { .remove(name: $0.name) } + setHeader.map(\.edit),
            seed: seed ?? .random(in: .min ... .max)
        )
    }

    private func replay(to output: FilePath) async throws -> ReplaySummary {
        let (configuration, trace, force) = (configuration, FilePath(trace), force)
        let makeInfo = runInfo(configuration)
        return try await StopSignals.cancelling {
            let monitor = ReplayMonitor()
            var progress: Task<Void, Never>?
            defer { progress?.cancel() }
            let summary = try await Replay(configuration, monitor: monitor).run(trace: trace) {
                let line = ProgressLine(monitor: monitor, planned: $0.exchanges)
                progress = Task { await line.show() }
                return try RunWriter(creating: output, replacing: force, info: makeInfo($0))
            }
            progress?.cancel()
            await progress?.value
            return summary
        }
    }

    private func runInfo(
        _ configuration: ReplayConfiguration
    ) -> @Sendable (TraceSummary) -> RunInfo {
        let speed = speed.text
        let connections = connections.map(String.init) ?? "recorded"
        let traceName = FilePath(trace).lastComponent?.string ?? trace
        return { summary in
            var environment = HostEnvironment.metadata()
            environment["timeout_ns"] = "\(configuration.timeout)"
            environment["seed"] = "\(configuration.seed)"
            for edit in configuration.fieldEdits {
                switch edit {
                case .set(let name, _): environment["set_header_\(name.lowercased())"] = "(set)"
                case .remove(let name): environment["remove_header_\(name.lowercased())"] = ""
                }
            }
            return RunInfo(
                writer: Version.writer,
                traceHash: summary.contentHash,
                traceName: traceName,
                target: configuration.target.url,
                speed: speed,
                connections: connections,
                planned: summary.exchanges,
                startedAt: HostEnvironment.wallClock(),
                environment: environment
            )
        }
    }

    /// A name beside the trace that tells the trace and the speed, and that no file has yet.
    private func unusedRunName() -> String {
        var base = FilePath(trace)
        if base.extension == "mtr" { base.extension = nil }
        let stem = "\(base.string).\(speed.text == "max" ? "max" : speed.text + "x")"
        var name = "\(stem).mrr"
        var number = 2
        while !force, (try? FilePath(name).stat()) != nil {
            name = "\(stem).\(number).mrr"
            number += 1
        }
        return name
    }
}

// MARK: - What came of it

extension ReplayCommand {
    /// Tells what of the trace was not replayed as it was recorded.
    private func warn(about summary: ReplaySummary) {
        RunFile.warn(about: summary.traceDamage, in: FilePath(trace))
        guard summary.filledBodyCount > 0 else { return }
        Terminal.printError(
            "mik-replay: warning: \(summary.filledBodyCount) requests were sent with a body of "
                + "spaces, because the recording does not have theirs (--bodies)"
        )
    }

    /// Prints the report of the run that was just written, and chooses the exit status.
    private func report(on output: FilePath, _ counts: ReplayCounts) throws {
        let analysis = try RunFile.analyse(output)
        if !quiet {
            try Terminal.print(
                json ? analysis.jsonReport() : analysis.textReport(style: .ofStandardOutput)
            )
        }
        Terminal.printError("run: \(output.string)")
        if counts.isPartial { throw ExitStatus.interrupted.exitCode }
        let failuresInARow = counts.connectFailuresInARow
        if failuresInARow > 2 || failuresInARow > 0 && counts.completed == 0 {
            throw CommandFailure(
                "the target \(target.target.url) was unreachable at the end of the run: the last "
                    + "\(counts.connectFailuresInARow) attempts to connect failed",
                .targetUnreachable
            )
        }
        guard analysis.validity.isValid else {
            throw CommandFailure(
                "the measurement is not valid: \(analysis.validity.reasons.joined(separator: "; "))",
                .invalidMeasurement
            )
        }
    }
}
