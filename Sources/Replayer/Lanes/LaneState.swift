import DequeModule
import HTTPWire
import TraceFormat

/// Decides what one lane does next: one live connection at a time, its requests in their order.
///
/// Events and times go in; `nextStep(at:)` says what to do. All times are nanoseconds since the
/// start of the run. Sans-IO: sockets and clocks are the transport's.
struct LaneState {
    /// What the transport is to do now.
    enum Step: Equatable {
        /// Open a connection, then say `connected(as:at:)` or `connectFailed(_:at:)`.
        case connect
        /// Send these bytes, with which a request begins.
        case write([UInt8])
        /// Send these bytes, which belong to the request that was sent last.
        case writeMore([UInt8])
        /// Close the connection; nothing more of it will be looked at.
        case close
        /// Ask for what came of the causes of this request, then say `settle(_:at:)`.
        case ask(PlannedRequest)
        /// Nothing until the next event.
        case wait
        /// Nothing until the next event or this time.
        case waitUntil(Int64)
        /// Nothing until a request in flight on any lane has ended, because there are as many as
        /// there may be.
        case waitForRoom
    }

    /// Requests that left the queue of a lane.
    struct Dequeued {
        var count = 0
        var byteCount = 0
    }

    private enum Phase: Equatable {
        /// There is no connection.
        case disconnected
        /// A connection is being opened since this time.
        case connecting(since: Int64)
        /// The connection can carry requests.
        case connected
        /// The connection must not carry another request, and is to be closed once it is quiet.
        case retiring
    }

    private var phase = Phase.disconnected
    /// What was not done yet, in order.
    private var waiting = Deque<(task: LaneTask, start: TaskStart)>()
    /// What is on the wire.
    private var conversation: Conversation
    private var obstacle = Obstacle()
    private var dequeued = Dequeued()
    /// When the latest request on this lane ended.
    private var previousEnd: Int64?
    /// The next request, if its causes were asked for and are not settled.
    private var asked: UInt64?
    /// Whether the next request waits for room among those in flight.
    private var waitsForRoom = false
    private let isClosedLoop: Bool
    /// How late a request may leave; `nil` when it is sent however late it is.
    private let latenessLimit: Int64?
    private let keeping: ResponseKeeping

    /// The requests whose end became known and was not asked for yet.
    private var ended = Deque<Conversation.Ended>()

    /// A lane without a connection.
    ///
    /// - Parameters:
    ///   - isClosedLoop: Whether a request is due when it can leave.
    ///   - latenessLimit: How late one may leave, in nanoseconds; one that would be later is not
    ///     sent.
    ///   - keeping: What is kept of the responses.
    init(
        isClosedLoop: Bool,
        latenessLimit: Int64? = nil,
        keeping: ResponseKeeping = ResponseKeeping()
    ) {
        self.isClosedLoop = isClosedLoop
        self.latenessLimit = latenessLimit
        self.keeping = keeping
        conversation = Conversation(keeping: keeping)
    }

    /// Whether nothing is open, waiting or in flight.
    var isQuiet: Bool { phase == .disconnected && waiting.isEmpty && conversation.isEmpty }
    /// Whether nothing waits or is in flight; there may be an open connection.
    var isIdle: Bool { waiting.isEmpty && conversation.isEmpty }
    /// How many requests wait for a response.
    var inFlightCount: Int { conversation.count }
    /// When the oldest request in flight was sent, or the connection attempt began.
    var busySince: Int64? {
        if case .connecting(let since) = phase { return since }
        return conversation.oldestSent
    }

    /// Takes the next of the requests whose end became known; `nil` when there is none.
    mutating func takeEnded() -> Conversation.Ended? {
        ended.popFirst()
    }

    /// The requests that left the queue since the last call.
    mutating func takeDequeued() -> Dequeued {
        defer { dequeued = Dequeued() }
        return dequeued
    }
}

// MARK: - What the plan says

extension LaneState {
    /// The plan has another step for this lane.
    ///
    /// - Parameters:
    ///   - task: The step.
    ///   - start: When it may begin.
    ///   - waitingSince: Since when the target has kept all lanes, of which this idle one is the
    ///     first that could take the step; `nil` when there was one.
    mutating func append(
        _ task: LaneTask,
        start: TaskStart = .now,
        waitingSince: Int64? = nil
    ) {
        if let waitingSince { obstacle.begin(anewAt: waitingSince) }
        waiting.append((task, start))
    }

    /// The request whose causes were asked for, while they are not settled.
    var askingRequest: PlannedRequest? {
        guard let asked, case .request(let request)? = waiting.first?.task,
            request.outcome.index == asked
        else { return nil }
        return request
    }

    /// All causes of the request that was asked about have ended.
    ///
    /// - Parameters:
    ///   - request: The request as it is to leave.
    ///   - time: When the last of them ended; `nil` when that was before the request was asked about.
    mutating func settle(_ request: PlannedRequest, at time: Int64?) {
        guard let asking = askingRequest, asking.outcome.index == request.outcome.index else {
            preconditionFailure("causes were settled that nobody asked for")
        }
        asked = nil
        waiting[0].task = .request(request)
        if let time { obstacle.end(at: time, isAwaited: true) }
    }

    /// What to do now; to be asked after every event until it is to wait.
    ///
    /// - Parameters:
    ///   - time: Now.
    ///   - hasRoom: Whether another request may be in flight.
    /// - Returns: The step.
    mutating func nextStep(at time: Int64, hasRoom: Bool = true) -> Step {
        while true {
            if phase == .retiring {
                guard conversation.isEmpty else { return .wait }
                disconnect()
                return .close
            }
            if case .connecting = phase { return .wait }
            switch conversation.nextBodyStep(at: time) {
            case nil: break
            case .send(let bytes): return .writeMore(bytes)
            case .waitUntil(let time): return .waitUntil(time)
            }
            guard let next = waiting.first else { return .wait }
            switch beginning(of: next.start) {
            case .now: break
            case .afterPrevious:
                // What overtook the response before it in the recording does not wait for it.
                guard next.task.isPipelinedRequest else { return .wait }
                waiting[0].task.setDue(time)
                waiting[0].start = .now
                continue
            case .at(let begin):
                guard begin <= time else { return .waitUntil(begin) }
                // From now on nothing can move the time at which it is due.
                waiting[0].task.setDue(begin)
                waiting[0].start = .now
                continue
            }
            if let step = step(for: next.task, at: time, hasRoom) { return step }
        }
    }

    /// When a task may begin as far as that is known: in relation to the one before it only as
    /// long as that one has not ended.
    private func beginning(of start: TaskStart) -> TaskStart {
        guard case .afterPrevious(let gap) = start, conversation.isEmpty else { return start }
        return previousEnd.map { .at($0 + gap) } ?? .now
    }

    /// What the next task asks for; `nil` when it is done with, and the one behind it counts.
    private mutating func step(
        for task: LaneTask,
        at time: Int64,
        _ hasRoom: Bool
    ) -> Step? {
        switch (task, phase) {
        case (.open, .connected), (.close, .disconnected):
            waiting.removeFirst()
            return nil
        case (.open, _):
            waiting.removeFirst()
            return connect(at: time)
        case (.close, _):
            guard conversation.isEmpty else { return .wait }
            waiting.removeFirst()
            disconnect()
            return .close
        case (.request(let request), .disconnected):
            if isTooLate(request, at: time) { return skip(request) }
            if let step = step(forCausesOf: request, at: time) { return step }
            return connect(at: time)
        case (.request(let request), _):
            let mayOvertake = request.isPipelined && !conversation.endsConnection
            guard conversation.isEmpty || mayOvertake else { return .wait }
            if isTooLate(request, at: time) { return skip(request) }
            if let step = step(forCausesOf: request, at: time) { return step }
            guard hasRoom else {
                waitsForRoom = true
                obstacle.begin(at: time)
                return .waitForRoom
            }
            // There is room when a response has come, so it was the target that took its time.
            if waitsForRoom { obstacle.end(at: time, isAwaited: true) }
            waitsForRoom = false
            dequeue(request)
            return .write(send(request, at: time))
        }
    }

    /// What to do about responses that a request waits for; `nil` when there are none.
    private mutating func step(forCausesOf request: PlannedRequest, at time: Int64) -> Step? {
        guard request.causal?.causes.isEmpty == false else { return nil }
        guard asked != request.outcome.index else { return .wait }
        asked = request.outcome.index
        obstacle.begin(at: time)
        return .ask(request)
    }

    private func isTooLate(_ request: PlannedRequest, at time: Int64) -> Bool {
        guard let latenessLimit, !isClosedLoop else { return false }
        return time - request.outcome.due > latenessLimit
    }

    private mutating func skip(_ request: PlannedRequest) -> Step? {
        dequeue(request)
        var outcome = request.outcome
        outcome.result = .unsent(.tooLate)
        ended.append(Conversation.Ended(outcome: outcome))
        waitsForRoom = false
        return nil
    }

    private mutating func connect(at time: Int64) -> Step {
        phase = .connecting(since: time)
        obstacle.begin(at: time)
        return .connect
    }

    /// Sends what of a request leaves with its head.
    private mutating func send(_ request: PlannedRequest, at time: Int64) -> [UInt8] {
        let due = isClosedLoop ? time : request.outcome.due
        let blocked = obstacle.blocked(from: due, to: time, isPipelined: !conversation.isEmpty)
        // Whoever still waits has been kept from leaving all along.
        if waiting.isEmpty { obstacle.begin(anewAt: time) } else { obstacle.begin(at: time) }
        return conversation.send(request, due: due, blocked: blocked, at: time)
    }

    /// The target has removed an obstacle.
    private mutating func endObstacle(at time: Int64) {
        obstacle.end(at: time, isAwaited: !waiting.isEmpty)
    }

    private mutating func dequeue(_ request: PlannedRequest) {
        waiting.removeFirst()
        dequeued.count += 1
        dequeued.byteCount += request.plannedByteCount
        asked = nil
    }

    private mutating func disconnect() {
        phase = .disconnected
        conversation = Conversation(keeping: keeping)
    }
}

// MARK: - What the target does

extension LaneState {
    /// The connection was accepted; `number` names it in the outcomes.
    ///
    /// - Parameters:
    ///   - number: What names it.
    ///   - accepted: When the handshake of its encryption began, if there was one.
    ///   - isNew: Whether it was opened for this lane.
    ///   - time: Now.
    mutating func connected(
        as number: UInt64,
        encryptedSince accepted: Int64? = nil,
        isNew: Bool = true,
        at time: Int64
    ) {
        guard case .connecting(let since) = phase else {
            preconditionFailure("a connection was accepted that nobody asked for")
        }
        phase = .connected
        conversation = Conversation(
            keeping: keeping,
            number: number,
            opening: ConnectionOpeningTimes(
                connect: isNew ? time - since : nil,
                handshake: accepted.map { time - $0 }
            )
        )
        obstacle.opened(in: since..<max(since, time))
        endObstacle(at: time)
    }

    /// The connection could not be opened: the request that wanted it has failed.
    mutating func connectFailed(_ failure: Outcome.Failure, at time: Int64) {
        failToConnect(.failed(failure), at: time)
    }

    /// This client could not open the connection, which is not the target's doing: the request
    /// that wanted it is not sent.
    mutating func connectImpossible(at time: Int64) {
        failToConnect(.unsent(.clientExhausted), at: time)
    }

    private mutating func failToConnect(_ result: Outcome.Result, at time: Int64) {
        guard case .connecting(let since) = phase else {
            preconditionFailure("a connection failed that nobody asked for")
        }
        disconnect()
        defer { endObstacle(at: time) }
        guard !waiting.isEmpty, case .request(let request) = waiting[0].task else { return }
        dequeue(request)
        var outcome = request.outcome
        outcome.result = result
        previousEnd = time
        if case .failed = result {
            if isClosedLoop { outcome.due = since }
            let sent = max(since, outcome.due)
            outcome.sent = sent
            outcome.end = time
            outcome.blocked = obstacle.blocked(from: outcome.due, to: sent)
        }
        ended.append(Conversation.Ended(outcome: outcome))
    }

    /// Bytes came at a time.
    mutating func received(_ bytes: Span<UInt8>, at time: Int64) {
        var offset = 0
        do throws(WireError) {
            while let answered = try conversation.read(bytes, at: &offset, time: time) {
                note(answered.ended, at: time)
                if !answered.isReusable { phase = .retiring }
            }
            // Bytes that answer nothing: whatever follows can't be told apart from an answer.
            if offset < bytes.count { phase = .retiring }
        } catch {
            endAll(.failed(.malformedResponse), at: time)
            phase = .retiring
        }
    }

    /// The target closed the connection, in order or by a reset.
    mutating func disconnected(byReset isReset: Bool, at time: Int64) {
        streamEnded(byReset: isReset, at: time)
        // Of further responses no byte came.
        endAll(conversation.resultOfEnd(byReset: isReset), at: time)
        disconnect()
    }

    /// The stream that carried the request in flight has ended, in order or by a reset; others may
    /// follow on the same connection (RFC 9113, section 5.1).
    mutating func streamEnded(byReset isReset: Bool, at time: Int64) {
        endOldest(conversation.resultOfEnd(byReset: isReset), at: time)
        conversation.beginNextResponse()
    }

    /// What is in flight has taken too long and is given up, the connection with it.
    mutating func timedOut(at time: Int64) {
        if case .connecting = phase {
            connectFailed(.connectTimeout, at: time)
            return
        }
        endAll(.censored(.timeout), at: time)
        disconnect()
    }

    /// The run is stopped: what is in flight is given up, what waits is not sent.
    mutating func interrupted(at time: Int64) {
        endAll(.censored(.interrupted), at: time)
        for outcome in withdraw() { ended.append(Conversation.Ended(outcome: outcome)) }
        disconnect()
    }

    /// Nothing more is to be sent: gives back the requests that wait, as unsent ones.
    mutating func withdraw() -> [Outcome] {
        var withdrawn: [Outcome] = []
        while !waiting.isEmpty {
            guard case .request(let request) = waiting[0].task else {
                waiting.removeFirst()
                continue
            }
            dequeue(request)
            withdrawn.append(request.outcome)
        }
        return withdrawn
    }

    /// Everything in flight ends, and nothing is in the way of what follows.
    private mutating func endAll(_ result: Outcome.Result, at time: Int64) {
        while !conversation.isEmpty { endOldest(result, at: time) }
        endObstacle(at: time)
    }

    private mutating func endOldest(_ result: Outcome.Result, at time: Int64) {
        guard let request = conversation.endOldest(result, at: time) else { return }
        note(request, at: time)
    }

    /// A request that was in flight has ended.
    private mutating func note(_ request: consuming Conversation.Ended, at time: Int64) {
        previousEnd = time
        ended.append(request)
        endObstacle(at: time)
    }
}

extension LaneTask {
    fileprivate var isPipelinedRequest: Bool {
        if case .request(let request) = self { request.isPipelined } else { false }
    }

    /// A request is due at this time and at no other.
    fileprivate mutating func setDue(_ time: Int64) {
        if case .request(let request) = self { self = .request(request.due(at: time)) }
    }
}
