import Analyzer
import ArgumentParser
import Glibc
import SystemPackage
import TraceFormat

/// `mik-replay demo`: the whole story in one command against the embedded server.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole story: record, replay, report, diff, against the stand-in.",
        discussion: """
            Each step is a command of this program and is shown before it runs, so that
            it can be repeated by hand. The traffic is seeded; the candidate is slower
            on one route, which the comparison has to name.

            Examples:
              mik-replay demo
              mik-replay demo --folder tour --duration 4s
            """,
        subcommands: [DemoRunCommand.self, DemoTrafficCommand.self],
        defaultSubcommand: DemoRunCommand.self
    )
}

/// `mik-replay demo run`: the steps of the demo.
struct DemoRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run all steps (the default).",
        discussion: """
            Examples:
              mik-replay demo run --folder tour
            """
    )

    /// The route that the candidate is slower on, and by how much.
    private static let slowerRoute = "/run/search"
    private static let slowdown = "\(slowerRoute)=+40%"

    @Option(help: ArgumentHelp("Where the files go.", valueName: "folder"))
    var folder = "mik-replay-demo"

    @Option(help: "For how long customers come.")
    var duration = DurationArgument(nanoseconds: 8_000_000_000)

    @Option(help: "The seed of the traffic.")
    var seed: UInt64 = 1

    func run() async throws {
        try await reportingFailures {
            let folder = try makeFolder()
            let processes = DemoProcesses(folder: folder)
            try await record(with: processes)
            try await replay(with: processes)
            try await compare(with: processes)
            try Terminal.print("\nThe files are in \(folder.string).\n")
        }
    }

    private func makeFolder() throws -> FilePath {
        guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else {
            throw CommandFailure(
                "\(folder) can't be created: \(Errno(rawValue: errno))",
                .cannotWrite
            )
        }
        return FilePath(folder)
    }

    private func record(with processes: DemoProcesses) async throws {
        try Terminal.print("\n# 1. Record: customers come to the shop through the logging proxy.\n")
        try await processes.run(
            "demo",
            "traffic",
            "--seed",
            "\(seed)",
            "--duration",
            duration.text,
            "--force",
            "-o",
            "customers.mtr"
        )
        try await processes.serving(["stand-in", "--listen", "127.0.0.1:0"]) { shop in
            try await processes.serving([
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", shop, "--force",
                "-o", "checkout.mtr",
            ]) { proxy in
                try await processes.run(
                    "replay",
                    "--target",
                    proxy,
                    "--quiet",
                    "--force",
                    "-o",
                    "customers.mrr",
                    "customers.mtr",
                    accepting: [0, 3]
                )
            }
        }
        try await processes.run("info", "checkout.mtr")
    }

    private func replay(with processes: DemoProcesses) async throws {
        try Terminal.print("\n# 2. Replay the recording against the version in production …\n")
        try await replay("baseline", [], with: processes)
        try Terminal.print("\n# … and against the new one, which is slower on one route.\n")
        try await replay("candidate", ["--slow", Self.slowdown], with: processes)
    }

    /// Replays at the recorded speed and at four times it, each on a server just started, so that
    /// every run pays for its own cold starts.
    private func replay(
        _ name: String,
        _ options: [String],
        with processes: DemoProcesses
    ) async throws {
        for speed in ["1x", "4x"] {
            let command = ["stand-in", "--listen", "127.0.0.1:0"] + options
            try await processes.serving(command) { target in
                try await processes.run(
                    "replay",
                    "--speed",
                    speed,
                    "--target",
                    target,
                    "--quiet",
                    "--force",
                    "-o",
                    "\(name)-\(speed).mrr",
                    "checkout.mtr",
                    accepting: [0, 3]
                )
            }
        }
    }

    private func compare(with processes: DemoProcesses) async throws {
        try Terminal.print("\n# 3. What did the baseline do, at the recorded speed and at 4x?\n")
        try await processes.run("report", "baseline-1x.mrr", accepting: [0, 3])
        try await processes.run("report", "baseline-4x.mrr", accepting: [0, 3])
        try Terminal.print("\n# 4. What changed? (Status 1 means that something got slower.)\n")
        let status = try await processes.run(
            "diff",
            "baseline-1x.mrr",
            "candidate-1x.mrr",
            accepting: [0, 1, 3, 4]
        )
        try Terminal.print("(status \(status))\n")
        if status == ExitStatus.invalidMeasurement.rawValue {
            // Which is what a release gate has to see on such a machine.
            try Terminal.print(
                """

                This machine was too busy to measure well, and the comparison says so instead of
                judging. Run the demo again when it is quieter.

                """
            )
        } else {
            try requireSlowerRoute(in: processes.folder)
        }
    }

    /// Checks that the comparison named the route that was made slower.
    private func requireSlowerRoute(in folder: FilePath) throws {
        let comparison = try RunComparison(
            baseline: try RunFile.analyse(folder.appending("baseline-1x.mrr")),
            candidate: try RunFile.analyse(folder.appending("candidate-1x.mrr"))
        )
        let slower = comparison.routes.filter { $0.verdict == .regressed }.map(\.name)
        guard slower.contains(Self.slowerRoute) else {
            throw CommandFailure(
                "the comparison did not find the slower route; try a longer --duration",
                .inconclusive
            )
        }
    }
}

/// `mik-replay demo traffic`: the customers of the demo as a trace.
struct DemoTrafficCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Write the customers of the demo as a trace.",
        discussion: """
            Examples:
              mik-replay demo traffic --duration 4s -o customers.mtr
            """
    )

    @Option(help: "For how long customers come.")
    var duration = DurationArgument(nanoseconds: 8_000_000_000)

    @Option(help: "How many customers come per second, on average.")
    var rate = 12.0

    @Option(help: "The seed: the same one gives the same trace.")
    var seed: UInt64 = 1

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to write.", valueName: "file"))
    var output: String

    @Flag(help: "Replace the output if it exists.")
    var force = false

    func validate() throws {
        guard rate > 0, rate <= 10_000 else {
            throw ValidationError("--rate takes a number above 0 and up to 10000.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let traffic = DemoTraffic(
                duration: duration.nanoseconds,
                customersPerSecond: rate,
                seed: seed
            )
            let info = TraceInfo(
                writer: Version.writer,
                source: "demo",
                epoch: 0,
                bodies: "requests"
            )
            var writer = try TraceWriter(
                creating: FilePath(output),
                replacing: force,
                info: info
            )
            try traffic.write(to: &writer)
            let summary = try writer.finish(ledger: Ledger())
            Terminal.printError(
                "\(output): \(summary.exchanges) requests of \(summary.connections) connections"
            )
        }
    }
}
