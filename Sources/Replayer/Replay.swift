import NIOCore
import NIOPosix
public import SystemPackage
public import TraceFormat

/// What came of a replay, in short; the run file has the rest.
public struct ReplaySummary: Equatable, Sendable {
    /// The counts of the run.
    public let counts: ReplayCounts
    /// How many requests had a body whose bytes were not recorded, and got a filler instead.
    public let filledBodyCount: UInt64
    /// What of the trace could not be read, and so was not replayed.
    public let traceDamage: [FileDamage]

    init(counts: ReplayCounts, findings: PlanFeed.Findings) {
        self.counts = counts
        filledBodyCount = findings.filledBodyCount
        traceDamage = findings.damage
    }
}

/// One replay of one trace against one target.
public struct Replay: Sendable {
    private let configuration: ReplayConfiguration
    private let monitor: ReplayMonitor

    /// Prepares a replay; `monitor` can be watched while it runs.
    public init(_ configuration: ReplayConfiguration, monitor: ReplayMonitor = ReplayMonitor()) {
        self.configuration = configuration
        self.monitor = monitor
    }

    /// Replays the trace and writes an outcome for every request that was looked at.
    ///
    /// Cancelling the task stops the replay: what is in flight becomes censored, and the run file
    /// is ended as a partial one.
    ///
    /// - Parameters:
    ///   - trace: The path of the trace.
    ///   - makeWriter: Makes the run file; called once the target was reached.
    /// - Returns: What came of it, in short.
    /// - Throws: `ReplayError` when the replay could not start; `TraceError` when the trace could
    ///   not be read or the run could not be written.
    public func run(
        trace: FilePath,
        makeWriter: (TraceSummary) throws -> RunWriter
    ) async throws -> ReplaySummary {
        let reader = try TraceReader(opening: trace)
        let traceSummary = reader.summary
        guard let firstRequestTime = traceSummary.firstRequestTime else {
            throw ReplayError.emptyTrace
        }
        DescriptorLimit.raise()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let address = try await reachTarget(on: group)
            let sink = OutcomeSink(try makeWriter(traceSummary))
            let summary = try await replay(
                reader.orderedByTime(),
                from: firstRequestTime,
                to: address,
                on: group.next(),
                into: sink
            )
            try await group.shutdownGracefully()
            return summary
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Finds the target's address and opens one connection to it, so that a dead target is known
    /// before the run and not from its failures.
    private func reachTarget(on group: any EventLoopGroup) async throws -> SocketAddress {
        let target = configuration.target
        do {
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(.nanoseconds(min(configuration.timeout, 10_000_000_000)))
                .connect(host: target.host, port: target.port).get()
            let address = channel.remoteAddress
            try await channel.close()
            guard let address else { throw ChannelError.eof }
            return address
        } catch {
            throw ReplayError.targetUnreachable(url: target.url, reason: reason(of: error))
        }
    }

    private func replay(
        _ records: consuming TimeOrderedRecords,
        from firstRequestTime: Int64,
        to address: SocketAddress,
        on eventLoop: any EventLoop,
        into sink: OutcomeSink
    ) async throws -> ReplaySummary {
        let gate = PlanGate()
        let loop = try await eventLoop.submit { [configuration, monitor] in
            ReplayLoopReference(
                ReplayLoop(
                    eventLoop: eventLoop,
                    configuration: configuration,
                    address: address,
                    gate: gate,
                    sink: sink,
                    monitor: monitor
                )
            )
        }.get()
        let feed = PlanFeed(records, gate: gate, loop: loop)
        let planner = Planner(configuration: configuration, firstRequestTime: firstRequestTime)
        let usageBefore = ProcessorUsage.now()
        let findings = try await withTaskCancellationHandler {
            let findings = try await feed.run(planner, on: eventLoop)
            try await loop.get { $0.isFinished.futureResult }.get()
            return findings
        } onCancel: {
            loop.execute { $0.stop() }
        }
        let counts = try await loop.get { $0.counts }
        var ledger = counts.ledger(
            filledBodyCount: findings.filledBodyCount,
            usage: ProcessorUsage.now() - usageBefore
        )
        ledger["trace", "damages"] = UInt64(findings.damage.count { $0.leavesGap })
        try await sink.finish(
            RunEnding(isPartial: counts.isPartial, duration: counts.duration, ledger: ledger)
        )
        if let error = findings.error { throw error }
        return ReplaySummary(counts: counts, findings: findings)
    }
}

/// The system's reason in a connection error, without the library's words around it.
private func reason(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
        if let dnsError = error.dnsAError ?? error.dnsAAAAError { return reason(of: dnsError) }
        return error.connectionErrors.first.map { reason(of: $0.error) } ?? "\(error)"
    case let error as IOError: return Errno(rawValue: error.errnoCode).description
    case is SocketAddressError, is SocketAddressError.UnknownHost:
        return "the host name is not known"
    case ChannelError.connectTimeout: return "no answer within the time limit"
    default: return "\(error)"
    }
}
