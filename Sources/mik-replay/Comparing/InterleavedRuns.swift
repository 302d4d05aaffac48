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
    /// How the trace is cut, so that the sides take turns within a repetition; `nil` if it is not.
    let slicing: Slicing?
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
            _ = try configurations[side].map { try Replay($0).prepare(trace: trace) }
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
            if let slicing {
                try await replaySlices(slicing, repetition)
            } else {
                for side in order(repetition) {
                    try await runHook(side, repetition)
                    guard let configuration = configuration(side, repetition) else { continue }
                    let output = run(of: side, repetition)
                    tell(side, repetition, try await replay(configuration, output))
                }
            }
        }
    }

    /// The first side at odd turns, and the other one at even ones.
    private func order(_ turn: Int) -> [Side] {
        turn.isMultiple(of: 2) ? [.candidate, .baseline] : [.baseline, .candidate]
    }

    private func runHook(_ side: Side, _ repetition: Int) async throws {
        try await hook?.run([
            "MIK_REPLAY_SIDE": side.rawValue,
            "MIK_REPLAY_REPETITION": String(repetition),
            "MIK_REPLAY_TARGET": configurations[side]?.target.url ?? "",
        ])
    }

    private func configuration(_ side: Side, _ repetition: Int) -> ReplayConfiguration? {
        guard var configuration = configurations[side] else { return nil }
        // Two runs must not share trace identifiers; times that are drawn must be the same.
        if case .rate = configuration.pace {
            configuration.seed ^= UInt64(repetition)
        } else {
            configuration.seed = .random(in: .min ... .max)
        }
        return configuration
    }

    private func replay(
        _ configuration: ReplayConfiguration,
        _ output: FilePath
    ) async throws -> ReplayCounts {
        let replay = Replay(configuration)
        let prepared = try replay.prepare(trace: trace)
        let (summary, _) = try await ReplayRun(
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
        if summary.counts.isPartial { throw ExitStatus.interrupted.exitCode }
        return summary.counts
    }

    private func tell(_ side: Side, _ repetition: Int, _ counts: ReplayCounts) {
        tell(side, repetition, completed: counts.completed, of: counts.sent)
    }

    private func tell(_ side: Side, _ repetition: Int, completed: UInt64, of sent: UInt64) {
        Terminal.printError(
            "\(side.rawValue) \(repetition) of \(repetitionCount): \(completed) of \(sent) requests "
                + "completed · \(run(of: side, repetition).string)"
        )
    }
}

// MARK: - Slices

/// How a trace is cut so that two targets take turns within one time through it.
struct Slicing: Equatable {
    /// The recorded time of a slice, in nanoseconds.
    let length: Int64
    /// By which factor it is played faster.
    let speed: Double
    /// The slices, by nanoseconds since the first request.
    let slices: [Range<Int64>]

    /// How many slices a trace may have.
    static let limit = 1000

    /// Cuts a trace that lasts `duration` nanoseconds; `nil` when there would be too many slices.
    init?(duration: Int64, length: Int64, speed: Double) {
        guard length > 0, duration / length < Int64(Self.limit) else { return nil }
        self.length = length
        self.speed = speed
        slices = (0...max(0, duration) / length).map { $0 * length..<($0 + 1) * length }
    }

    /// When a slice begins in the whole run, in nanoseconds.
    func start(of slice: Range<Int64>) -> Int64 {
        Int64((Double(slice.lowerBound) / speed).rounded())
    }
}

extension InterleavedRuns {
    /// Plays each slice against both sides before the next one, in the order ABBA, and puts the slices of
    /// each side together to its run.
    private func replaySlices(_ slicing: Slicing, _ repetition: Int) async throws {
        let sides = order(repetition)
        for side in sides { try await runHook(side, repetition) }
        let configurations = Dictionary(
            uniqueKeysWithValues: sides.compactMap { side in
                configuration(side, repetition).map { (side, $0) }
            }
        )
        var parts: [Side: [SlicePart]] = [:]
        defer { for part in parts.values.joined() { part.remove() } }
        for (number, slice) in slicing.slices.enumerated() {
            for side in order(repetition + number) {
                guard var configuration = configurations[side] else { continue }
                configuration.selection.slice = slice
                let file = folder.appending("\(side.rawValue)-\(repetition).slice-\(number).mrr")
                do {
                    let counts = try await replay(configuration, file)
                    parts[side, default: []].append(
                        SlicePart(file: file, start: slicing.start(of: slice), counts: counts)
                    )
                } catch ReplayError.emptyPlan {
                    // Nothing was recorded in this time.
                    continue
                }
            }
        }
        for side in sides {
            let parts = parts[side] ?? []
            try join(parts, to: run(of: side, repetition), slicing)
            tell(
                side,
                repetition,
                completed: parts.reduce(0) { $0 + $1.counts.completed },
                of: parts.reduce(0) { $0 + $1.counts.sent }
            )
        }
    }

    private func join(_ parts: [SlicePart], to output: FilePath, _ slicing: Slicing) throws {
        let sequence = RunSequence(
            try parts.map { try $0.description },
            mode: "slices of \(fixed(Double(slicing.length) / 1e9, decimals: 3)) s"
        )
        var writer = try RunWriter(creating: output, replacing: replaces, info: sequence.info)
        for (number, part) in parts.enumerated() {
            var reader = try RunReader(opening: part.file)
            while let outcome = try reader.next() {
                try writer.append(sequence.outcome(outcome, ofPart: number))
            }
        }
        try writer.finish(sequence.ending)
    }
}

/// The run of one slice, kept until the whole run is there.
private struct SlicePart {
    let file: FilePath
    /// When it begins in the whole run, in nanoseconds.
    let start: Int64
    let counts: ReplayCounts

    /// What the run says of itself.
    var description: RunSequence.Part {
        get throws {
            let reader = try RunReader(opening: file)
            guard let ending = reader.ending else {
                throw CommandFailure("\(file.string) was never finished", .badData)
            }
            return RunSequence.Part(info: reader.info, ending: ending, start: start)
        }
    }

    func remove() {
        // What can't be removed is in nobody's way.
        _ = unsafe file.withPlatformString { unsafe unlink($0) }
    }
}
