import HTTPWire
import TraceFormat

/// Turns the records of a playback, in order of time, into the steps of a replay.
struct Planner {
    private let pace: Pace
    private let usesFreshConnections: Bool
    /// Whether the plan says so after each request; where any lane may carry it, the lane knows.
    private let closesAfterRequests: Bool
    private let pacesBodies: Bool
    private let usesHTTP2: Bool
    private let causality: CausalPlan?
    private var timetable: Timetable
    private var lanes: LaneAssignment
    private var rewriting: RequestRewriting
    /// For each open connection, when its latest response ended in the recording.
    private var lastResponseTime: [ConnectionCopy: Int64] = [:]
    private var streams = StreamAssignment()
    private var recordedContents = RecordedContents()

    /// Plans a replay; `causality` says which requests wait for which responses.
    init(configuration: ReplayConfiguration, causality: CausalPlan? = nil) {
        self.causality = causality
        pace = configuration.pace
        usesFreshConnections = configuration.usesFreshConnections
        if case .shared = configuration.connections {
            closesAfterRequests = false
        } else {
            closesAfterRequests = usesFreshConnections
        }
        pacesBodies = configuration.pacesBodies
        usesHTTP2 = configuration.usesHTTP2
        timetable = Timetable(configuration)
        lanes = LaneAssignment(
            configuration.laneMode,
            multiplexes: configuration.usesHTTP2
        )
        rewriting = RequestRewriting(
            target: configuration.target,
            edits: configuration.fieldEdits,
            seed: configuration.seed,
            keepsTraceparent: configuration.keepsTraceparent
        )
    }

    /// What the requests of the plan and their responses took when they were recorded.
    private(set) var recordedSizes = RecordedSizes()
    /// How many requests had a body whose bytes were not recorded, and got a filler instead.
    var filledBodyCount: UInt64 { rewriting.filledBodyCount }
    /// Whether all that follows is due after the end of the run.
    var isOver: Bool { timetable.isOver }

    /// The steps for a record, which may be none; given to `add` in order.
    ///
    /// - Parameters:
    ///   - played: The next record in order of time.
    ///   - add: Takes a step.
    mutating func plan(_ played: PlayedRecord, add: (PlannedEvent) -> Void) {
        let due = timetable.due(of: played)
        switch played.record {
        case .opened(let opening):
            if let due { planOpening(played, hasTime: opening.time != nil, due: due, add) }
        case .exchange(let exchange):
            if let due { planRequest(played, exchange, due: due, add) }
        case .closed(let closing):
            planClosing(played, closing, due: due, add)
        }
    }

    // MARK: Connections

    private mutating func planOpening(
        _ played: PlayedRecord,
        hasTime: Bool,
        due: Int64,
        _ add: (PlannedEvent) -> Void
    ) {
        // Shared lanes are dealt out to connections that have something to send.
        guard !lanes.sharesConnections else { return }
        let lane = lanes.lane(of: played.connection)
        guard hasTime, !usesFreshConnections else { return }
        add(task(.open, on: lane, due: due, start: pace.waitsOnLanes ? .at(due) : .now))
    }

    private mutating func planClosing(
        _ played: PlayedRecord,
        _ closing: ConnectionClosing,
        due: Int64?,
        _ add: (PlannedEvent) -> Void
    ) {
        for stream in (0..<streams.release(played.connection)).reversed() {
            var connection = played.connection
            connection.stream = stream
            planClosing(of: connection, at: closing.time, due: due, add)
        }
    }

    private mutating func planClosing(
        of connection: ConnectionCopy,
        at time: Int64,
        due: Int64?,
        _ add: (PlannedEvent) -> Void
    ) {
        let lastResponse = lastResponseTime.removeValue(forKey: connection)
        guard let lane = lanes.release(connection), let due, !lanes.sharesConnections
        else { return }
        var start = TaskStart.now
        if pace.waitsOnLanes {
            start =
                lastResponse.map { .afterPrevious(timetable.schedule.scaledGap(time - $0)) }
                ?? .at(due)
        }
        add(task(.close, on: lane, due: due, start: start))
    }

    // MARK: Requests

    private mutating func planRequest(
        _ played: PlayedRecord,
        _ exchange: Exchange,
        due: Int64,
        _ add: (PlannedEvent) -> Void
    ) {
        var request = exchange.request
        var connection = played.connection
        if request.becomeHTTP1() || usesHTTP2 {
            connection.stream = streams.stream(for: exchange, on: connection)
        }
        let lane = lanes.lane(of: connection)
        let head = RequestHead(request.head)
        let outcome = outcome(of: played, exchange, head, due: due)
        // Without a recorded response nothing shows that the next request overtook it.
        let previousEnd = lastResponseTime.updateValue(
            exchange.response?.message.lastByteTime ?? request.lastByteTime,
            forKey: connection
        )
        guard let head, request.isComplete, rewriting.canSend(request.body) else {
            var outcome = outcome
            outcome.result = .unsent(.incompleteRecording)
            add(PlannedEvent(due: due, lane: lane, kind: .unsendable(outcome)))
            return
        }
        recordedSizes.add(exchange)
        let isPipelined = previousEnd.map { request.firstByteTime < $0 } ?? false
        let (bytes, bodyOffset) = rewriting.bytes(of: request, head: head, index: outcome.index)
        let planned = PlannedRequest(
            outcome: outcome,
            bytes: bytes,
            delivery: bytes.count > bodyOffset && !usesHTTP2
                ? delivery(of: request, head, bodyOffset: bodyOffset) : nil,
            answeredMethod: head.answeredMethod,
            isPipelined: isPipelined && !lanes.sharesConnections && !usesFreshConnections,
            endsConnection: !usesHTTP2 && rewriting.endsConnection(head),
            causal: causality?.role(of: outcome.index, bytes, bodyOffset: bodyOffset)
        )
        let start = start(of: request, due: due, previousEnd: previousEnd)
        add(task(.request(planned), on: lane, due: due, start: start))
        if closesAfterRequests { add(task(.close, on: lane, due: due, start: .now)) }
    }

    /// How the body of a request leaves; `nil` when it leaves with the head.
    private func delivery(
        of request: RecordedMessage,
        _ head: RequestHead,
        bodyOffset: Int
    ) -> BodyDelivery? {
        let recorded = request.lastByteTime - request.firstByteTime
        let duration = pacesBodies ? timetable.schedule.scaledGap(recorded) : 0
        let awaitsContinue = rewriting.awaitsContinue(head)
        guard awaitsContinue || duration >= Upload.interval else { return nil }
        return BodyDelivery(
            offset: bodyOffset,
            awaitsContinue: awaitsContinue,
            duration: duration
        )
    }

    private func start(
        of request: RecordedMessage,
        due: Int64,
        previousEnd: Int64?
    ) -> TaskStart {
        guard pace.waitsOnLanes, !pace.isClosedLoop else {
            // A capped rate holds requests back even where they are due when they can leave.
            return pace.isClosedLoop && due > 0 ? .at(due) : .now
        }
        return previousEnd.map {
            .afterPrevious(timetable.schedule.scaledGap(request.firstByteTime - $0))
        }
            ?? .at(due)
    }

    private mutating func outcome(
        of played: PlayedRecord,
        _ exchange: Exchange,
        _ head: RequestHead?,
        due: Int64
    ) -> Outcome {
        guard let index = played.index else {
            preconditionFailure("an exchange without its position in the order of time")
        }
        var outcome = Outcome(
            index: index,
            connection: exchange.connection,
            sequence: exchange.sequence,
            method: head?.method ?? "",
            target: head?.target ?? "",
            due: due
        )
        outcome.recordedStatus = exchange.response?.status
        if let message = exchange.response?.message, message.isComplete {
            outcome.recordedFingerprint = message.body.fingerprint
            outcome.recordedContentFingerprint = recordedContents.fingerprint(of: message.body)
        }
        return outcome
    }

    /// A step that the lane gets when it is due, or at once if it is to wait there.
    private func task(
        _ task: LaneTask,
        on lane: LaneID,
        due: Int64,
        start: TaskStart
    ) -> PlannedEvent {
        PlannedEvent(due: pace.waitsOnLanes ? 0 : due, lane: lane, kind: .task(task, start))
    }
}

extension ReplayConfiguration {
    /// How this replay shares lanes.
    var laneMode: LaneAssignment.Mode {
        switch connections {
        case .capped(let count), .shared(let count): .dealt(to: count)
        // Without due times nothing else keeps a trace's connections from opening all at once.
        case .recorded: pace.isClosedLoop ? .asManyAsWereOpen : .onePerConnection
        }
    }
}
