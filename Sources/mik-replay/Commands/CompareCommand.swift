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
            both targets alike. Without a candidate the baseline is compared with itself:
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

    @Flag(help: "Replay even against the address that the trace was recorded from.")
    var allowRecordedTarget = false

    @Flag(help: "Send requests that may change something to other machines, too.")
    var yes = false

    @Argument(help: "The trace (.mtr) to play.")
    var trace: String

    func validate() throws {
        guard (2...100).contains(repetitions) else {
            throw ValidationError("--repetitions takes a number from 2 to 100.")
        }
        guard selection.shard == nil else {
            throw ValidationError("A --shard is a part of a replay; there is nothing to compare.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let trace = FilePath(trace)
            guard let candidate else { return try await measureNoise(of: trace, inFolder: "noise") }
            let runs = runs(of: trace, candidate, inFolder: "compare")
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
    ) -> InterleavedRuns {
        var beside = trace
        beside.extension = name
        return InterleavedRuns(
            configurations: [
                .baseline: configuration(baseline), .candidate: configuration(candidate),
            ],
            trace: trace,
            folder: folder.map { FilePath($0).appending(name) } ?? beside,
            repetitionCount: repetitions,
            hook: beforeRun.map(ShellHook.init),
            replaces: format.force
        )
    }

    private func configuration(_ target: TargetArgument) -> ReplayConfiguration {
        var configuration = ReplayConfiguration(
            target: target,
            pace: pace,
            selection: selection,
            limits: limits,
            trust: trust,
            seed: judgement.seed
        )
        configuration.consent.allowsRecordedTarget = allowRecordedTarget
        configuration.consent.allowsWritesElsewhere = yes
        return configuration
    }

    private func estimates(
        of runs: InterleavedRuns,
        _ options: ComparisonOptions
    ) throws -> [Repetition] {
        var twin: BaselineAnswers?
        return try zip(runs.runs(of: .baseline), runs.runs(of: .candidate)).map {
            baseline,
            candidate in
            let baseline = try RunFile.analyse(baseline)
            defer { twin = twin ?? BaselineAnswers(baseline) }
            return try Repetition(
                baseline: baseline,
                candidate: try RunFile.analyse(candidate),
                twin: twin,
                options: options
            )
        }
    }
}

// MARK: - The noise of the machine

extension CompareCommand {
    private func measureNoise(of trace: FilePath, inFolder name: String) async throws {
        let runs = runs(of: trace, baseline, inFolder: name)
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
