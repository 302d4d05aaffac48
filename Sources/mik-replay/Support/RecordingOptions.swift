import ArgumentParser
import Capture
import Synchronization
import SystemPackage
import TraceFormat

/// Where live traffic is recorded to, and what of it is kept: the same for all ways to record it.
struct RecordingOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The trace (.mtr) to write; - is standard output. With --rotate, a pattern for "
                + "strftime(3) such as day-%Y-%m-%d-%H.mtr.",
            valueName: "file"
        )
    )
    var output: String

    @Option(help: "Which bodies to keep; lengths and fingerprints are kept always.")
    var bodies = BodyRetention.requests

    @Option(
        help: ArgumentHelp(
            "Go on in a new trace after this time or size, such as 1h or 1GiB.",
            valueName: "time|size"
        )
    )
    var rotate: RotationArgument?

    @Option(help: "Stop by itself after this time, such as 30s or 10m.")
    var duration: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "When what is written has to be on the disk: system (whenever it likes), block (after each "
                + "block), or a time such as 1s.",
            valueName: "policy"
        )
    )
    var durability = DurabilityArgument.system

    @OptionGroup(title: "Selection") var selection: RecordingSelectionOptions

    @Flag(help: "Replace the output if it exists.")
    var force = false

    func validate() throws {
        if rotate != nil, output == "-" {
            throw ValidationError("standard output can't be rotated")
        }
    }

    /// Says what a recording came to.
    ///
    /// - Parameters:
    ///   - traceCount: How many traces it has.
    ///   - ledger: The account of all of them.
    func report(traceCount: Int, _ ledger: Ledger) {
        let exchanges = "\(ledger["exchanges", "total"]) exchanges"
        let connections = "\(ledger["connections", "recorded"]) connections"
        let traces = traceCount == 1 ? output : "\(traceCount) traces \(output)"
        var facts = TextFacts(title: "\(traces): \(exchanges) on \(connections)")
        facts.add(ledger)
        Terminal.printError(facts.text, terminator: "")
    }

    /// Creates the traces of the recording, under names of their own.
    func makeTrace() -> @Sendable (TraceInfo, RecordingPart) throws(TraceError) -> TraceWriter {
        let names = SharedNames(OutputNames(pattern: output))
        let (output, isRotated, force) = (output, rotate != nil, force)
        let durability = durability.durability
        return { info, part throws(TraceError) in
            let second = Int(part.startTime / 1_000_000_000)
            let name = isRotated ? names.next(at: second) : output
            return try TraceWriter(
                creating: FilePath(name),
                replacing: force,
                info: info,
                durability: durability
            )
        }
    }

    private final class SharedNames: Sendable {
        private let names: Mutex<OutputNames>

        init(_ names: OutputNames) {
            self.names = Mutex(names)
        }

        func next(at second: Int) -> String { names.withLock { $0.next(at: second) } }
    }
}

/// When a recording goes on in a new trace: a duration or a size.
struct RotationArgument: ExpressibleByArgument {
    let rotation: Rotation

    init?(argument: String) {
        if let time = DurationArgument(argument: argument) {
            rotation = .interval(nanoseconds: time.nanoseconds)
        } else if let size = SizeArgument(argument: argument) {
            rotation = .byteCount(size.byteCount)
        } else {
            return nil
        }
    }
}
