import ArgumentParser
import Capture
import TraceFormat

/// `mik-replay record live`: the exchanges that pass a network interface as a trace.
struct RecordLiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Record the HTTP exchanges that pass a network interface.",
        discussion: """
            Listens without touching the traffic. Needs the capability CAP_NET_RAW: run
            it as root, or once
              sudo setcap cap_net_raw+ep $(command -v mik-replay)

            Ctrl-C, SIGTERM, --duration, --max-size or --limit end the recording and make
            the trace whole. A second signal ends the program at once, and what was
            recorded up to about a second before stays readable.

            Only packets of the given ports reach the program. Traffic inside tunnels
            needs a --filter of your own, such as 'udp port 4789'.

            Examples:
              mik-replay record live --interface eth0 --port 3000 -o shop.mtr
              mik-replay record live --interface any --port 80,8080 --duration 10m \\
                  -o shop.mtr
              mik-replay record live --interface eth0 --rotate 1h \\
                  -o 'shop-%Y-%m-%d-%H.mtr'
            """
    )

    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp("The interface to listen on; any is all of them.", valueName: "name")
    )
    var interface: String

    @Option(
        help: ArgumentHelp(
            "The server's ports: a number, a list, a range, or any.",
            valueName: "ports"
        )
    )
    var port = PortsArgument.standard

    @Option(
        help: ArgumentHelp(
            "A packet filter as for tcpdump, in place of the one that the ports make.",
            valueName: "expression"
        )
    )
    var filter: String?

    @Flag(help: "Look at packets for other machines too, as on a mirror port.")
    var promiscuous = false

    @Option(
        help: ArgumentHelp(
            "The kernel's buffer for packets that were not read yet.",
            valueName: "size"
        )
    )
    var bufferSize = SizeArgument(byteCount: 64 << 20)

    @Option(
        help: ArgumentHelp(
            "The most that open connections may hold; the largest are given up beyond it, and counted.",
            valueName: "size"
        )
    )
    var maxMemory = SizeArgument(byteCount: Int64(CaptureOptions.standardMemoryByteCount))

    @Option(help: ArgumentHelp("Stop when the traces have this size.", valueName: "size"))
    var maxSize: SizeArgument?

    @Option(help: ArgumentHelp("Stop when so many exchanges are recorded.", valueName: "n"))
    var limit: UInt64?

    @OptionGroup var recording: RecordingOptions

    @OptionGroup(title: "Secrets") var redaction: RedactionOptions

    func run() async throws {
        try await reportingFailures {
            let session = LiveSession(options: try options(), writer: Version.writer)
            let (makeTrace, started) = (recording.makeTrace(), startMessage)
            let stop = StopRequest()
            let summary = try await StopSignals.running(untilStopped: { stop.make() }) {
                try session.record(
                    until: stop,
                    wallClock: HostEnvironment.wallClock,
                    onStart: { Terminal.printError(started) },
                    onStatus: Self.show,
                    trace: makeTrace
                )
            }
            if Terminal.isErrorInteractive { Terminal.replaceErrorLine("") }
            for warning in summary.warnings {
                Terminal.printError("mik-replay: warning: \(warning)")
            }
            recording.report(traceCount: summary.traceCount, summary.ledger)
        }
    }

    private func options() throws -> LiveOptions {
        var capture = CaptureOptions(
            ports: port.ports,
            filter: filter,
            bodies: recording.bodies,
            redaction: try redaction.redaction()
        )
        capture.selection = recording.selection.value
        capture.memoryByteCount = Int(clamping: maxMemory.byteCount)
        return LiveOptions(
            interface: interface,
            capture: capture,
            isPromiscuous: promiscuous,
            bufferByteCount: Int(clamping: bufferSize.byteCount),
            rotation: recording.rotate?.rotation,
            limits: LiveLimits(
                duration: recording.duration?.nanoseconds,
                byteCount: maxSize?.byteCount,
                exchangeCount: limit
            )
        )
    }

    private var startMessage: String {
        "recording interface \(interface) into \(recording.output)"
    }

    private static func show(_ status: LiveStatus) {
        guard Terminal.isErrorInteractive else { return }
        Terminal.replaceErrorLine(
            "\(status.exchanges) exchanges · \(status.packets) packets · "
                + "\(status.drops) dropped · \(status.byteCount >> 20) MiB"
        )
    }
}
