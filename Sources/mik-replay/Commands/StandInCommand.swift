import ArgumentParser
import StandIn

/// `mik-replay stand-in`: the embedded server that behaves like mik.
struct StandInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stand-in",
        abstract: "Serve a small web shop that behaves like mik, to try the other commands on.",
        discussion: """
            It has modules that load when first used (each concurrent first request
            loads by itself), scripts, tenants, 404, 429, breaker 503, and a module that
            traps. Stop it with Ctrl-C.

            Examples:
              mik-replay stand-in
              mik-replay stand-in --listen 127.0.0.1:3001 --slow /run/search=+30%
              mik-replay stand-in --module 'pay:load=80ms,service=3ms' --log-loads
            """
    )

    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 takes any free one, which is printed.",
            valueName: "host:port"
        )
    )
    var listen = ListenArgument(host: "127.0.0.1", port: 3000)

    @Option(
        help: ArgumentHelp(
            "Make a route slower or faster, as ROUTE=+30% or ROUTE=x2; may be repeated.",
            valueName: "change"
        )
    )
    var slow: [SlowdownArgument] = []

    @Option(
        help: ArgumentHelp(
            "Add or replace a module, as NAME:load=50ms,service=2ms,jitter=0.1,bytes=512,fail=trap; "
                + "may be repeated.",
            valueName: "module"
        )
    )
    var module: [ModuleArgument] = []

    @Option(help: "How many requests a module takes at once before it answers 429.")
    var permits = StandInConfiguration.demoShop.permitsPerModule

    @Option(help: "The seed of the times' jitter.")
    var seed = StandInConfiguration.demoShop.seed

    @Flag(help: "Print a line on standard error for each module that is loaded.")
    var logLoads = false

    func validate() throws {
        guard permits > 0 else { throw ValidationError("--permits takes a positive number.") }
    }

    func run() async throws {
        try await reportingFailures {
            DescriptorLimit.raise()
            let logLine: @Sendable (String) -> Void = { Terminal.printError($0) }
            let server = try await StandInServer.start(
                configuration: try shop(),
                host: listen.host,
                port: listen.port,
                log: logLoads ? logLine : nil
            )
            let address = ListenArgument(host: listen.host, port: server.port)
            await StopSignals.wait {
                Terminal.printError("stand-in listening on http://\(address)")
            }
            try await server.stop()
            Terminal.printError(
                "stand-in stopped: \(server.requestCount) requests, "
                    + "\(server.loads.count) module loads"
            )
        }
    }

    private func shop() throws -> StandInConfiguration {
        var shop = StandInConfiguration.demoShop
        for module in module { shop.modules[module.name] = module.behaviour }
        shop.permitsPerModule = permits
        shop.seed = seed
        return try shop.slowing(slow.map(\.slowdown))
    }
}
