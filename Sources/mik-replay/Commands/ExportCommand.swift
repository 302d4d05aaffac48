import ArgumentParser
import Interchange
import SystemPackage
import TraceFormat

/// `mik-replay export`: a trace in a format that other programs read.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a trace as JSON lines, HAR or GoReplay's format.",
        discussion: """
            What the format has no place for is counted on standard error. JSON lines
            have a place for everything: import makes the same trace of them.

            Examples:
              mik-replay export shop.mtr --format jsonl -o shop.jsonl
              mik-replay export shop.mtr --format jsonl -o - | jq -r .request.target
              mik-replay export shop.mtr --format har -o shop.har
              mik-replay export shop.mtr --format gor -o shop.gor
              mik-replay export shop.mtr --format gor -o shop.gor.gz
            """
    )

    @Option(help: "What to write: jsonl, har or gor.")
    var format: ExportFormat

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file to write, or - for standard output; one that ends in .gz is gzip'd.",
            valueName: "file"
        )
    )
    var output: String

    @Flag(help: "Write gzip'd, whatever the file is called.")
    var gzip = false

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(help: "The trace (.mtr).")
    var file: String

    func run() async throws {
        try await reportingFailures {
            let (input, output) = (FilePath(file), FilePath(output))
            try OutputFile.refuse(output, asInput: input)
            let reader = try TraceReader(opening: input)
            var exporter = format.exporter(info: reader.info, ledger: reader.summary.ledger)
            var records = reader.orderedByTime()
            var stream = try ExportStream(
                creating: output,
                replacing: force,
                gzipping: gzip || output.extension == "gz"
            )
            do {
                while !stream.isUnread, let record = try records.next() {
                    exporter.add(record)
                    if record.exchangeIndex.map({ $0 % 64 == 63 }) ?? false {
                        try stream.write(exporter.takeBytes())
                    }
                }
                exporter.finish()
                try stream.write(exporter.takeBytes())
                try stream.finish()
            } catch {
                OutputFile.discard(output)
                throw error
            }
            RunFile.warn(about: records.damage, in: input)
            for sentence in exporter.losses.sentences {
                Terminal.printError("\(format.rawValue): \(sentence)")
            }
        }
    }
}

/// A format that traces can be written in.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case jsonl, har, gor

    /// Writes a trace that says this of itself.
    func exporter(info: TraceInfo, ledger: Ledger?) -> any TraceExporter {
        switch self {
        case .jsonl: JSONLinesExporter(info: info, ledger: ledger)
        case .har: HARExporter(info: info, version: Version.current)
        case .gor: GoReplayExporter(info: info)
        }
    }
}
