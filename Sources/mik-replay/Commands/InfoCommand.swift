import Analyzer
import ArgumentParser
import SystemPackage
import TraceFormat

/// `mik-replay info`: what is in a trace or a run.
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what is in a trace or a run.",
        discussion: """
            Examples:
              mik-replay info shop.mtr
              mik-replay info new.mrr --json
            """
    )

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    @Argument(help: "A trace (.mtr) or a run (.mrr).")
    var file: String

    func run() async throws {
        try await reportingFailures {
            let path = FilePath(file)
            let facts: FileFacts
            do throws(TraceError) {
                facts = try FileFacts(trace: path)
            } catch .wrongKind(_, found: .run, _) {
                facts = try FileFacts(run: path)
            }
            try Terminal.print(json ? facts.json.text : facts.text)
        }
    }
}

/// What `info` tells of a file: the same facts as JSON and as text.
struct FileFacts {
    let json: JSONValue
    let text: String
}

// MARK: - Traces

extension FileFacts {
    /// Reads a whole trace, so that damage anywhere is told.
    fileprivate init(trace path: FilePath) throws(TraceError) {
        var reader = try TraceReader(opening: path)
        while try reader.next() != nil {}
        let damage = reader.damage.map { "\($0)" }
        let (info, summary) = (reader.info, reader.summary)
        json = .object(
            [
                .init("kind", .string("trace")),
                .init("format_version", .string("\(reader.version)")),
                .init("exchanges", .unsigned(summary.exchanges)),
                .init("connections", .unsigned(summary.connections)),
                .init("duration_ns", .integer(summary.duration)),
                .init("trace_hash", .string(summary.contentHash)),
                .init("writer", .string(info.writer)),
                .init("source", .string(info.source)),
                .init("epoch_unix_ns", .integer(info.epoch)),
                .init("bodies", .string(info.bodies)),
                .init("finished", .bool(summary.ledger != nil)),
                .init("damage", .array(damage.map { .string($0) })),
                .init("ledger", (summary.ledger ?? Ledger()).json),
            ])
        var lines = TextFacts(title: "trace \(path.string)")
        lines.add("exchanges", "\(summary.exchanges) on \(summary.connections) connections")
        lines.add("duration", duration(summary.duration))
        lines.add("recorded", "\(info.source), by \(info.writer), bodies: \(info.bodies)")
        lines.add("format", "version \(reader.version)")
        lines.add("hash", summary.contentHash)
        lines.add(damage: damage)
        lines.add(summary.ledger)
        text = lines.text
    }
}

extension TraceSummary {
    /// From the first request byte to the last thing that was recorded, in nanoseconds.
    fileprivate var duration: Int64 {
        guard let firstRequestTime, let lastTime else { return 0 }
        return lastTime.subtractingReportingOverflow(firstRequestTime).partialValue
    }
}

// MARK: - Runs

extension FileFacts {
    /// Reads a whole run and counts its outcomes.
    fileprivate init(run path: FilePath) throws(TraceError) {
        let file = try RunFile(reading: path)
        json = file.facts
        text = file.lines(titled: "run \(path.string)")
    }
}

extension RunFile {
    private var isPartial: Bool { analysis.ending?.isPartial ?? true }

    fileprivate var facts: JSONValue {
        let (info, ending, counts) = (analysis.info, analysis.ending, analysis.overall.counts)
        return .object([
            .init("kind", .string("run")),
            .init("format_version", .string("\(version)")),
            .init("trace_hash", .string(info.traceHash)),
            .init("trace_name", .string(info.traceName)),
            .init("speed", .string(info.speed)),
            .init("connections", .string(info.connections)),
            .init("target", .string(info.target)),
            .init("partial", .bool(isPartial)),
            .init("planned", .unsigned(info.planned)),
            .init("sent", .integer(Int64(counts.sent))),
            .init("completed", .integer(Int64(counts.completed))),
            .init("failed", .integer(Int64(counts.failed))),
            .init("censored", .integer(Int64(counts.censored))),
            .init("duration_ns", JSONValue(ending?.duration)),
            .init("writer", .string(info.writer)),
            .init("started_unix_ns", .integer(info.startedAt)),
            .init("finished", .bool(ending != nil)),
            .init("damage", .array(damage.map { .string("\($0)") })),
            .init("environment", info.environment.json),
            .init("ledger", (ending?.ledger ?? Ledger()).json),
        ])
    }

    fileprivate func lines(titled title: String) -> String {
        let (info, ending, counts) = (analysis.info, analysis.ending, analysis.overall.counts)
        var lines = TextFacts(title: title)
        lines.add("trace", "\(info.traceName) \(info.traceHash.prefix(16))…")
        lines.add(
            "target",
            "\(info.target) at speed \(info.speed), connections \(info.connections)"
        )
        lines.add(
            "requests",
            "\(info.planned) planned, \(counts.sent) sent = \(counts.completed) completed + "
                + "\(counts.failed) failed + \(counts.censored) censored"
                + (isPartial ? ", partial" : "")
        )
        lines.add("duration", ending.map { duration($0.duration) } ?? "unknown")
        lines.add("written", "by \(info.writer), format version \(version)")
        for pair in info.environment.pairs { lines.add(pair.name, pair.text) }
        lines.add(damage: damage.map { "\($0)" })
        lines.add(ending?.ledger)
        return lines.text
    }
}

// MARK: - Parts of both

extension Ledger {
    /// Groups of counters as objects.
    fileprivate var json: JSONValue {
        .object(
            groups.map { group in
                .init(
                    group.name,
                    .object(group.counters.map { .init($0.name, .unsigned($0.count)) })
                )
            }
        )
    }
}

extension Metadata {
    /// Names and texts as one object.
    fileprivate var json: JSONValue {
        .object(pairs.map { .init($0.name, .string($0.text)) })
    }
}
