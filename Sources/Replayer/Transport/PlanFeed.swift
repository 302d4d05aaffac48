import NIOCore
import NIOPosix
import SystemPackage
import TraceFormat

/// Reads the trace on a thread of its own and hands its steps to the event loop in batches.
struct PlanFeed: Sendable {
    private static let batchCount = 128

    /// What reading the trace brought to light.
    struct Findings: Sendable {
        /// How many requests had a body whose bytes were not recorded, and got a filler instead.
        var filledBodyCount: UInt64
        /// What of the trace could not be read.
        var damage: [FileDamage]
    }

    let gate: PlanGate
    let loop: ReplayLoopReference

    /// Plans the whole trace, at the pace at which the gate lets it through.
    ///
    /// - Returns: What was found out on the way.
    /// - Throws: `TraceError` when the trace can't be read on; the run is stopped then.
    func runOnThread(_ trace: FilePath, _ planner: Planner) async throws -> Findings {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        do {
            let findings = try await thread.runIfActive { try run(trace, planner) }
            loop.execute { $0.feedEnded() }
            try await thread.shutdownGracefully()
            return findings
        } catch {
            loop.execute { $0.stop() }
            try await thread.shutdownGracefully()
            throw error
        }
    }

    private func run(_ trace: FilePath, _ planner: Planner) throws(TraceError) -> Findings {
        var planner = planner
        var records = try TraceReader(opening: trace).orderedByTime()
        var batch: [PlannedEvent] = []
        while gate.waitForRoom(), let next = try records.next() {
            guard let event = planner.plan(next.record, index: next.exchangeIndex) else { continue }
            gate.enter(event.weight)
            batch.append(event)
            if batch.count == Self.batchCount {
                deliver(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        deliver(batch)
        return Findings(
            filledBodyCount: planner.filledBodyCount,
            damage: records.damage
        )
    }

    private func deliver(_ batch: [PlannedEvent]) {
        loop.execute { $0.accept(batch) }
    }
}

/// A replay loop seen from other threads: whatever is done with it is done on its event loop.
struct ReplayLoopReference: Sendable {
    private let loop: NIOLoopBound<ReplayLoop>

    init(_ loop: ReplayLoop) {
        self.loop = NIOLoopBound(loop, eventLoop: loop.eventLoop)
    }

    /// Does something on the event loop, soon.
    func execute(_ body: @escaping @Sendable (ReplayLoop) -> Void) {
        loop.eventLoop.execute { body(loop.value) }
    }

    /// Asks for something on the event loop.
    func get<Value: Sendable>(
        _ body: @escaping @Sendable (ReplayLoop) -> Value
    ) async throws -> Value {
        try await loop.eventLoop.submit { body(loop.value) }.get()
    }
}

extension PlannedEvent {
    /// What the step counts for at the gate.
    var weight: Int {
        if case .request(let request) = kind {
            return PlanGate.stepWeight + request.bytes.count
        }
        return PlanGate.stepWeight
    }
}
