import NIOCore
import NIOPosix
import Synchronization
import TraceFormat

/// Reads the trace on a thread of its own and hands its steps to the event loop in batches.
final class PlanFeed: Sendable {
    private static let batchCount = 128

    /// What reading the trace brought to light.
    struct Findings: Sendable {
        /// How many requests had a body whose bytes were not recorded, and got a filler instead.
        var filledBodyCount: UInt64
        /// What of the trace could not be read.
        var damage: [FileDamage]
        /// Why the trace could not be read on; what came before was replayed.
        var error: TraceError?
    }

    private let gate: PlanGate
    private let loop: ReplayLoopReference
    /// The records, until the thread takes them.
    private let records: Mutex<TimeOrderedRecords?>

    init(_ records: consuming TimeOrderedRecords, gate: PlanGate, loop: ReplayLoopReference) {
        self.records = Mutex(records)
        self.gate = gate
        self.loop = loop
    }

    /// Plans the whole trace, at the pace at which the gate lets it through.
    func run(_ planner: Planner, on eventLoop: any EventLoop) async throws -> Findings {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        // The form with a future, because the other one gives up when the task is cancelled: then
        // the run still has to be ended.
        let findings = try await thread.runIfActive(eventLoop: eventLoop) { self.feed(planner) }
            .get()
        try await thread.shutdownGracefully()
        return findings
    }

    private func feed(_ planner: Planner) -> Findings {
        guard var records = records.withLock({ $0.take() }) else {
            preconditionFailure("a trace is fed once")
        }
        var planner = planner
        var failure: TraceError?
        do throws(TraceError) {
            try deliver(&records, &planner)
            loop.execute { $0.feedEnded() }
        } catch {
            failure = error
            loop.execute { $0.stop() }
        }
        return Findings(
            filledBodyCount: planner.filledBodyCount,
            damage: records.damage,
            error: failure
        )
    }

    private func deliver(
        _ records: inout TimeOrderedRecords,
        _ planner: inout Planner
    ) throws(TraceError) {
        var batch: [PlannedEvent] = []
        var hasBegun = false
        func deliverBatch() {
            let (events, isFirst) = (batch, !hasBegun)
            loop.execute { loop in
                if isFirst { loop.begin() }
                loop.accept(events)
            }
            hasBegun = true
            batch.removeAll(keepingCapacity: true)
        }
        while let next = try records.next() {
            guard let event = planner.plan(next.record, index: next.exchangeIndex) else { continue }
            batch.append(event)
            let hasRoom = gate.enter(event.weight)
            if !hasRoom || batch.count == Self.batchCount { deliverBatch() }
            if !hasRoom, !gate.waitForRoom() { return }
        }
        deliverBatch()
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
        if case .task(.request(let request)) = kind {
            return PlanGate.stepWeight + request.bytes.count
        }
        return PlanGate.stepWeight
    }
}
