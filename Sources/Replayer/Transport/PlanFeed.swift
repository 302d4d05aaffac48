import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TraceFormat

/// Plays the trace on a thread of its own and hands the steps to the event loops in batches.
final class PlanFeed: Sendable {
    private static let batchCount = 128
    /// How long before the first request the run begins, so that the first steps of the plan are
    /// there when they are due.
    private static let leadTime = TimeAmount.milliseconds(20)

    /// What playing the trace brought to light.
    struct Findings: Sendable {
        /// How many requests had a body whose bytes were not recorded, and got a filler instead.
        var filledBodyCount: UInt64
        /// What the requests of the plan and their responses took when they were recorded.
        var recordedSizes: RecordedSizes
        /// What of the trace could not be read.
        var damage: [FileDamage]
        /// Why the trace could not be read on; what came before was replayed.
        var error: TraceError?
    }

    private let gate: PlanGate
    private let loops: [ReplayLoopReference]
    private let start: StartTime
    /// The playback, until the thread takes it.
    private let playback: Mutex<TracePlayback?>

    init(
        _ playback: consuming TracePlayback,
        gate: PlanGate,
        loops: [ReplayLoopReference],
        start: StartTime
    ) {
        self.playback = Mutex(playback)
        self.gate = gate
        self.loops = loops
        self.start = start
    }

    /// Plans the whole playback, at the pace at which the gate lets it through.
    func run(_ planner: Planner, on eventLoop: any EventLoop) async throws -> Findings {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        // The form with a future, because the other one gives up when the task is cancelled: then
        // the run still has to be ended.
        let findings = try await thread.runIfActive(eventLoop: eventLoop) {
            ThreadSetup.giveWay()
            return self.feed(planner)
        }.get()
        try await thread.shutdownGracefully()
        return findings
    }

    private func feed(_ planner: Planner) -> Findings {
        guard var playback = playback.withLock({ $0.take() }) else {
            preconditionFailure("a trace is fed once")
        }
        var planner = planner
        var failure: TraceError?
        do throws(TraceError) {
            try deliver(&playback, &planner)
            for loop in loops { loop.execute { $0.feedEnded() } }
        } catch {
            failure = error
            for loop in loops { loop.execute { $0.stop() } }
        }
        return Findings(
            filledBodyCount: planner.filledBodyCount,
            recordedSizes: planner.recordedSizes,
            damage: playback.damage,
            error: failure
        )
    }

    private func deliver(
        _ playback: inout TracePlayback,
        _ planner: inout Planner
    ) throws(TraceError) {
        var batches = PlanBatches(loops: loops)
        var hasBegun = false
        func deliverBatches() {
            if !hasBegun {
                let start = start.deadline(after: Self.leadTime)
                for loop in loops { loop.execute { $0.begin(at: start) } }
                hasBegun = true
            }
            batches.deliver()
        }
        while !planner.isOver, let next = try playback.next() {
            var hasRoom = true
            planner.plan(next) { event in
                batches.add(event)
                hasRoom = gate.enter(event.weight)
            }
            if !hasRoom || batches.count >= Self.batchCount { deliverBatches() }
            if !hasRoom, !gate.waitForRoom() { return }
        }
        deliverBatches()
    }
}

/// The steps that were planned and not handed over yet, for each event loop.
private struct PlanBatches {
    private let loops: [ReplayLoopReference]
    private var batches: [[PlannedEvent]]
    /// How many steps there are in all.
    private(set) var count = 0

    init(loops: [ReplayLoopReference]) {
        self.loops = loops
        batches = Array(repeating: [], count: loops.count)
    }

    /// Adds a step for the event loop of its lane: a lane never changes its event loop.
    mutating func add(_ event: PlannedEvent) {
        batches[Int(event.lane.carrier % UInt64(loops.count))].append(event)
        count += 1
    }

    /// Hands everything over.
    mutating func deliver() {
        for (loop, events) in zip(loops, batches) where !events.isEmpty {
            loop.execute { $0.accept(events) }
        }
        for index in batches.indices { batches[index] = [] }
        count = 0
    }
}

/// When time zero of a replay is.
struct StartTime: Sendable {
    /// The Unix time, in nanoseconds; `nil` means soon.
    let unixTime: Int64?

    /// The start: at the Unix time, or after some time from now, whichever is later.
    func deadline(after leadTime: TimeAmount) -> NIODeadline {
        let soon = NIODeadline.now() + leadTime
        guard let unixTime else { return soon }
        var time = timespec()
        let status = unsafe clock_gettime(CLOCK_REALTIME, &time)
        precondition(status == 0, "the wall clock can always be read")
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return max(soon, .now() + .nanoseconds(unixTime - now))
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
        if case .task(.request(let request), _) = kind {
            return PlanGate.stepWeight + request.bytes.count
        }
        return PlanGate.stepWeight
    }
}
