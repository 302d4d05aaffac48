import DequeModule
import NIOCore
import TraceFormat

/// Runs the steps of a replay on one event loop: releases what is due, and carries out what the
/// lanes decide.
final class ReplayLoop {
    let eventLoop: any EventLoop
    let context: LoopContext
    /// Done when every request of the plan has its outcome, or the run was stopped.
    let isFinished: EventLoopPromise<Void>

    /// Which of the loops of the replay this is, from 0.
    private let number: Int
    private let pulse: SelectorPulse
    /// The start of the run; far away until the first steps of the plan are there.
    private var start = NIODeadline.distantFuture
    private var alarm: Alarm?

    private var lanes: [LaneID: Lane] = [:]
    private var carriers: [LaneID: HTTP2Carrier] = [:]
    private var pending: Deque<PlannedEvent> = []
    /// Where any lane may carry what is due; `nil` where the plan says which.
    private var pool: LanePool?
    private var isEmptyingPool = false
    private var timedLanes = TimedLanes()
    private var room: InFlightRoom
    /// Whether requests have due times that do not depend on the target.
    private let hasDueTimes: Bool

    private var unfinishedRequestCount = 0
    private var isFeedEnded = false
    /// Whether nothing more is to be sent, though there may be something in flight.
    private var isSendingOver = false
    private var isEnded = false
    private var housekeeping: Housekeeping?
    private var drainTimer: Scheduled<Void>?
    private var outcomes: OutcomeBatch
    /// What its connections write from.
    var outbound = OutboundBuffer()
    private(set) var counts = ReplayCounts()

    init(eventLoop: any EventLoop, number: Int, pulse: SelectorPulse, context: LoopContext) {
        self.eventLoop = eventLoop
        self.number = number
        self.pulse = pulse
        self.context = context
        hasDueTimes = !context.configuration.pace.waitsOnLanes
        room = InFlightRoom(limit: context.inFlightLimit(ofLoop: number))
        if case .shared(let count) = context.configuration.connections {
            pool = LanePool(
                laneCount: count,
                ofLoop: number,
                of: context.configuration.threadCount
            )
        }
        outcomes = OutcomeBatch(sink: context.sink)
        isFinished = eventLoop.makePromise()
    }

    /// The time since the start of the run, in nanoseconds; negative before it.
    func now() -> Int64 {
        Int64(NIODeadline.now().uptimeNanoseconds) - Int64(start.uptimeNanoseconds)
    }

    // MARK: The plan

    /// Sets the start of the run, now that its first steps can be handed over, and begins the
    /// regular work besides the requests.
    func begin(at start: NIODeadline) {
        guard !isEnded else { return }
        self.start = start
        context.monitor.began(at: start.uptimeNanoseconds)
        alarm = Alarm(
            eventLoop: eventLoop,
            pulse: pulse,
            start: start,
            spins: context.spins
        ) { [unowned self] in releaseDue() }
        housekeeping = Housekeeping(
            eventLoop: eventLoop,
            start: start,
            interval: Housekeeping.interval(timeout: context.configuration.limits.timeout)
        ) { [unowned self] in keepHouse() }
        if context.configuration.pace.waitsOnLanes,
            let duration = context.configuration.limits.duration
        {
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.scheduleTask(deadline: start + .nanoseconds(duration)) {
                bound.value.endSending()
            }
        }
    }

    /// Takes the next steps of the plan, which come in order of their due times.
    func accept(_ events: [PlannedEvent]) {
        guard !isSendingOver else { return }
        for event in events {
            switch event.kind {
            case .task(.request, _), .unsendable: unfinishedRequestCount += 1
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

    /// Releases everything that is due, then waits for the next that is.
    private func releaseDue() {
        let time = now()
        while !pending.isEmpty, pending[0].due <= time {
            release(pending.removeFirst())
        }
        while let id = timedLanes.next(at: time) {
            if let lane = lanes[id] { advance(lane) }
        }
        guard !isEnded else { return }
        let due = min(pending.first?.due ?? .max, timedLanes.nextTime)
        alarm?.set(for: due == .max ? nil : due, now: now())
    }

    private func release(_ event: PlannedEvent) {
        switch event.kind {
        case .unsendable(let outcome):
            context.causality?.ended(outcome, at: now())
            context.gate.leave(event.weight)
            if hasDueTimes { counts.due += 1 }
            finish(outcome)
        case .task(let task, let start):
            if !staysAtGate(task) { context.gate.leave(event.weight) }
            if hasDueTimes, case .request = task { counts.due += 1 }
            guard pool == nil else {
                pool?.add(task, start: start, at: now())
                emptyPool()
                return
            }
            let lane = lane(event.lane)
            lane.state.append(task, start: start)
            advance(lane)
        }
    }

    /// Gives what waits to lanes that are free.
    private func emptyPool() {
        // A lane that becomes free by what is done here is found by the loop that goes on.
        guard !isEmptyingPool else { return }
        isEmptyingPool = true
        defer { isEmptyingPool = false }
        while let next = pool?.next() {
            let lane = lane(next.lane)
            lane.state.append(next.task, start: next.start, waitingSince: next.waitingSince)
            if context.configuration.usesFreshConnections { lane.state.append(.close) }
            advance(lane)
        }
    }

    /// Whether a step counts at the gate until it is sent, and not just until it is due.
    ///
    /// Where everything is handed to its lane at once, nothing else would bound what is in memory.
    /// With due times, only what is ahead of its time is held back: a target that does not keep
    /// up must not slow the schedule down.
    private func staysAtGate(_ task: LaneTask) -> Bool {
        guard context.configuration.pace.waitsOnLanes, case .request = task else { return false }
        return true
    }

    private func lane(_ id: LaneID) -> Lane {
        if let lane = lanes[id] { return lane }
        let state = LaneState(
            isClosedLoop: context.configuration.pace.isClosedLoop,
            latenessLimit: context.configuration.limits.lateness,
            keeping: context.configuration.keeping
        )
        let lane = Lane(id: id, state: state, loop: self)
        lanes[id] = lane
        return lane
    }

    /// The HTTP/2 connection for a lane; `nil` when lanes have connections of their own.
    func carrier(of lane: LaneID) -> HTTP2Carrier? {
        guard context.configuration.usesHTTP2 else { return nil }
        let id = lane.carrier
        if let carrier = carriers[id] { return carrier }
        let carrier = HTTP2Carrier(id: id, loop: self)
        carriers[id] = carrier
        return carrier
    }

    /// A carrier takes no more lanes.
    func forget(carrier id: LaneID, _ carrier: HTTP2Carrier) {
        if carriers[id] === carrier { carriers[id] = nil }
    }

    // MARK: The lanes

    /// Carries out what a lane decides until it has to wait.
    private func advance(_ lane: Lane) {
        steps: while true {
            countInFlight(lane)
            switch lane.state.nextStep(at: now(), hasRoom: room.isLeft) {
            case .connect:
                if lane.connect() { counts.connectionAttempts += 1 }
                if let number = lane.numberOfOpenConnection {
                    lane.state.connected(as: number, isNew: false, at: now())
                }
            case .write(let bytes):
                counts.sent += 1
                lane.write(bytes)
            case .writeMore(let bytes): lane.write(bytes)
            case .close: lane.closeConnection()
            case .ask(let request):
                let board = context.causality
                if let ends = board?.ask(request, loop: number, lane: lane.id) {
                    settle(request, on: lane, ends, at: nil)
                }
            case .wait: break steps
            case .waitUntil(let time):
                wake(lane, at: time)
                break steps
            case .waitForRoom:
                if !lane.waitsForRoom { room.add(lane.id) }
                lane.waitsForRoom = true
                break steps
            }
        }
        while let ended = lane.state.takeEnded() {
            context.causality?.ended(ended.outcome, values: ended.values, at: now())
            finish(ended.outcome, ended.codedBody)
        }
        leaveGate(lane.state.takeDequeued())
        if lane.state.isQuiet { lanes[lane.id] = nil }
        giveRoom()
        if pool != nil, lane.state.isIdle {
            pool?.becameIdle(lane.id)
            emptyPool()
        }
    }

    private func countInFlight(_ lane: Lane) {
        let count = lane.state.inFlightCount
        room.count(count - lane.inFlightCount)
        lane.inFlightCount = count
    }

    /// The causes have ended that a request waited for, if it still does.
    func release(_ index: UInt64, on lane: LaneID, _ ends: [CauseEnd], at time: Int64) {
        guard let lane = lanes[lane], let request = lane.state.askingRequest,
            request.outcome.index == index
        else { return }
        settle(request, on: lane, ends, at: time)
        advance(lane)
    }

    private func settle(
        _ request: PlannedRequest,
        on lane: Lane,
        _ ends: [CauseEnd],
        at time: Int64?
    ) {
        guard let causality = context.causality?.plan.causality else { return }
        let settled = request.settled(by: ends, causality)
        counts.causal += settled.counts
        lane.state.settle(settled.request, at: time)
    }

    private func wake(_ lane: Lane, at time: Int64) {
        guard lane.wakeTime != time else { return }
        lane.wakeTime = time
        timedLanes.add(lane.id, until: time)
        if time < alarm?.due ?? .max { alarm?.set(for: time, now: now()) }
    }

    /// Lets lanes go on that waited for room.
    private func giveRoom() {
        while let id = room.next() {
            guard let lane = lanes[id] else { continue }
            lane.waitsForRoom = false
            advance(lane)
        }
    }

    private func leaveGate(_ requests: LaneState.Dequeued) {
        guard requests.count > 0, context.configuration.pace.waitsOnLanes else { return }
        context.gate.leave(requests.byteCount + requests.count * PlanGate.stepWeight)
    }

    // MARK: What the target does

    /// A lane got a connection; `isNew` says that it was opened for it.
    func connected(
        _ lane: Lane,
        as number: UInt64,
        encryptedSince accepted: Int64? = nil,
        isNew: Bool = true
    ) {
        lane.state.connected(as: number, encryptedSince: accepted, isNew: isNew, at: now())
        if isNew { counts.connections += 1 }
        advance(lane)
    }

    func connectFailed(_ lane: Lane, _ failure: ConnectFailure) {
        switch failure {
        case .target(let failure): lane.state.connectFailed(failure, at: now())
        case .client: lane.state.connectImpossible(at: now())
        }
        advance(lane)
    }

    func received(_ bytes: ByteBuffer, on lane: Lane) {
        lane.state.received(bytes.readableBytesUInt8Span, at: now())
        advance(lane)
    }

    /// The stream of the request in flight has ended, and the connection goes on.
    func streamEnded(_ lane: Lane, isReset: Bool) {
        lane.state.streamEnded(byReset: isReset, at: now())
        advance(lane)
    }

    func disconnected(_ lane: Lane, isReset: Bool) {
        lane.state.disconnected(byReset: isReset, at: now())
        advance(lane)
    }

    // MARK: The outcomes

    private func finish(_ outcome: consuming Outcome, _ body: CodedBody? = nil) {
        counts.count(outcome)
        outcomes.append(outcome, body)
        unfinishedRequestCount -= 1
        finishIfDone()
    }

    private func finishIfDone() {
        guard isFeedEnded, unfinishedRequestCount == 0 else { return }
        end()
    }

    private func keepHouse() {
        let time = now()
        for lane in lanes.values {
            guard let since = lane.state.busySince,
                time - since > context.configuration.limits.timeout
            else { continue }
            lane.state.timedOut(at: time)
            lane.closeConnection()
            advance(lane)
        }
        outcomes.keepSafe(at: time)
        let total = updateMonitor(time)
        if context.sink.hasFailed || total.exceeds(context.configuration.limits.errorShare) {
            stop()
        }
    }

    @discardableResult
    private func updateMonitor(_ time: Int64) -> ReplayCounts {
        counts.longestStall = housekeeping?.greatestLateness ?? 0
        return context.monitor.update(counts, ofLoop: number, elapsed: time)
    }

    // MARK: The end

    /// Sends nothing more, waits for what is in flight for the time of the drain, then stops.
    func drain() {
        guard !isEnded, drainTimer == nil else { return }
        counts.isPartial = true
        withdrawPool()
        for lane in lanes.values {
            for outcome in lane.state.withdraw() {
                counts.count(outcome)
                outcomes.append(outcome)
            }
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let limit = context.configuration.limits.drain
        drainTimer = eventLoop.scheduleTask(in: .nanoseconds(limit)) { bound.value.stop() }
        stopSending()
    }

    /// Sends nothing more, because the time is over for which requests are sent; what was not sent
    /// until then was no part of the plan.
    private func endSending() {
        guard !isEnded, !isSendingOver else { return }
        for lane in lanes.values { _ = lane.state.withdraw() }
        _ = pool?.withdraw()
        stopSending()
    }

    private func withdrawPool() {
        for request in pool?.withdraw() ?? [] {
            counts.count(request.outcome)
            outcomes.append(request.outcome)
        }
    }

    private func stopSending() {
        isSendingOver = true
        pending.removeAll()
        isFeedEnded = true
        context.gate.close()
        unfinishedRequestCount = lanes.values.reduce(0) { $0 + $1.state.inFlightCount }
        finishIfDone()
    }

    /// Stops now: gives up what is in flight and sends nothing more.
    func stop() {
        guard !isEnded else { return }
        counts.isPartial = true
        isSendingOver = true
        pending.removeAll()
        withdrawPool()
        for lane in lanes.values {
            lane.state.interrupted(at: now())
            lane.closeConnection()
            while let ended = lane.state.takeEnded() {
                counts.count(ended.outcome)
                outcomes.append(ended.outcome, ended.codedBody)
            }
        }
        end()
    }

    private func end() {
        guard !isEnded else { return }
        isEnded = true
        counts.duration = now()
        context.gate.close()
        alarm?.cancel()
        pulse.close()
        housekeeping?.cancel()
        drainTimer?.cancel()
        outcomes.flush()
        for lane in lanes.values { lane.closeConnection() }
        lanes = [:]
        updateMonitor(counts.duration)
        isFinished.succeed()
    }
}
