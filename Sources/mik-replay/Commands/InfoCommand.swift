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
              mik-replay info shop.mtr --columns
            """
    )

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    @Flag(help: "Tell what each part of the file takes instead.")
    var columns = false

    @Argument(help: "A trace (.mtr) or a run (.mrr).")
    var file: String

    func run() async throws {
        try await reportingFailures {
            let path = FilePath(file)
            if columns {
                let facts = try FileFacts(sizes: path)
                return try Terminal.print(json ? facts.json.text : facts.text)
            }
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

// MARK: - Sizes

extension FileFacts {
    /// Tells what each part of a file takes, per exchange or outcome.
    fileprivate init(sizes path: FilePath) throws(TraceError) {
        let sizes = try FileSizes(of: path)
        let stored = sizes.parts.reduce(0) { $0 + $1.storedBytes }
        let count = sizes.contentsCount
        json = .object([
            .init("stored_bytes", .unsigned(stored)),
            .init("contents", .unsigned(count)),
            .init("damage", .array(sizes.damage.map { .string("\($0)") })),
            .init(
                "parts",
                .array(
                    sizes.parts.map { part in
                        .object([
                            .init("name", .string(part.name)),
                            .init("raw_bytes", .unsigned(part.rawBytes)),
                            .init("stored_bytes", .unsigned(part.storedBytes)),
                        ])
                    }
                )
            ),
        ])
        var lines = TextFacts(title: "parts of \(path.string)")
        func add(_ name: String, _ bytes: UInt64, _ raw: UInt64) {
            let each = (Double(bytes) / Double(count) * 100).rounded() / 100
            let share = count == 0 ? "" : ", \(each) for each of \(count)"
            lines.add(name.padded(to: 30), "\(bytes) bytes of \(raw)\(share)")
        }
        for part in sizes.parts { add(part.name, part.storedBytes, part.rawBytes) }
        add("all", stored, sizes.parts.reduce(0) { $0 + $1.rawBytes })
        lines.add(damage: sizes.damage.map { "\($0)" })
        text = lines.text
    }
}

// MARK: - Traces

extension FileFacts {
    /// Reads a whole trace, so that damage anywhere is told.
    fileprivate init(trace path: FilePath) throws(TraceError) {
        let reader = try TraceReader(opening: path)
        let version = reader.version
        var profiler = TraceProfiler(reader.summary)
        var records = reader.orderedByTime()
        while let record = try records.next() { profiler.add(record.record) }
        let file = TraceFile(
            name: path.string,
            byteCount: (try? path.stat().size) ?? 0,
            version: version,
            info: records.info,
            summary: records.summary,
            profile: profiler.finish(),
            damage: records.damage
        )
        json = file.json
        text = file.text(hasSparkline: Terminal.isOutputInteractive)
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
