import Analyzer
import ArgumentParser
import Replayer
import SystemPackage
import TraceFormat

/// `mik-replay load`: a synthetic load in place of a recorded one.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send a synthetic load, as benchmark.py, hey, wrk and ab do.",
        discussion: """
            Makes a trace of the requests and replays it. Without --rate the loop is
            closed: each connection waits for its answer, so a server that stalls gets
            fewer requests, and the stall shows in few of them. With --rate requests are
            due whatever the server does, and the response time counts from then.

            Examples:
              mik-replay load http://127.0.0.1:3000/run/cart
              mik-replay load -c 100 -d 30s --json http://127.0.0.1:3000/health
              mik-replay load --rate 500/s -o load.mrr http://127.0.0.1:3000/run/cart
              mik-replay load -b '{"n":1}' -H 'X-Team: shop' \\
                  http://127.0.0.1:3000/script/home
              mik-replay load --compare-cold-warm --cold-runs 6 \\
                  --before-run ./restart.sh http://127.0.0.1:3000/run/cart
              mik-replay load --scenario stress --target http://127.0.0.1:3000
            """
    )

    @OptionGroup(title: "Requests") var content: LoadRequestOptions
    @OptionGroup(title: "Pace") var pace: LoadPaceOptions
    @OptionGroup(title: "Encryption") var trust: TrustOptions

    @Flag(help: "Measure first requests beside later ones, each on a new connection.")
    var compareColdWarm = false

    @Option(help: ArgumentHelp("Take this many first requests.", valueName: "number"))
    var coldRuns = 1

    @Option(help: ArgumentHelp("Take this many later requests.", valueName: "number"))
    var warmRuns: UInt64 = 100

    @Option(
        help: ArgumentHelp(
            "Run this shell command before each first request, to restart the server.",
            valueName: "command"
        )
    )
    var beforeRun: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Keep the run (.mrr).", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Keep what was sent as a trace (.mtr).", valueName: "file"))
    var saveTrace: String?

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Flag(help: "Print JSON: the old tools' keys, and the whole report under its own.")
    var json = false

    @Option(help: "Print the summary in the layout of another tool: hey, wrk, or ab.")
    var compat: CompatibleTool?

    @Argument(
        help: "What to request; several are mixed (default: http://127.0.0.1:3000/health).",
        transform: LoadURL.init(parsing:)
    )
    var urls: [LoadURL] = []

    func validate() throws {
        guard urls.isEmpty || content.scenario == nil else {
            throw ValidationError("A --scenario says what is requested; leave the URLs out.")
        }
        guard urls.allSatisfy({ $0.target == urls[0].target }) else {
            throw ValidationError("All URLs of a load must be of one server.")
        }
        guard !(json && compat != nil) else {
            throw ValidationError("--json and --compat are two layouts of the same.")
        }
        guard (1...1000).contains(coldRuns), (1...1_000_000).contains(warmRuns) else {
            throw ValidationError("--cold-runs takes 1 to 1000, and --warm-runs 1 to 1000000.")
        }
        if let weights = content.weights, Self.numbers(weights)?.count != max(1, urls.count) {
            throw ValidationError(
                "--weights takes a number from 1 to 1000 for each URL, with commas between them."
            )
        }
    }

    func run() async throws {
        try await reportingFailures {
            let scenario = try scenario()
            try await ScratchFolder.with { folder in
                let load = LoadRun(
                    target: urls.first?.target ?? content.target.target,
                    trust: trust.value,
                    pace: pace.rate.map {
                        .rate(ArrivalRate(perSecond: $0.perSecond), pace.arrival.spacing)
                    } ?? .maximum,
                    connectionCount: pace.connections ?? scenario.connections ?? 50,
                    usesFreshConnections: pace.noKeepalive,
                    timeout: pace.timeout.nanoseconds,
                    folder: folder
                )
                if compareColdWarm || scenario.comparesColdAndWarm {
                    try await compareColdWarm(load, scenario)
                } else {
                    try await measure(load, scenario)
                }
            }
        }
    }
}

// MARK: - What is sent

extension LoadCommand {
    private func scenario() throws -> LoadScenario {
        if let name = content.scenario {
            return try LoadScenario.builtIn[name] ?? LoadScenario.read(FilePath(name))
        }
        let body = try body()
        let method = content.method?.name ?? (body.isEmpty ? "GET" : "POST")
        let weights = content.weights.flatMap(Self.numbers)
        let paths = urls.isEmpty ? [LoadURL.standard.path] : urls.map(\.path)
        return LoadScenario(
            requests: paths.enumerated().map { position, path in
                LoadRequest(
                    method: method,
                    path: path,
                    fields: content.header.map(\.field),
                    body: body,
                    weight: weights?[position] ?? 1
                )
            }
        )
    }

    private func body() throws -> [UInt8] {
        guard let body = content.body else { return [] }
        guard body.hasPrefix("@") else { return Array(body.utf8) }
        return Array(try TextFile.read(FilePath(String(body.dropFirst())), limit: 16 << 20).utf8)
    }

    private static func numbers(_ text: String) -> [Int]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let known = numbers.compactMap { $0 }.filter { (1...1000).contains($0) }
        return known.count == numbers.count ? known : nil
    }
}

extension FieldArgument {
    /// The field by itself.
    var field: LoadRequest.Field {
        switch edit {
        case .set(let name, let value): LoadRequest.Field(name: name, value: value)
        case .remove(let name): LoadRequest.Field(name: name, value: "")
        }
    }
}

// MARK: - What comes of it

extension LoadCommand {
    private func measure(_ load: LoadRun, _ scenario: LoadScenario) async throws {
        try await warmUp(load, scenario)
        let amount: LoadRun.Amount =
            pace.requests.map { .requests($0) }
            ?? .time(pace.duration?.nanoseconds ?? scenario.duration ?? 10_000_000_000)
        let analysis = try await load.send(
            scenario.requests,
            amount,
            trace: saveTrace.map { FilePath($0) } ?? load.folder.trace(of: .load),
            output: output.map { FilePath($0) } ?? load.folder.run(of: .load),
            replacing: force
        )
        try print(analysis, load)
        if analysis.ending?.isPartial ?? true { throw ExitStatus.interrupted.exitCode }
        guard analysis.validity.isValid else {
            throw CommandFailure(
                "the measurement is not valid: \(analysis.validity.reasons.joined(separator: "; "))",
                .invalidMeasurement
            )
        }
    }

    private func warmUp(_ load: LoadRun, _ scenario: LoadScenario) async throws {
        guard pace.warmup.nanoseconds > 0 else { return }
        let analysis = try await load.send(
            scenario.requests,
            .time(pace.warmup.nanoseconds),
            trace: load.folder.trace(of: .warm),
            output: load.folder.run(of: .warm),
            replacing: true
        )
        if analysis.ending?.isPartial ?? true { throw ExitStatus.interrupted.exitCode }
        let figures = LoadFigures(analysis)
        Terminal.printError(
            "warm-up of \(duration(pace.warmup.nanoseconds)), left out: \(figures.total) requests, "
                + "\(figures.failed) of them failed"
        )
    }

    private func print(_ analysis: RunAnalysis, _ load: LoadRun) throws {
        let figures = LoadFigures(analysis)
        if json {
            let report = JSONValue.Member("report", analysis.json())
            return try Terminal.print(JSONValue.object(figures.members + [report]).text)
        }
        if let compat {
            let text = CompatibleText(
                figures: figures,
                url: load.target.url,
                connections: load.connectionCount
            )
            return try Terminal.print(text.text(like: compat))
        }
        try Terminal.print(analysis.textReport(style: .ofStandardOutput))
        if !analysis.hasSchedule {
            try Terminal.print(
                """
                LOOP      closed: a server that stalls gets fewer requests, so its stalls show in
                          few of them; --rate counts them all

                """
            )
        }
        try Terminal.print(
            "LOAD      \(Int64(figures.rate.rounded())) requests/s that succeeded, over "
                + "\(load.connectionCount) connections\n"
        )
    }

    private func compareColdWarm(_ load: LoadRun, _ scenario: LoadScenario) async throws {
        guard scenario.requests.count == 1, let request = scenario.requests.first else {
            throw CommandFailure("--compare-cold-warm takes one URL", .usage)
        }
        var load = load
        load.pace = .maximum
        load.connectionCount = 1
        load.usesFreshConnections = true
        let result = try await ColdWarm(
            load: load,
            request: request,
            hook: beforeRun,
            coldCount: coldRuns,
            warmCount: warmRuns
        ).measure()
        if json {
            let report = JSONValue.Member("report", result.warm.analysis.json())
            try Terminal.print(JSONValue.object(result.members + [report]).text)
        } else {
            try Terminal.print(result.text)
        }
        guard result.penalty != nil else {
            throw CommandFailure(
                "there is nothing to compare: no request succeeded on one of the sides",
                .invalidMeasurement
            )
        }
    }
}
