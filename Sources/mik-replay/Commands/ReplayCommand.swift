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
              mik-replay --ramp '10/s..2000/s over 60s' --abort-on 'errors>5%' shop.mtr
              mik-replay --slice 37m..40m --multiply 3 --dry-run shop.mtr
              mik-replay --set-header 'Authorization: Bearer test' \\
                  --remove-header cookie shop.mtr
            """
    )

    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Selection") var selection: SelectionOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Encryption") var trust: TrustOptions
    @OptionGroup(title: "Responses") var keeping: KeepOptions
    @OptionGroup(title: "Consent") var consent: ConsentOptions

    @Option(
        help: ArgumentHelp(
            "The server to send to, as http://host:port, https://host or unix:///path "
                + "(default: \(TargetArgument.standard.target.url)).",
            valueName: "url"
        ),
        transform: TargetArgument.init(parsing:)
    )
    var target = TargetArgument.standard

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
        help: ArgumentHelp(
            "Set the fields in this file, one 'Name: value' a line, as for tokens.",
            valueName: "file"
        )
    )
    var headerFile: String?

    @Flag(help: "Send recorded traceparent fields as they are.")
    var keepTraceparent = false

    @Option(
        help: ArgumentHelp(
            "How the bodies of requests leave: at-once, or recorded (evenly over the time that "
                + "it took when it was recorded ÷ speed).",
            valueName: "how"
        )
    )
    var bodyPacing = BodyPacing.atOnce

    @Flag(
        help: ArgumentHelp(
            "Hold a request back that carries a value which an earlier response was the first to "
                + "give, until that response has come; see docs/causal.md."
        )
    )
    var causal = false

    @Flag(
        help: ArgumentHelp(
            "Send the value that the target gave in place of the recorded one (implies --causal)."
        )
    )
    var substitute = false

    @Option(
        help: "The seed of all that is drawn, such as trace identifiers (default: a new one)."
    )
    var seed: UInt64?

    @Option(help: ArgumentHelp("Send from this many threads.", valueName: "number"))
    var threads = 1

    @Option(
        help: "Spin before a request is due, to be on time to the microsecond: auto, on, or off."
    )
    var spin = Spinning.automatic

    @Option(
        help: ArgumentHelp(
            "Begin at this time of day, such as 2026-11-26T10:00:00Z or a Unix time; shards share it.",
            valueName: "time"
        )
    )
    var startAt: StartTimeArgument?

    @Flag(
        name: .customLong("http2"),
        help:
            "Speak HTTP/2 with the target from the first byte on (prior knowledge), one stream a request."
    )
    var usesHTTP2 = false

    @Flag(help: "Show what would be sent, and stop.")
    var dryRun = false

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

    @Option(
        help: ArgumentHelp(
            "When outcomes have to be on the disk: system (whenever it likes), block (after each "
                + "block), or a time such as 1s.",
            valueName: "policy"
        )
    )
    var durability = DurabilityArgument.system

    @Option(
        help: ArgumentHelp(
            "Ask the target before, during and after which modules it has loaded "
                + "(\(HealthObserver.requestTarget)), keep that here, and report by it.",
            valueName: "file"
        )
    )
    var observe: String?

    @Option(help: ArgumentHelp("The time between two questions of --observe.", valueName: "time"))
    var observeInterval = DurationArgument.oneSecond

    @Option(
        help: ArgumentHelp(
            "Serve what is known of the replay while it goes on at http://ADDRESS/metrics, for "
                + "Prometheus.",
            valueName: "host:port"
        )
    )
    var metricsListen: ListenArgument?

    @Flag(help: "Print the report of the run as JSON.")
    var json = false

    @Flag(help: "Print no report; the run file has it all.")
    var quiet = false

    @Argument(help: "The trace (.mtr) to play.")
    var trace: String

    func validate() throws {
        guard (1...256).contains(threads) else {
            throw ValidationError("--threads takes a number from 1 to 256.")
        }
        guard limits.maxRate == nil || pace.pace == .arrival else {
            throw ValidationError("--max-rate needs due times, which --pace think does not have.")
        }
        if let count = limits.maxInFlight, count < threads {
            throw ValidationError("--max-in-flight must allow one request for each thread.")
        }
        guard !usesHTTP2 || !target.target.isEncrypted else {
            throw ValidationError("--http2 is for http targets: of https ones HTTP/1.1 is asked.")
        }
        guard !usesHTTP2 || bodyPacing == .atOnce else {
            throw ValidationError("--body-pacing recorded is for HTTP/1.1, and not for --http2.")
        }
        guard !(json && quiet) else {
            throw ValidationError("--json asks for a report and --quiet for none.")
        }
        if output == "-" {
            throw ValidationError(
                "A run can't go to standard output, because reports are made of its file."
            )
        }
    }

    func run() async throws {
        try await reportingFailures {
            var configuration = configuration
            configuration.fieldEdits += try headerFile.map { try HeaderFile.edits(in: $0) } ?? []
            let replay = Replay(configuration)
            let prepared = try replay.prepare(trace: FilePath(trace))
            let facts = PlanFacts(prepared.plan, configuration)
            if dryRun { return try Terminal.print(json ? facts.json : facts.text) }
            let output = FilePath(output ?? unusedRunName())
            try OutputFile.refuse(output, asInput: FilePath(trace))
            let observation = try observation(configuration)
            let (summary, analysis) = try await ReplayRun(
                replay: replay,
                prepared: prepared,
                info: runInfo(prepared, configuration),
                output: output,
                replaces: force,
                durability: durability.durability,
                announcement: quiet || json ? nil : facts.text,
                observation: observation,
                metricsAddress: metricsListen
            ).run()
            warn(about: summary)
            try report(try reread(output) ?? analysis, of: output, summary.counts)
        }
    }
}

// MARK: - The replay

extension ReplayCommand {
    private var configuration: ReplayConfiguration {
        var configuration = ReplayConfiguration(
            target: target,
            pace: pace,
            selection: selection,
            limits: limits,
            trust: trust,
            keeping: keeping,
            consent: consent,
            seed: seed ?? commonSeed ?? .random(in: .min ... .max)
        )
        configuration.fieldEdits =
            removeHeader.map { .remove(name: $0.name) } + setHeader.map(\.edit)
        configuration.keepsTraceparent = keepTraceparent
        configuration.pacesBodies = bodyPacing == .recorded
        configuration.usesHTTP2 = usesHTTP2
        if causal || substitute { configuration.causality = substitute ? .substitution : .order }
        configuration.startTime = startAt?.unixTime
        configuration.threadCount = threads
        configuration.spinning = spin
        return configuration
    }

    private func observation(_ configuration: ReplayConfiguration) throws -> Observation? {
        guard let observe else { return nil }
        let path = FilePath(observe)
        try OutputFile.refuse(path, asInput: FilePath(trace))
        if !force, (try? path.stat()) != nil { throw CommandFailure.alreadyExists(path) }
        let interval = Duration.nanoseconds(observeInterval.nanoseconds)
        return Observation(
            observer: try HealthObserver(configuration, interval: interval),
            output: path,
            replaces: force
        )
    }

    /// A seed that all shards of a replay have without being told.
    private var commonSeed: UInt64? {
        guard selection.shard != nil else { return nil }
        return UInt64(bitPattern: startAt?.unixTime ?? 0)
    }

    private func runInfo(
        _ prepared: PreparedReplay,
        _ configuration: ReplayConfiguration
    ) -> RunInfo {
        RunInfo(
            prepared,
            configuration,
            traceName: FilePath(trace).lastComponent?.string ?? trace,
            startedAt: max(HostEnvironment.wallClock(), startAt?.unixTime ?? 0)
        )
    }

    /// A name beside the trace that tells the trace and the pace, and that no file has yet.
    private func unusedRunName() -> String {
        var base = FilePath(trace)
        if base.extension == "mtr" { base.extension = nil }
        let stem = "\(base.string).\(pace.fileName)"
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

    /// The run in the light of what the target said of itself meanwhile; `nil` when it was not asked.
    private func reread(_ output: FilePath) throws -> RunAnalysis? {
        guard let observe else { return nil }
        var knowledge = ServerKnowledge()
        knowledge.observations = try Observation.read(FilePath(observe))
        return try RunFile.analyse(output, knowledge: knowledge)
    }

    /// Prints the report of the run that was just written, and chooses the exit status.
    private func report(
        _ analysis: RunAnalysis,
        of output: FilePath,
        _ counts: ReplayCounts
    ) throws {
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
