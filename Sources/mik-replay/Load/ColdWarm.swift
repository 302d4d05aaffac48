import Analyzer
import Replayer
import SystemPackage
import TraceFormat

/// Measures the first request after a restart beside later ones: same request, and a connection of
/// its own for each of both.
struct ColdWarm {
    /// How long a server may take after the hook until it accepts connections.
    private static let patience = Duration.seconds(30)

    let load: LoadRun
    let request: LoadRequest
    /// A shell command that restarts the server or resets its cache.
    let hook: String?
    let coldCount: Int
    let warmCount: UInt64

    /// One first request, in its phases; times are in nanoseconds.
    struct Sample {
        let ending: String
        let status: UInt16?
        /// From the attempt to connect until the connection was open.
        let connect: Int64?
        /// From the first byte sent until the first byte of the response.
        let wait: Int64?
        /// From the first byte of the response to its last.
        let receive: Int64?
        /// All three; `nil` when there was no whole response.
        let total: Int64?

        init(_ outcome: Outcome) {
            status = outcome.status
            connect = outcome.connectDuration
            wait = outcome.firstByte.flatMap { first in outcome.sent.map { first - $0 } }
            receive = outcome.firstByte.flatMap { first in outcome.end.map { $0 - first } }
            let isWhole = outcome.result == .completed
            total = isWhole ? outcome.serviceTime.map { $0 + (outcome.connectDuration ?? 0) } : nil
            ending =
                switch outcome.result {
                case .completed: "completed"
                case .failed(let failure): failure.name
                case .censored(let reason): reason.name
                case .unsent(let reason): reason.name
                }
        }
    }

    /// What was measured.
    struct Result {
        let samples: [Sample]
        let warm: LoadFigures
        let penalty: ColdPenalty?
        /// What "cold" stands for here.
        let tier: String
    }

    /// Takes the cold samples, each after the hook, and then the warm ones.
    func measure() async throws -> Result {
        var samples: [Sample] = []
        for _ in 0..<coldCount {
            if let hook { try await ShellHook(command: hook).run() }
            samples += try await first()
        }
        let (warm, outcomes) = try await send(count: warmCount, as: .warm)
        let times = outcomes.map(Sample.init).compactMap(\.total)
        return Result(
            samples: samples,
            warm: LoadFigures(warm),
            penalty: ColdPenalty(cold: samples.compactMap(\.total), warm: times),
            tier: hook == nil
                ? "unknown: nothing was reset before the first request (--before-run)"
                : "the state that --before-run leaves"
        )
    }

    /// The first request; a server that was just restarted may take its time to listen.
    private func first() async throws -> [Sample] {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await send(count: 1, as: .cold).outcomes.map(Sample.init)
            } catch let error as ReplayError {
                guard case .targetUnreachable = error, hook != nil, ContinuousClock.now < deadline
                else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func send(
        count: UInt64,
        as part: ScratchFolder.Part
    ) async throws -> (analysis: RunAnalysis, outcomes: [Outcome]) {
        let output = load.folder.run(of: part)
        let analysis = try await load.send(
            [request],
            .requests(count),
            trace: load.folder.trace(of: part),
            output: output,
            replacing: true
        )
        var reader = try RunReader(opening: output)
        var outcomes: [Outcome] = []
        while let outcome = try reader.next() { outcomes.append(outcome) }
        return (analysis, outcomes)
    }
}

// MARK: - As JSON and text

extension ColdWarm.Result {
    /// The members of the old JSON summary, and what it lacked.
    var members: [JSONValue.Member] {
        let first = samples.first
        return [
            .init("cold_start_ms", milliseconds(penalty?.coldMedian)),
            .init("cold_start_status", JSONValue(first?.status.map { Int64($0) })),
            .init(
                "cold_start_error",
                first.flatMap { $0.total == nil ? .string($0.ending) : nil } ?? .null
            ),
            .init("warm_cache", .object(warm.members)),
            .init("warm_start_ms", milliseconds(penalty?.warmMedian)),
            .init("penalty_ms", milliseconds(penalty?.penalty)),
            .init(
                "penalty_interval_ms",
                penalty?.interval.map {
                    .array([milliseconds($0.lowerBound), milliseconds($0.upperBound)])
                } ?? .null
            ),
            .init("tier", .string(tier)),
            .init("cold_runs", .array(samples.map(\.json))),
        ]
    }

    /// A few lines for a terminal.
    var text: String {
        var lines = TextFacts(title: "cold and warm, a new connection for each request")
        for (position, sample) in samples.enumerated() {
            lines.add("cold \(position + 1)", sample.text)
        }
        if let penalty {
            lines.add("warm", "median \(duration(penalty.warmMedian)) of \(warm.successful)")
            let interval =
                penalty.interval.map {
                    ", 95 % of the time \(duration($0.lowerBound)) to \(duration($0.upperBound))"
                } ?? ", one of few: six --cold-runs give an interval"
            lines.add("penalty", duration(penalty.penalty) + interval)
        } else {
            lines.add("penalty", "unknown: nothing succeeded on one of the sides")
        }
        lines.add("tier", tier)
        return lines.text
    }

    private func milliseconds(_ nanoseconds: Int64?) -> JSONValue {
        JSONValue(nanoseconds.map { Double($0) / 1e6 })
    }
}

extension ColdWarm.Sample {
    fileprivate var text: String {
        let phases = [("connect", connect), ("wait", wait), ("receive", receive)]
        let words = phases.compactMap { name, time in time.map { "\(name) \(duration($0))" } }
        let start = total.map { "\(duration($0)), status \(status ?? 0)" } ?? ending
        return ([start] + words).joined(separator: " · ")
    }

    fileprivate var json: JSONValue {
        .object([
            .init("status", JSONValue(status.map { Int64($0) })),
            .init("ending", .string(ending)),
            .init("connect_ns", JSONValue(connect)),
            .init("wait_ns", JSONValue(wait)),
            .init("receive_ns", JSONValue(receive)),
            .init("total_ns", JSONValue(total)),
        ])
    }
}
