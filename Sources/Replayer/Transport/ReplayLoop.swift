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

    let eventLoop: any EventLoop
    /// Done when every request of the plan has its outcome, or the run was stopped.
    let isFinished: EventLoopPromise<Void>

    private let configuration: ReplayConfiguration
    private let address: SocketAddress
    private let start: NIODeadline
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
    private var finishedOutcomes: [Outcome] = []
    private(set) var counts = ReplayCounts()

    init(
        eventLoop: any EventLoop,
        configuration: ReplayConfiguration,
        address: SocketAddress,
        start: NIODeadline,
        gate: PlanGate,
        sink: OutcomeSink,
        monitor: ReplayMonitor
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.address = address
        self.start = start
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

    /// Starts the regular work besides the requests.
    func begin() {
        let interval = min(max(configuration.timeout / 20, 1_000_000), 100_000_000)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        housekeeping = eventLoop.scheduleRepeatedTask(
            initialDelay: .nanoseconds(interval),
            delay: .nanoseconds(interval)
        ) { _ in bound.value.keepHouse() }
    }

    /// Takes the next steps of the plan, which come in order of their due times.
    func accept(_ events: [PlannedEvent]) {
        guard !isEnded else { return }
        for event in events {
            switch event.kind {
            case .request, .unsendable: unfinishedRequestCount += 1
            case .open, .close: break
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

    private func release(_ event: consuming PlannedEvent) {
        switch event.kind {
        case .unsendable(let outcome):
            gate.leave(event.weight)
            finish(outcome)
        case .request(let request):
            let lane = lane(event.lane)
            lane.state.requestDue(request)
            advance(lane, at: now())
        case .open:
            gate.leave(event.weight)
            let lane = lane(event.lane)
            lane.state.openingDue()
            advance(lane, at: now())
        case .close:
            gate.leave(event.weight)
            guard let lane = lanes[event.lane] else { return }
            lane.state.closingDue()
            advance(lane, at: now())
        }
    }

    private func lane(_ id: LaneID) -> Lane {
        if let lane = lanes[id] { return lane }
        let lane = Lane(id: id, loop: self, isClosedLoop: configuration.speed == .maximum)
        lanes[id] = lane
        return lane
    }

    // MARK: The lanes

    /// Carries out what a lane decides, from `time` on, until it has to wait.
    private func advance(_ lane: Lane, at time: Int64) {
        var time = time
        steps: while true {
            switch lane.state.nextStep(at: time) {
            case .connect: lane.connect()
            case .write(let bytes):
                counts.sent += 1
                lane.write(bytes)
            case .close: lane.closeConnection()
            case .wait: break steps
            }
            time = now()
        }
        collectOutcomes(of: lane)
        leaveGate(lane.state.takeDequeued())
        if lane.state.isQuiet { lanes[lane.id] = nil }
    }

    private func leaveGate(_ requests: LaneState.Dequeued) {
        guard requests.count > 0 else { return }
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
        let time = now()
        lane.state.connected(as: counts.connections, at: time)
        counts.connections += 1
        advance(lane, at: time)
    }

    func connectFailed(_ lane: Lane, _ error: any Error) {
        let isRefused = (error as? IOError)?.errnoCode == ECONNREFUSED
        let time = now()
        lane.state.connectFailed(isRefused ? .connectionRefused : .connectFailed, at: time)
        advance(lane, at: time)
    }

    func received(_ bytes: ByteBuffer, on lane: Lane) {
        let time = now()
        lane.state.received(bytes.readableBytesUInt8Span, at: time)
        advance(lane, at: time)
    }

    func disconnected(_ lane: Lane, isReset: Bool) {
        let time = now()
        lane.state.disconnected(byReset: isReset, at: time)
        advance(lane, at: time)
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
        for lane in lanes.values {
            guard let since = lane.state.busySince, time - since > configuration.timeout else {
                continue
            }
            lane.state.timedOut(at: time)
            lane.closeConnection()
            advance(lane, at: time)
        }
        flushOutcomes()
        monitor.update(counts, elapsed: time)
        if sink.error != nil { stop() }
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
