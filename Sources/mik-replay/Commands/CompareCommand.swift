import Analyzer
import ArgumentParser
import Replayer
import SystemPackage
import TraceFormat

/// `mik-replay compare`: replays a trace against two targets in turn, and says what differs.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Replay a trace against two targets in turn, several times, and compare.",
        discussion: """
            The repetitions alternate (ABBA), so that what drifts on the machine meets
            both targets alike; with --slices they alternate within a repetition, too, which
            follows faster drift. Without a candidate the baseline is compared with itself:
            that shows how far two runs of one target differ on this machine, and
            --calibrate keeps it beside the trace for later comparisons.

            Restart the servers with --before-run; it finds MIK_REPLAY_SIDE (baseline or
            candidate), MIK_REPLAY_REPETITION and MIK_REPLAY_TARGET in its environment.

            Ends as diff does: 1 regressed, 3 not valid, 4 not decided.

            Examples:
              mik-replay compare --baseline http://127.0.0.1:3000 \\
                  --candidate http://127.0.0.1:3001 checkout.mtr
              mik-replay compare --speed 2x --before-run './restart.sh $MIK_REPLAY_SIDE' \\
                  --baseline http://127.0.0.1:3000 --candidate http://127.0.0.1:3001 \\
                  checkout.mtr
              mik-replay compare --calibrate --baseline http://127.0.0.1:3000 checkout.mtr
            """
    )

    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Selection") var selection: SelectionOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Encryption") var trust: TrustOptions
    @OptionGroup(title: "Responses") var keeping: KeepOptions
    @OptionGroup(title: "Consent") var consent: ConsentOptions
    @OptionGroup(title: "Judgement") var judgement: JudgementOptions
    @OptionGroup(title: "Report") var format: ComparisonFormatOptions

    @Option(
        help: ArgumentHelp("The server to compare with.", valueName: "url"),
        transform: TargetArgument.init(parsing:)
    )
    var baseline: TargetArgument

    @Option(
        help: ArgumentHelp("The server to judge.", valueName: "url"),
        transform: TargetArgument.init(parsing:)
    )
    var candidate: TargetArgument?

    @Option(help: ArgumentHelp("Replay so many times against each.", valueName: "number"))
    var repetitions = 6

    @Option(
        help: ArgumentHelp(
            "Take turns within each repetition, after so much recorded time, such as 5s; both "
                + "servers must run at once.",
            valueName: "time"
        )
    )
    var slices: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Run this shell command before each replay.",
            valueName: "command"
        )
    )
    var beforeRun: String?

    @Flag(help: "Measure how far two runs of the baseline differ, and keep that beside the trace.")
    var calibrate = false

    @Option(
        help: ArgumentHelp(
            "Where the runs go (default: TRACE.compare beside the trace).",
            valueName: "folder"
        )
    )
    var folder: String?

    @Argument(help: "The trace (.mtr) to play.")
    var trace: String

    func validate() throws {
        guard (2...100).contains(repetitions) else {
            throw ValidationError("--repetitions takes a number from 2 to 100.")
        }
        guard selection.shard == nil else {
            throw ValidationError("A --shard is a part of a replay; there is nothing to compare.")
        }
        guard slices == nil || isWholeTraceOnTime else {
            throw ValidationError(
                "--slices cuts a whole trace at its recorded times: without --slice, --loop, "
                    + "--multiply, --duration, another pace, or --speed max."
            )
        }
    }

    private var isWholeTraceOnTime: Bool {
        guard case .arrival = pace.value else { return false }
        var whole = TraceSelection()
        whole.shard = selection.shard?.shard
        return selection.value == whole && limits.value.duration == nil
    }

    func run() async throws {
        try await reportingFailures {
            let trace = FilePath(trace)
            guard let candidate else { return try await measureNoise(of: trace, inFolder: "noise") }
            let runs = try runs(of: trace, candidate, inFolder: "compare")
            try runs.prepare()
            if calibrate { try await measureNoise(of: trace, inFolder: "noise") }
            try await runs.replayAll()
            let repetitions = try estimates(of: runs, judgement.value)
            var options = judgement.value
            options.noiseFloor = try knownNoise(beside: trace, of: repetitions)
            let report = ComparisonReport(try RepeatedComparison(repetitions, options: options))
            try format.tell(report, insteadOf: [self.trace])
        }
    }

    private func runs(
        of trace: FilePath,
        _ candidate: TargetArgument,
        inFolder name: String
    ) throws -> InterleavedRuns {
        var beside = trace
        beside.extension = name
        return InterleavedRuns(
            configurations: [
                .baseline: configuration(baseline), .candidate: configuration(candidate),
            ],
            trace: trace,
            folder: folder.map { FilePath($0).appending(name) } ?? beside,
            repetitionCount: repetitions,
            slicing: try slicing(of: trace),
            hook: beforeRun.map(ShellHook.init),
            replaces: format.force
        )
    }

    private func slicing(of trace: FilePath) throws -> Slicing? {
        guard let slices, case .arrival(let speed) = pace.value else { return nil }
        let summary = try TraceReader(opening: trace).summary
        let first = summary.firstRequestTime ?? 0
        let duration = max(0, (summary.lastTime ?? first) - first)
        guard let slicing = Slicing(duration: duration, length: slices.nanoseconds, speed: speed)
        else {
            throw CommandFailure(
                "--slices would cut \(trace.string) into more than \(Slicing.limit) parts",
                .usage
            )
        }
        return slicing
    }

    private func configuration(_ target: TargetArgument) -> ReplayConfiguration {
        ReplayConfiguration(
            target: target,
            pace: pace,
            selection: selection,
            limits: limits,
            trust: trust,
            keeping: keeping,
            consent: consent,
            seed: judgement.seed
        )
    }

    private func estimates(
        of runs: InterleavedRuns,
        _ options: ComparisonOptions
    ) throws -> [Repetition] {
        try Repetition.each(
            ofBaselines: runs.runs(of: .baseline),
            candidates: runs.runs(of: .candidate),
            options: options
        )
    }
}

// MARK: - The noise of the machine

extension CompareCommand {
    private func measureNoise(of trace: FilePath, inFolder name: String) async throws {
        let runs = try runs(of: trace, baseline, inFolder: name)
        try runs.prepare()
        try await runs.replayAll()
        let repetitions = try estimates(of: runs, judgement.value)
        let floor = NoiseFloor(measuredBy: repetitions)
        if candidate == nil || !format.json { try Terminal.print(text(of: floor)) }
        let problems = Set(repetitions.flatMap(\.problems)).sorted()
        guard problems.isEmpty else {
            throw CommandFailure(
                "the measurement of the noise is not valid: \(problems.joined(separator: "; "))",
                .invalidMeasurement
            )
        }
        if calibrate {
            let path = NoiseFile.path(beside: trace)
            try NoiseFile(floor, run: repetitions[0].baseline).write(to: path)
            Terminal.printError("calibration: \(path.string)")
        }
    }

    private func text(of floor: NoiseFloor) -> String {
        var lines = TextFacts(
            title:
                "how far two runs of \(baseline.target.url) differ here, K = \(floor.repetitions)"
        )
        for (name, change) in floor.medians.sorted(by: { $0.key < $1.key }) {
            let tail = floor.tails[name].map { ", p99 by \(percentage($0))" } ?? ""
            lines.add(name, "median by \(percentage(change))\(tail)")
        }
        return lines.text
    }

    /// What is kept beside the trace, if it is about this machine and these runs.
    private func knownNoise(
        beside trace: FilePath,
        of repetitions: [Repetition]
    ) throws -> NoiseFloor {
        let path = NoiseFile.path(beside: trace)
        guard (try? path.stat()) != nil, let run = repetitions.first?.baseline else {
            return .unknown
        }
        let file = try NoiseFile.read(path)
        guard let mismatch = file.mismatch(run) else { return file.floor }
        Terminal.printError("mik-replay: \(path.string) is \(mismatch), so it is left out")
        return .unknown
    }
}
