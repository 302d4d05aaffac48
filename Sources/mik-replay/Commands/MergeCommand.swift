import ArgumentParser
import Replayer
import SystemPackage
import TraceFormat

/// `mik-replay merge`: puts the runs of all shards together.
struct MergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the runs of all shards of a replay together to one run.",
        discussion: """
            Each outcome is taken over as it is, so a report of the whole is exact. Runs
            that are not all the shards of one replay are refused.

            Examples:
              mik-replay merge -o whole.mrr shard-*.mrr
              mik-replay merge --clock-tolerance 50ms -o whole.mrr a.mrr b.mrr
            """
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The run file to write.", valueName: "file")
    )
    var output: String

    @Option(help: "How far apart the shards may have begun, by their clocks.")
    var clockTolerance = DurationArgument(nanoseconds: 1_000_000_000)

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(help: "The runs (.mrr) of all shards, in any order.")
    var runs: [String]

    func validate() throws {
        guard !runs.isEmpty else { throw ValidationError("There is no run to merge.") }
    }

    func run() async throws {
        try await reportingFailures {
            let paths = runs.map { FilePath($0) }
            for path in paths { try OutputFile.refuse(FilePath(output), asInput: path) }
            let merge = try RunMerge(
                try paths.map { try part($0) },
                startLimit: clockTolerance.nanoseconds
            )
            try write(merge, of: paths)
        }
    }

    private func part(_ path: FilePath) throws -> RunMerge.Part {
        let reader = try RunReader(opening: path)
        return RunMerge.Part(file: path.string, info: reader.info, ending: reader.ending)
    }

    private func write(_ merge: RunMerge, of paths: [FilePath]) throws {
        var writer = try RunWriter(creating: FilePath(output), replacing: force, info: merge.info)
        for (shard, position) in merge.order.enumerated() {
            var reader = try RunReader(opening: paths[position])
            while let outcome = try reader.next() {
                try writer.append(merge.outcome(outcome, ofShard: shard))
            }
            // A part that can't be read would be missing from the whole without a word.
            if let damage = reader.damage.first {
                throw CommandFailure("\(paths[position].string): \(damage)", .badData)
            }
        }
        try writer.finish(merge.ending)
        Terminal.printError(
            "run: \(output) (\(merge.info.planned) requests of \(merge.order.count) shards)"
        )
    }
}
