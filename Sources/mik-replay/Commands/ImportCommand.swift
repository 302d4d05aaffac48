import ArgumentParser
import Interchange
import SystemPackage
import TraceFormat

/// `mik-replay import`: a trace made of what other programs recorded.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a trace of JSON lines, HAR, GoReplay's format or mik's log.",
        discussion: """
            What the input lacks is counted on standard error and kept in the trace's
            ledger. The same input always gives the same trace, byte for byte. Input that
            is gzip'd is inflated.

            Examples:
              mik-replay import shop.jsonl --format jsonl -o shop.mtr
              mik-replay import browser.har --format har -o visit.mtr
              mik-replay import requests.gor.gz --format gor -o shop.mtr
              grep -v ' 404 ' mik.log | mik-replay import - --format mik-log \\
                  -o shop.mtr
            """
    )

    @Option(help: "What to read: jsonl, har, gor or mik-log.")
    var format: ImportFormat

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The trace to write, or - for standard output.", valueName: "file")
    )
    var output: String

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(help: "The file to read, or - for standard input.")
    var file: String

    func run() async throws {
        try await reportingFailures {
            let (input, output) = (FilePath(file), FilePath(output))
            try OutputFile.refuse(output, asInput: input)
            let name = file == "-" ? "standard input" : file
            var conversion = Conversion(
                importer: format.importer(writer: Version.writer),
                name: name
            )
            var stream = try InflatedInput(opening: input, name: name)
            let info = try conversion.firstInfo(of: &stream)
            let writer = try TraceWriter(creating: output, replacing: force, info: info)
            let summary: TraceSummary
            do {
                summary = try conversion.convert(&stream, to: writer)
            } catch {
                OutputFile.discard(output)
                throw error
            }
            for sentence in conversion.importer.losses.sentences {
                Terminal.printError("\(format.rawValue): \(sentence)")
            }
            Terminal.printError(
                "\(self.output): \(summary.exchanges) exchanges on \(summary.connections) "
                    + "connections"
            )
        }
    }
}

/// Feeds an importer from a stream, and a trace from the importer.
private struct Conversion {
    var importer: any TraceImporter
    /// The input in errors.
    let name: String
    private var isAtEnd = false

    init(importer: any TraceImporter, name: String) {
        self.importer = importer
        self.name = name
    }

    /// Reads up to the first exchange.
    mutating func firstInfo(of stream: inout InflatedInput) throws -> TraceInfo {
        while importer.info == nil, !isAtEnd { try readOn(&stream) }
        guard let info = importer.info else {
            throw CommandFailure("\(name) has no exchanges", .badData)
        }
        return info
    }

    /// Reads to the end and writes everything.
    mutating func convert(
        _ stream: inout InflatedInput,
        to writer: consuming TraceWriter
    ) throws -> TraceSummary {
        while true {
            for record in importer.takeRecords() { try writer.append(record) }
            guard !isAtEnd else { break }
            try readOn(&stream)
        }
        var ledger = importer.ledger
        for (loss, count) in importer.losses.losses { ledger["import", loss.name] = count }
        return try writer.finish(ledger: ledger)
    }

    private mutating func readOn(_ stream: inout InflatedInput) throws {
        do {
            if let bytes = try stream.read() {
                try importer.read(bytes)
            } else {
                isAtEnd = true
                try importer.finish()
            }
        } catch let error as InterchangeError {
            throw CommandFailure("\(name), \(error)", .badData)
        }
    }
}

/// A format that traces can be made of.
enum ImportFormat: String, CaseIterable, ExpressibleByArgument {
    case jsonl, har, gor
    case mikLog = "mik-log"

    /// Reads the format and says in the trace that `writer` made it.
    func importer(writer: String) -> any TraceImporter {
        switch self {
        case .jsonl: JSONLinesImporter(writer: writer)
        case .har: HARImporter(writer: writer)
        case .gor: GoReplayImporter(writer: writer)
        case .mikLog: MikLogImporter(writer: writer)
        }
    }
}
