import ArgumentParser
import Capture
import Encryption
import Replayer
import SystemPackage
import TraceFormat

/// `mik-replay record proxy`: passes traffic on and records it.
struct RecordProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Pass traffic on to a server, byte for byte, and record it.",
        discussion: """
            Point the clients at the proxy in place of the server. Each of their
            connections gets one of its own to the server; recording happens on the side
            and never delays them. Ctrl-C, SIGTERM or --duration end the recording: open
            exchanges may finish, and the trace is made whole. A second signal ends the
            program at once, and what was recorded up to about a second before stays
            readable.

            Examples:
              mik-replay record proxy --listen 127.0.0.1:8080 \\
                  --upstream http://127.0.0.1:3000 -o shop.mtr
              mik-replay record proxy --listen 127.0.0.1:0 --bodies all \\
                  --duration 10m -o day.mtr
              mik-replay record proxy --listen 0.0.0.0:8080 --rotate 1h \\
                  -o 'shop-%Y-%m-%d-%H.mtr'
              mik-replay record proxy --listen 0.0.0.0:8443 --tls-cert shop.pem \\
                  --tls-key shop.key --upstream https://10.0.0.7:443 --ca ours.pem \\
                  -o shop.mtr
            """
    )

    @Option(
        help: ArgumentHelp(
            "The address to listen on; port 0 lets the system choose.",
            valueName: "host:port"
        )
    )
    var listen: ListenArgument

    @Option(
        help: ArgumentHelp(
            "The server to pass the traffic on to, as http://host:port or https://host:port "
                + "(default: \(TargetArgument.standard.target.url)).",
            valueName: "url"
        ),
        transform: TargetArgument.init(parsing:)
    )
    var upstream = TargetArgument.standard

    @OptionGroup var recording: RecordingOptions

    @Option(help: "How long open exchanges may take to finish when the recording stops.")
    var drain = DurationArgument(nanoseconds: 5_000_000_000)

    @Flag(
        help: ArgumentHelp(
            "Tell the server who the client is, by X-Forwarded-For, -Proto and -Host; else "
                + "bytes are passed on as they are."
        )
    )
    var forwarded = false

    @OptionGroup(title: "Encryption") var identity: IdentityOptions
    @OptionGroup(title: "Encryption") var trust: TrustOptions
    @OptionGroup(title: "Secrets") var redaction: RedactionOptions

    func validate() throws {
        guard upstream.target.socketPath == nil else {
            throw ValidationError(
                "The upstream of a proxy is http://host:port or https://host:port."
            )
        }
    }

    func run() async throws {
        let (output, makeTrace) = (recording.output, recording.makeTrace())
        let (host, upstream) = (listen.host, upstream.target.url)
        let scheme = identity.value == nil ? "http" : "https"
        let time = recording.duration.map { Duration.nanoseconds($0.nanoseconds) }
        let drain = drain.nanoseconds
        try await reportingFailures {
            let configuration = try configuration()
            DescriptorLimit.raise()
            let summary = try await StopSignals.cancelling {
                let proxy = try await LoggingProxy.start(
                    configuration,
                    writer: Version.writer,
                    wallClock: HostEnvironment.wallClock,
                    onFailure: Self.reportStop,
                    trace: makeTrace
                )
                let address = ListenArgument(host: host, port: proxy.port)
                Terminal.printError(
                    "recording \(scheme)://\(address) -> \(upstream) into \(output)"
                )
                // A signal cancels the task, and so ends this early.
                try? await Task.sleep(for: time ?? .seconds(1 << 40))
                return try await proxy.stop(drain: drain)
            }
            report(summary)
            // The reason was told when it came up.
            if summary.failure != nil { throw ExitStatus.cannotWrite.exitCode }
        }
    }

    private func configuration() throws -> ProxyConfiguration {
        var configuration = ProxyConfiguration(
            listenHost: listen.host,
            listenPort: listen.port,
            upstreamHost: upstream.target.host,
            upstreamPort: upstream.target.port,
            bodies: recording.bodies,
            redaction: try redaction.redaction(),
            rotation: recording.rotate?.rotation,
            addsForwardedFields: forwarded
        )
        configuration.identity = identity.value
        configuration.upstreamTrust = upstream.target.isEncrypted ? trust.value : nil
        configuration.selection = recording.selection.value
        return configuration
    }

    private func report(_ summary: ProxySummary) {
        let ledger = summary.ledger
        if summary.trace != nil {
            recording.report(traceCount: summary.traceCount, ledger)
        } else {
            var facts = TextFacts(
                title: "\(recording.output) is not whole; of what is counted here it holds what "
                    + "was written before"
            )
            facts.add(ledger)
            Terminal.printError(facts.text, terminator: "")
        }
        let (lostBytes, lostConnections) = (ledger["bytes", "lost"], ledger["connections", "lost"])
        guard lostBytes > 0 || lostConnections > 0 else { return }
        Terminal.printError(
            "mik-replay: warning: \(lostBytes) bytes, among them those of \(lostConnections) whole "
                + "connections, could not be recorded"
        )
    }

    private static func reportStop(_ failure: TraceError) {
        Terminal.printError(
            "mik-replay: \(failure); recording has stopped, the traffic goes on, and what was "
                + "recorded stays readable"
        )
    }
}
