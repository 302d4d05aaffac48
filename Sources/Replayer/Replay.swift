import Encryption
import NIOCore
import NIOPosix
import SocketErrors
public import SystemPackage
public import TraceFormat

/// What came of a replay, in short; the run file has the rest.
public struct ReplaySummary: Equatable, Sendable {
    /// The counts of the run.
    public let counts: ReplayCounts
    /// How the run ended, as its file says.
    public let ending: RunEnding
    /// How many requests had a body whose bytes were not recorded, and got a filler instead.
    public let filledBodyCount: UInt64
    /// What of the trace could not be read, and so was not replayed.
    public let traceDamage: [FileDamage]

    init(counts: ReplayCounts, ending: RunEnding, findings: PlanFeed.Findings) {
        self.counts = counts
        self.ending = ending
        filledBodyCount = findings.filledBodyCount
        traceDamage = findings.damage
    }
}

/// A replay that may begin: its trace was looked through, and nothing speaks against it.
public struct PreparedReplay: Sendable {
    /// The totals of the trace.
    public var trace: TraceSummary { player.summary }
    /// What is going to happen.
    public let plan: PlanOverview
    fileprivate let player: TracePlayer
    fileprivate let causality: CausalPlan?
    fileprivate let loadBefore: ProcessorLoad
}

/// One replay of one trace against one target.
public struct Replay: Sendable {
    private let configuration: ReplayConfiguration
    /// How far it is, while it runs.
    public let monitor: ReplayMonitor

    /// Prepares a replay; `monitor` can be watched while it runs.
    public init(_ configuration: ReplayConfiguration, monitor: ReplayMonitor = ReplayMonitor()) {
        self.configuration = configuration
        self.monitor = monitor
    }

    /// Looks through the trace, without sending anything.
    ///
    /// - Throws: `ReplayError` when the replay must not be done as configured; `TraceError` when
    ///   the trace can't be read.
    public func prepare(trace: FilePath) throws -> PreparedReplay {
        let loadBefore = ProcessorLoad.now()
        let player = try TracePlayer(trace: trace, configuration: configuration)
        var plan = try player.survey()
        guard plan.requests > 0 else { throw ReplayError.emptyPlan }
        let causality = try player.causalPlan()
        plan.causal = causality?.edges.overview(copies: configuration.selection.copyCount)
        let prepared = PreparedReplay(
            plan: plan,
            player: player,
            causality: causality,
            loadBefore: loadBefore
        )
        try configuration.consent.check(plan, configuration.target)
        return prepared
    }

    /// Replays the trace and writes an outcome for every request that was looked at.
    ///
    /// Cancelling the task stops the replay: what is in flight becomes censored once the time of
    /// the drain is over, and the run file is ended as a partial one.
    ///
    /// - Parameters:
    ///   - prepared: What is to be replayed.
    ///   - observe: Sees the outcomes while the replay goes on.
    ///   - makeWriter: Makes the run file; called once the target was reached, with what is worth
    ///     noting of the conditions.
    /// - Returns: What came of it, in short.
    /// - Throws: `ReplayError` when the replay could not start; `TraceError` when the trace could
    ///   not be read or the run could not be written.
    public func run(
        _ prepared: PreparedReplay,
        observedBy observe: OutcomeObserver? = nil,
        makeWriter: (_ conditions: Metadata) throws -> RunWriter
    ) async throws -> ReplaySummary {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threadCount)
        do {
            let encryption = try encryption()
            let address = try await reachTarget(on: group, encryption)
            let spins = try await decideToSpin(since: prepared.loadBefore)
            let context = LoopContext(
                configuration: configuration,
                address: address,
                encryption: encryption,
                gate: PlanGate(),
                sink: OutcomeSink(
                    try makeWriter(configuration.conditions(spins: spins, prepared.plan)),
                    observedBy: observe
                ),
                monitor: monitor,
                causality: prepared.causality.map { CausalBoard($0) },
                spins: spins
            )
            let summary = try await replay(prepared, context, on: group)
            try await group.shutdownGracefully()
            return summary
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// How the connections are encrypted; `nil` when the target is not an encrypted one.
    private func encryption() throws(ReplayError) -> ClientEncryption? {
        let target = configuration.target
        guard target.isEncrypted else { return nil }
        do {
            return try ClientEncryption(host: target.host, trust: configuration.trust)
        } catch {
            throw .unusableTrust(reason: error.reason)
        }
    }

    /// Finds the target's address and opens one connection to it, so that a dead target is known
    /// before the run and not from its failures.
    private func reachTarget(
        on group: any EventLoopGroup,
        _ encryption: ClientEncryption?
    ) async throws -> SocketAddress {
        let target = configuration.target
        do {
            let limit = TimeAmount.nanoseconds(min(10_000_000_000, configuration.limits.timeout))
            let bootstrap = ClientBootstrap(group: group).connectTimeout(limit)
            if let path = target.socketPath {
                try await bootstrap.connect(unixDomainSocketPath: path).get().close()
                return try SocketAddress(unixDomainSocketPath: path)
            }
            let channel = try await bootstrap.connect(host: target.host, port: target.port).get()
            let address = channel.remoteAddress
            if let encryption {
                try await channel.eventLoop.flatSubmit {
                    encryption.handshake(on: channel, within: limit)
                }.get()
                // Nobody has to wait for its good-bye.
                channel.close(promise: nil)
            } else {
                try await channel.close()
            }
            guard let address else { throw ChannelError.eof }
            return address
        } catch {
            throw ReplayError.targetUnreachable(
                url: target.url,
                reason: reasonOfFailedConnecting(error) ?? reasonOfFailedHandshake(error)
                    ?? "\(error)"
            )
        }
    }

    /// Whether the loops spin, by the processors that were free since the preparations began.
    private func decideToSpin(since earlier: ProcessorLoad) async throws -> Bool {
        var free: Double?
        if configuration.spinning == .automatic {
            // The kernel counts in ticks of 10 ms.
            try await Task.sleep(for: .milliseconds(50))
            free = ProcessorLoad.now().freeProcessors(since: earlier)
        }
        return configuration.spinning.isOn(
            threadCount: configuration.threadCount,
            freeProcessors: free
        )
    }

    private func replay(
        _ prepared: PreparedReplay,
        _ context: LoopContext,
        on group: MultiThreadedEventLoopGroup
    ) async throws -> ReplaySummary {
        let loops = try await makeLoops(context, on: group)
        monitor.begin(loopCount: loops.count)
        context.causality?.connect(loops)
        let feed = PlanFeed(
            try prepared.player.play(),
            gate: context.gate,
            loops: loops,
            start: StartTime(unixTime: configuration.startTime)
        )
        let planner = Planner(configuration: configuration, causality: prepared.causality)
        let descriptors = DescriptorUse.now()
        let usageBefore = ProcessorUsage.now()
        let loadBefore = ProcessorLoad.now()
        let findings = try await withTaskCancellationHandler {
            let findings = try await feed.run(planner, on: group.any())
            for loop in loops {
                try await loop.get { $0.isFinished.futureResult }.get()
            }
            return findings
        } onCancel: {
            for loop in loops { loop.execute { $0.drain() } }
        }
        var parts: [ReplayCounts] = []
        for loop in loops { parts.append(try await loop.get { $0.counts }) }
        let counts = ReplayCounts(addingUp: parts)
        var ledger = counts.ledger(
            filledBodyCount: findings.filledBodyCount,
            usage: ProcessorUsage.now() - usageBefore
        )
        let peakConnections = context.connections.peakCount
        ledger["connections", "peak_open"] = peakConnections
        ledger["responses", "contents_left_out"] = context.sink.bodyRoom.leftOutCount
        ledger.add(descriptors, peakConnections: peakConnections)
        ledger.add(ProcessorLoad.now(), since: loadBefore)
        if let overview = prepared.plan.causal { ledger.add(overview, counts.causal) }
        ledger["trace", "damages"] = UInt64(findings.damage.count { $0.leavesGap })
        if !counts.isPartial {
            if configuration.pace.waitsOnLanes, configuration.limits.duration != nil {
                // How far such a run gets in its time is not known before.
                ledger["plan", "requests"] = counts.sent + counts.unsent
            } else {
                ledger.add(findings.recordedSizes)
            }
        }
        let ending = RunEnding(
            isPartial: counts.isPartial,
            duration: counts.duration,
            ledger: ledger
        )
        try await context.sink.finish(ending)
        if let error = findings.error { throw error }
        return ReplaySummary(counts: counts, ending: ending, findings: findings)
    }

    private func makeLoops(
        _ context: LoopContext,
        on group: MultiThreadedEventLoopGroup
    ) async throws -> [ReplayLoopReference] {
        var loops: [ReplayLoopReference] = []
        for (number, eventLoop) in group.makeIterator().enumerated() {
            let pulse = try await SelectorPulse.make(on: eventLoop)
            let loop = try await eventLoop.submit {
                ThreadSetup.wakeOnTime()
                return ReplayLoopReference(
                    ReplayLoop(
                        eventLoop: eventLoop,
                        number: number,
                        pulse: pulse.value,
                        context: context
                    )
                )
            }.get()
            loops.append(loop)
        }
        return loops
    }
}
