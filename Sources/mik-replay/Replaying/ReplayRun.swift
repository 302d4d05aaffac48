import Analyzer
import Metrics
import Replayer
import SystemPackage
import TraceFormat

/// Carries a prepared replay out and writes its run file, with progress on a terminal.
struct ReplayRun: Sendable {
    let replay: Replay
    let prepared: PreparedReplay
    /// What the run file says of itself, but for the conditions.
    let info: RunInfo
    let output: FilePath
    /// Whether an existing output may be overwritten.
    let replaces: Bool
    /// When what was written must be on the disk.
    var durability = Durability.system
    /// What is told on standard error before the first request leaves.
    let announcement: String?
    /// Who asks the target meanwhile which modules it has loaded, and where the answers go.
    var observation: Observation?
    /// Where metrics are served while it goes on.
    var metricsAddress: ListenArgument?

    /// Runs it; the first SIGINT or SIGTERM stops it in order.
    ///
    /// - Returns: What came of it: in short, and all that its file says.
    /// - Throws: When the target can't be reached, or a file can't be read or written.
    func run() async throws -> (summary: ReplaySummary, analysis: RunAnalysis) {
        guard let observation else { return try await replayAlone() }
        return try await observation.observing(replay.monitor) { try await replayAlone() }
    }

    private func replayAlone() async throws -> (summary: ReplaySummary, analysis: RunAnalysis) {
        DescriptorLimit.raise()
        if let warning = DescriptorUse.now().warning(connections: prepared.plan.peakConnections) {
            Terminal.printError("mik-replay: warning: \(warning)")
        }
        let feed = LiveFeed(
            monitor: replay.monitor,
            planned: info.planned,
            hasSchedule: info.hasSchedule
        )
        let server = try await serveMetrics(of: feed)
        do {
            let observer = RunObserver()
            let summary = try await run(watchedBy: feed, observer)
            try await server?.stop()
            guard let analysis = observer.finish(summary.ending) else {
                throw CommandFailure("the run had no beginning", .internalFault)
            }
            return (summary, analysis)
        } catch {
            try await server?.stop()
            throw error
        }
    }

    private func serveMetrics(of feed: LiveFeed) async throws -> MetricsServer? {
        guard let address = metricsAddress else { return nil }
        do {
            let server = try await MetricsServer(host: address.host, port: address.port) {
                feed.metrics
            }
            let place = ListenArgument(host: address.host, port: server.port)
            Terminal.printError("metrics: http://\(place)/metrics")
            return server
        } catch {
            throw CommandFailure(
                "metrics can't be served at \(address): \(error)",
                .usage
            )
        }
    }

    private func run(
        watchedBy feed: LiveFeed,
        _ observer: RunObserver
    ) async throws -> ReplaySummary {
        // Nobody needs the figures where nobody can see them.
        let isWatched = metricsAddress != nil || Terminal.isErrorInteractive
        return try await StopSignals.cancelling {
            var progress: Task<Void, Never>?
            defer { progress?.cancel() }
            let observe: OutcomeObserver = { outcomes in
                observer.add(outcomes)
                if isWatched { feed.add(outcomes) }
            }
            let summary = try await replay.run(prepared, observedBy: observe) { conditions in
                var info = info
                for pair in conditions.pairs { info.environment[pair.name] = pair.text }
                let writer = try RunWriter(
                    creating: output,
                    replacing: replaces,
                    info: info,
                    durability: durability
                )
                observer.begin(info)
                if let announcement { Terminal.printError(announcement, terminator: "") }
                progress = Task {
                    var view = LiveView(feed)
                    await view.show()
                }
                return writer
            }
            progress?.cancel()
            await progress?.value
            return summary
        }
    }
}

extension RunInfo {
    /// What a run of this replay says of itself.
    ///
    /// - Parameters:
    ///   - prepared: The replay.
    ///   - configuration: How it is done.
    ///   - traceName: The name of the trace's file.
    ///   - startedAt: When it starts, in nanoseconds since the start of 1970.
    init(
        _ prepared: PreparedReplay,
        _ configuration: ReplayConfiguration,
        traceName: String,
        startedAt: Int64 = HostEnvironment.wallClock()
    ) {
        self.init(
            writer: Version.writer,
            traceHash: prepared.trace.contentHash,
            traceName: traceName,
            target: configuration.target.url,
            speed: configuration.pace.text,
            connections: configuration.connections.text,
            planned: prepared.plan.requests,
            startedAt: startedAt,
            environment: HostEnvironment.metadata()
        )
    }
}

extension ConnectionPolicy {
    /// The policy as it stands in a run file.
    fileprivate var text: String {
        switch self {
        case .recorded: "recorded"
        case .capped(let count), .shared(let count): String(count)
        }
    }
}
