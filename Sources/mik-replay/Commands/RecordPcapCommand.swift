import ArgumentParser
import Capture
import Glibc
import SystemPackage
import TraceFormat

/// `mik-replay record pcap`: the exchanges of a packet capture as a trace.
struct RecordPcapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pcap",
        abstract: "Record the HTTP exchanges of a packet capture.",
        discussion: """
            Every packet, byte and exchange is accounted for; the account is printed and
            kept in the trace. The same capture always gives the same trace, byte for
            byte.

            Examples:
              mik-replay record pcap --port 3000 -o shop.mtr day.pcap
              tcpdump -i any -w - tcp port 3000 | mik-replay record pcap -o shop.mtr -
              mik-replay record pcap --port any --filter 'host 10.0.0.7' \\
                  -o one.mtr day.pcap
              mik-replay record pcap --only '/run/*' --sample 10% -o some.mtr day.pcap
              mik-replay record pcap -o day.mtr day.pcap0 day.pcap1 day.pcap2.gz
            """
    )

    @Option(
        help: ArgumentHelp(
            "The server's ports: a number, a list, a range, or any.",
            valueName: "ports"
        )
    )
    var port = PortsArgument.standard

    @Option(help: ArgumentHelp("A packet filter as for tcpdump.", valueName: "expression"))
    var filter: String?

    @Option(help: "Which bodies to keep: none, requests or all.")
    var bodies = BodyRetention.requests

    @Flag(help: "Pass over packets inside tunnels (GRE, VXLAN, Geneve, GTP, IP in IP).")
    var noTunnels = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to write.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The most that open connections may hold; the largest are given up beyond it, and counted.",
            valueName: "size"
        )
    )
    var maxMemory = SizeArgument(byteCount: Int64(CaptureOptions.standardMemoryByteCount))

    @OptionGroup(title: "Selection")
    var selection: RecordingSelectionOptions

    @Option(help: ArgumentHelp("Record no more than so many exchanges.", valueName: "n"))
    var limit: UInt64?

    @OptionGroup(title: "Secrets")
    var redaction: RedactionOptions

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(
        help: ArgumentHelp(
            "The captures in order (pcap or pcapng, also gzip'd), or - for standard input.",
            valueName: "file"
        )
    )
    var files: [String]

    func run() async throws {
        try await reportingFailures {
            for file in files { try OutputFile.refuse(FilePath(output), asInput: FilePath(file)) }
            // Ctrl-C goes to the whole pipeline: whoever captures ends it, and the end of the input
            // ends the recording.
            if files.contains("-") { _ = signal(SIGINT, SIG_IGN) }
            var options = CaptureOptions(
                ports: port.ports,
                filter: filter,
                bodies: bodies,
                followsTunnels: !noTunnels,
                redaction: try redaction.redaction()
            )
            options.selection = selection.value
            options.selection.limit = limit
            options.memoryByteCount = Int(clamping: maxMemory.byteCount)
            let session = CaptureSession(options: options, writer: Version.writer)
            let summary = try session.record(files.map { PacketSource($0) }) {
                info throws(TraceError) in
                try TraceWriter(creating: FilePath(output), replacing: force, info: info)
            }
            for warning in summary.warnings {
                Terminal.printError("mik-replay: warning: \(warning)")
            }
            var facts = TextFacts(
                title: "\(output): \(summary.trace.exchanges) exchanges on "
                    + "\(summary.trace.connections) connections"
            )
            facts.add(summary.ledger)
            Terminal.printError(facts.text, terminator: "")
        }
    }
}

/// The server's ports of a recording.
struct PortsArgument: ExpressibleByArgument {
    let ports: PortSelection

    init?(argument: String) {
        guard let ports = try? PortSelection(parsing: argument) else { return nil }
        self.ports = ports
    }

    private init(_ ports: PortSelection) {
        self.ports = ports
    }

    /// The port that mik serves on.
    static let standard = PortsArgument(.standard)

    var defaultValueDescription: String { "3000" }
}
