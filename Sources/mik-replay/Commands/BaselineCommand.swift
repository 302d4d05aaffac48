import Analyzer
import ArgumentParser
import Interchange
import SystemPackage
import TraceFormat

/// `mik-replay baseline`: runs that are kept under a name, for later ones to be compared with.
struct BaselineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Keep runs under a name, and compare later ones with them.",
        discussion: """
            Examples:
              mik-replay baseline save release-1 old-*.mrr
              mik-replay baseline list
              mik-replay baseline compare release-1 new-*.mrr
            """,
        subcommands: [
            BaselineSaveCommand.self, BaselineListCommand.self, BaselineCompareCommand.self,
            BaselineRemoveCommand.self,
        ]
    )
}

/// Where the baselines are.
struct BaselineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the baselines are.", valueName: "folder"))
    var folder = "baselines"

    /// The folder.
    var baselines: BaselineFolder { BaselineFolder(path: FilePath(folder)) }
}

/// The name of a baseline.
struct BaselineName: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard BaselineFolder.isName(argument) else { return nil }
        text = argument
    }
}

/// `mik-replay baseline save`.
struct BaselineSaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Keep copies of runs under a name.",
        discussion: """
            Runs that are not valid, or of different traces, speeds or connections, are
            refused: nothing could be compared with them.

            Examples:
              mik-replay baseline save release-1 run-1.mrr run-2.mrr run-3.mrr
              mik-replay baseline save --force nightly run.mrr
            """
    )

    @OptionGroup var options: BaselineOptions

    @Flag(help: "Replace a baseline of this name.")
    var force = false

    @Argument(help: "The name: letters, digits, '.', '-' and '_'.")
    var name: BaselineName

    @Argument(help: "The runs (.mrr).")
    var runs: [String]

    func validate() throws {
        guard (1...BaselineFolder.limit).contains(runs.count) else {
            throw ValidationError("A baseline has 1 to \(BaselineFolder.limit) runs.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            var first: RunInfo?
            for run in runs {
                let analysis = try RunFile.analyse(FilePath(run))
                guard analysis.validity.isValid else {
                    throw CommandFailure(
                        "\(run) is not valid: \(analysis.validity.reasons.joined(separator: "; "))",
                        .invalidMeasurement
                    )
                }
                let info = first ?? analysis.info
                try analysis.info.refuseOtherConditions(than: info)
                first = info
            }
            try options.baselines.save(name.text, runs.map { FilePath($0) }, replacing: force)
            Terminal.printError("baseline \(name.text): \(runs.count) runs in \(options.folder)")
        }
    }
}

/// `mik-replay baseline list`.
struct BaselineListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Tell which baselines there are, of which trace, host and kernel.",
        discussion: """
            Examples:
              mik-replay baseline list
              mik-replay baseline list --json | jq -r '.baselines[].name'
            """
    )

    @OptionGroup var options: BaselineOptions

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let baselines = try options.baselines.all()
            guard json else { return try Terminal.print(text(of: baselines)) }
            try Terminal.print(
                JSONValue.object([
                    .init("kind", .string("baselines")),
                    .init("baselines", .array(baselines.map(\.json))),
                ]).text
            )
        }
    }

    private func text(of baselines: [BaselineFolder.Baseline]) -> String {
        baselines.isEmpty
            ? "no baselines in \(options.folder)\n" : baselines.map(\.text).joined()
    }
}

/// `mik-replay baseline compare`.
struct BaselineCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs with a baseline, as diff does.",
        discussion: """
            Takes as many runs as the baseline has. Runs of another host or another trace
            are refused; with --force they are compared, and the report says so. Ends as
            diff does: 1 regressed, 3 not valid, 4 not decided.

            Examples:
              mik-replay baseline compare release-1 new-1.mrr new-2.mrr new-3.mrr
              mik-replay baseline compare nightly run.mrr --markdown comment.md --force
            """
    )

    @OptionGroup var options: BaselineOptions
    @OptionGroup(title: "Judgement") var judgement: JudgementOptions
    @OptionGroup(title: "Report") var format: ComparisonFormatOptions

    @Argument(help: "The name of the baseline.")
    var name: BaselineName

    @Argument(help: "The runs (.mrr) to judge.")
    var runs: [String]

    func run() async throws {
        try await reportingFailures {
            let baseline = try options.baselines.baseline(name.text)
            var judgement = judgement.value
            judgement.allowDifferentTraces = format.force
            judgement.caveats = try caveats(against: baseline)
            let report = try ComparisonReport(
                baselines: baseline.runs.map(\.string),
                candidates: runs,
                options: judgement
            )
            try format.tell(report, insteadOf: baseline.runs.map(\.string) + runs)
        }
    }

    /// What differs that weakens the comparison; what spoils it is refused unless forced.
    private func caveats(against baseline: BaselineFolder.Baseline) throws -> [String] {
        var caveats: Set<String> = []
        for run in runs {
            let info = try RunReader(opening: FilePath(run)).info
            for difference in info.differences(from: baseline.info) {
                guard format.force || !difference.isRefused else {
                    throw CommandFailure(
                        "\(run): \(difference.text) (--force compares all the same)",
                        .badData
                    )
                }
                caveats.insert(difference.text)
            }
        }
        return caveats.sorted()
    }
}

/// `mik-replay baseline remove`.
struct BaselineRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a baseline and its copies of runs.",
        discussion: """
            Examples:
              mik-replay baseline remove release-1
            """
    )

    @OptionGroup var options: BaselineOptions

    @Argument(help: "The name of the baseline.")
    var name: BaselineName

    func run() async throws {
        try await reportingFailures {
            try options.baselines.remove(name.text)
            Terminal.printError("baseline \(name.text) removed")
        }
    }
}

// MARK: - What is told of a baseline

extension BaselineFolder.Baseline {
    fileprivate var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("runs", .integer(Int64(runs.count))),
            .init("trace_name", .string(info.traceName)),
            .init("trace_hash", .string(info.traceHash)),
            .init("speed", .string(info.speed)),
            .init("host", info.environment["host"].map { .string($0) } ?? .null),
            .init("kernel", info.environment["kernel"].map { .string($0) } ?? .null),
            .init("started_at_ns", .integer(info.startedAt)),
        ])
    }

    fileprivate var text: String {
        var lines = TextFacts(title: name)
        lines.add("runs", "\(runs.count), from \(UnixTime.text(info.startedAt).prefix(10)) on")
        lines.add("trace", "\(info.traceName) \(info.traceHash.prefix(16)), speed \(info.speed)")
        lines.add("host", info.environment["host"] ?? "unknown")
        lines.add("kernel", info.environment["kernel"] ?? "unknown")
        return lines.text
    }
}

extension RunInfo {
    /// A difference between two runs, and whether it spoils a comparison.
    fileprivate struct Difference {
        let text: String
        let isRefused: Bool
    }

    /// What differs from the runs of a baseline, apart from the target.
    fileprivate func differences(from baseline: RunInfo) -> [Difference] {
        func difference(_ what: String, _ old: String?, _ new: String?, refused: Bool)
            -> Difference?
        {
            guard old != new else { return nil }
            let (old, new) = (old ?? "unknown", new ?? "unknown")
            return Difference(
                text: "ACROSS \(what): the baseline is of \(old), this run of \(new)",
                isRefused: refused
            )
        }
        let (old, new) = (baseline.environment, environment)
        return [
            difference("HOSTS", old["host"], new["host"], refused: true),
            difference("TRACES", baseline.traceHash, traceHash, refused: true),
            difference("KERNELS", old["kernel"], new["kernel"], refused: false),
        ].compactMap(\.self)
    }

    /// Throws unless runs of one baseline were made alike.
    fileprivate func refuseOtherConditions(than first: RunInfo) throws {
        guard traceHash == first.traceHash else {
            throw ComparisonError.differentTraces(baseline: first.traceHash, candidate: traceHash)
        }
        guard speed == first.speed, connections == first.connections else {
            throw CommandFailure(
                "the runs had different speeds or connections, so they are no repetitions",
                .badData
            )
        }
        guard environment["host"] == first.environment["host"] else {
            throw CommandFailure("the runs were made on different hosts", .badData)
        }
    }
}
