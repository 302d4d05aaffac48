import Analyzer
import Glibc
import Replayer
import SystemPackage
import TraceFormat

/// Replays a trace against two targets in turn, in the order ABBA, so that what drifts on the
/// machine meets both alike.
struct InterleavedRuns: Sendable {
    /// The two sides of a comparison.
    enum Side: String, CaseIterable {
        case baseline, candidate
    }

    /// How each side is replayed; the targets differ.
    let configurations: [Side: ReplayConfiguration]
    let trace: FilePath
    /// Where the runs go.
    let folder: FilePath
    let repetitionCount: Int
    /// What the user wants done before each run.
    let hook: ShellHook?
    let replaces: Bool

    /// The run of a side.
    func run(of side: Side, _ repetition: Int) -> FilePath {
        folder.appending("\(side.rawValue)-\(repetition).mrr")
    }

    /// All runs of a side, in order.
    func runs(of side: Side) -> [FilePath] {
        (1...repetitionCount).map { run(of: side, $0) }
    }

    /// Makes the folder, and looks whether everything can be done, before the first request.
    func prepare() throws {
        for side in Side.allCases {
            _ = try configuration(side).map { try Replay($0).prepare(trace: trace) }
        }
        guard unsafe folder.withPlatformString({ unsafe mkdir($0, 0o755) }) == 0 || errno == EEXIST
        else {
            throw CommandFailure(
                "the folder \(folder.string) can't be made: \(Errno(rawValue: errno))",
                .cannotWrite
            )
        }
        let existing = Side.allCases.flatMap(runs).first { (try? $0.stat()) != nil }
        if !replaces, let existing { throw CommandFailure.alreadyExists(existing) }
    }

    /// Replays everything.
    ///
    /// - Throws: When a target is not there, a file can't be written, or the user stops it.
    func replayAll() async throws {
        for repetition in 1...repetitionCount {
            let order: [Side] =
                repetition.isMultiple(of: 2) ? [.candidate, .baseline] : [.baseline, .candidate]
            for side in order { try await replay(side, repetition) }
        }
    }

    private func configuration(_ side: Side) -> ReplayConfiguration? { configurations[side] }

    private func replay(_ side: Side, _ repetition: Int) async throws {
        guard var configuration = configuration(side) else { return }
        try await hook?.run([
            "MIK_REPLAY_SIDE": side.rawValue,
            "MIK_REPLAY_REPETITION": String(repetition),
            "MIK_REPLAY_TARGET": configuration.target.url,
        ])
        // Two runs must not share trace identifiers; times that are drawn must be the same.
        if case .rate = configuration.pace {
            configuration.seed ^= UInt64(repetition)
        } else {
            configuration.seed = .random(in: .min ... .max)
        }
        let replay = Replay(configuration)
        let prepared = try replay.prepare(trace: trace)
        let output = run(of: side, repetition)
        let summary = try await ReplayRun(
            replay: replay,
            prepared: prepared,
            info: RunInfo(
                prepared,
                configuration,
                traceName: trace.lastComponent?.string ?? trace.string
            ),
            output: output,
            replaces: replaces,
            announcement: nil
        ).run()
        let counts = summary.counts
        Terminal.printError(
            "\(side.rawValue) \(repetition) of \(repetitionCount): \(counts.completed) of "
                + "\(counts.sent) requests completed · \(output.string)"
        )
        if counts.isPartial { throw ExitStatus.interrupted.exitCode }
    }
}
