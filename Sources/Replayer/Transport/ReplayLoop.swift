import DequeModule
import Glibc
import NIOCore
import NIOPosix
import TraceFormat

/// Runs the steps of a replay on one event loop: releases what is due, and carries out what the
/// lanes decide.
final class ReplayLoop {
    /// How many outcomes are handed to the sink at a time, at most.
    private static let outcomeBatchCount = 128
    /// How long before the first request the run begins, so that the first steps of the plan are
    /// there when they are due.
    private static let leadTime = TimeAmount.milliseconds(20)

    let eventLoop: any EventLoop
    /// Done when every request of the plan has its outcome, or the run was stopped.
    let isFinished: EventLoopPromise<Void>

    private let configuration: ReplayConfiguration
    private let address: SocketAddress
    /// The start of the run; far away until the first steps of the plan are there.
    private var start = NIODeadline.distantFuture
    private let gate: PlanGate
    private let sink: OutcomeSink
    private let monitor: ReplayMonitor

    private var lanes: [LaneID: Lane] = [:]
    private var pending: Deque<PlannedEvent> = []
    private var unfinishedRequestCount = 0
    private var isFeedEnded = false
    private var isEnded = false
    private var wakeUp: (at: Int64, timer: Scheduled<Void>)?
    private var housekeeping: RepeatedTask?
    /// When the regular work should be done next, to see how late it comes.
    private var nextHousekeeping = Int64.max
    /// When the outcomes so far should be safe in the file next.
    private var nextFlush: Int64 = 0
    private var finishedOutcomes: [Outcome] = []
    private(set) var counts = ReplayCounts()

    init(
        eventLoop: any EventLoop,
        configuration: ReplayConfiguration,
        address: SocketAddress,
        gate: PlanGate,
        sink: OutcomeSink,
        monitor: ReplayMonitor
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.address = address
        self.gate = gate
        self.sink = sink
        self.monitor = monitor
        isFinished = eventLoop.makePromise()
    }

    /// The time since the start of the run, in nanoseconds; negative before it.
    func now() -> Int64 {
        Int64(NIODeadline.now().uptimeNanoseconds) - Int64(start.uptimeNanoseconds)
    }

    // MARK: The plan

    /// Sets the start of the run, now that its first steps can be handed over, and begins the
    /// regular work besides the requests.
    func begin() {
        guard !isEnded else { return }
        start = .now() + Self.leadTime
        let interval = Self.housekeepingInterval(timeout: configuration.timeout)
        nextHousekeeping = now() + interval
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        housekeeping = eventLoop.scheduleRepeatedTask(
            initialDelay: .nanoseconds(interval),
            delay: .nanoseconds(interval)
        ) { _ in bound.value.keepHouse() }
    }

    /// Often enough for the time limit, in nanoseconds.
    private static func housekeepingInterval(timeout: Int64) -> Int64 {
        min(max(timeout / 20, 1_000_000), 50_000_000)
    }

    /// Takes the next steps of the plan, which come in order of their due times.
    func accept(_ events: [PlannedEvent]) {
        guard !isEnded else { return }
        for event in events {
            switch event.kind {
            case .task(.request), .unsendable: unfinishedRequestCount += 1
            case .task: break
            }
        }
        pending.append(contentsOf: events)
        releaseDue()
    }

    /// Learns that no more steps come.
    func feedEnded() {
        isFeedEnded = true
        finishIfDone()
    }

    /// Releases every step that is due, then sleeps until the next one.
    private func releaseDue() {
        let time = now()
        while !pending.isEmpty, pending[0].due <= time {
            release(pending.removeFirst())
        }
        scheduleWakeUp()
    }

    private func scheduleWakeUp() {
        guard !pending.isEmpty, !isEnded else { return }
        let due = pending[0].due
        if let wakeUp {
            guard due < wakeUp.at else { return }
            wakeUp.timer.cancel()
        }
        let deadline = start + .nanoseconds(due)
        let timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            wakeUp = nil
            releaseDue()
        }
        wakeUp = (due, timer)
    }

    private func release(_ event: PlannedEvent) {
        switch event.kind {
        case .unsendable(let outcome):
            gate.leave(event.weight)
            finish(outcome)
        case .task(let task):
            if !staysAtGate(task) { gate.leave(event.weight) }
            let lane = lane(event.lane)
            lane.state.append(task)
            advance(lane)
        }
    }

    /// Whether a step counts at the gate until it is sent, and not just until it is due.
    ///
    /// At full speed everything is due at once, so nothing else would bound what is in memory.
    /// With due times, only what is ahead of its time is held back: a target that does not keep
    /// up must not slow the schedule down.
    private func staysAtGate(_ task: LaneTask) -> Bool {
        guard configuration.speed == .maximum, case .request = task else { return false }
        return true
    }

    private func lane(_ id: LaneID) -> Lane {
        if let lane = lanes[id] { return lane }
        let lane = Lane(id: id, loop: self, isClosedLoop: configuration.speed == .maximum)
        lanes[id] = lane
        return lane
    }

    // MARK: The lanes

    /// Carries out what a lane decides until it has to wait.
    private func advance(_ lane: Lane) {
        steps: while true {
            switch lane.state.nextStep(at: now()) {
            case .connect: lane.connect()
            case .write(let bytes):
                counts.sent += 1
                lane.write(bytes)
            case .close: lane.closeConnection()
            case .wait: break steps
            }
        }
        collectOutcomes(of: lane)
        leaveGate(lane.state.takeDequeued())
        if lane.state.isQuiet { lanes[lane.id] = nil }
    }

    private func leaveGate(_ requests: LaneState.Dequeued) {
        guard requests.count > 0, configuration.speed == .maximum else { return }
        gate.leave(requests.byteCount + requests.count * PlanGate.stepWeight)
    }

    /// Starts to open a connection for a lane.
    func bootstrap(_ handler: LaneHandler) -> EventLoopFuture<any Channel> {
        counts.connectionAttempts += 1
        let bound = NIOLoopBound(handler, eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.nanoseconds(configuration.timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(to: address)
    }

    func connected(_ lane: Lane) {
        lane.state.connected(as: counts.connections, at: now())
        counts.connections += 1
        advance(lane)
    }

    func connectFailed(_ lane: Lane, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED: lane.state.connectFailed(.connectionRefused, at: now())
        case EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM:
            lane.state.connectImpossible(at: now())
        default: lane.state.connectFailed(.connectFailed, at: now())
        }
        advance(lane)
    }

    func received(_ bytes: ByteBuffer, on lane: Lane) {
        lane.state.received(bytes.readableBytesUInt8Span, at: now())
        advance(lane)
    }

    func disconnected(_ lane: Lane, isReset: Bool) {
        lane.state.disconnected(byReset: isReset, at: now())
        advance(lane)
    }

    // MARK: The outcomes

    private func collectOutcomes(of lane: Lane) {
        while let outcome = lane.state.takeOutcome() { finish(outcome) }
    }

    private func finish(_ outcome: consuming Outcome) {
        counts.count(outcome)
        finishedOutcomes.append(outcome)
        unfinishedRequestCount -= 1
        if finishedOutcomes.count == Self.outcomeBatchCount { flushOutcomes() }
        finishIfDone()
    }

    private func flushOutcomes() {
        guard !finishedOutcomes.isEmpty else { return }
        sink.append(finishedOutcomes)
        finishedOutcomes = []
        finishedOutcomes.reserveCapacity(Self.outcomeBatchCount)
    }

    private func finishIfDone() {
        guard isFeedEnded, unfinishedRequestCount == 0 else { return }
        end()
    }

    private func keepHouse() {
        let time = now()
        counts.longestStall = max(counts.longestStall, time - nextHousekeeping)
        nextHousekeeping = time + Self.housekeepingInterval(timeout: configuration.timeout)
        for lane in lanes.values {
            guard let since = lane.state.busySince, time - since > configuration.timeout else {
                continue
            }
            lane.state.timedOut(at: time)
            lane.closeConnection()
            advance(lane)
        }
        flushOutcomes()
        if time >= nextFlush {
            nextFlush = time + 1_000_000_000
            sink.flush()
        }
        monitor.update(counts, elapsed: time)
        if sink.hasFailed { stop() }
    }

    /// Stops now: gives up what is in flight and sends nothing more.
    func stop() {
        guard !isEnded else { return }
        counts.isPartial = true
        pending.removeAll()
        for lane in lanes.values {
            lane.state.interrupted(at: now())
            lane.closeConnection()
            collectOutcomes(of: lane)
        }
        end()
    }

    private func end() {
        guard !isEnded else { return }
        isEnded = true
        counts.duration = now()
        gate.close()
        wakeUp?.timer.cancel()
        housekeeping?.cancel()
        flushOutcomes()
        for lane in lanes.values { lane.closeConnection() }
        lanes = [:]
        monitor.update(counts, elapsed: counts.duration)
        isFinished.succeed()
    }
}
