import HTTPWire
import TraceFormat

/// Turns the records of a trace, in order of time, into the steps of a replay.
struct Planner {
    private let schedule: Schedule
    private var lanes: LaneAssignment
    private var rewriting: RequestRewriting
    /// For each open recorded connection, when its latest response ended.
    private var lastResponseTime: [UInt64: Int64] = [:]

    /// Plans a trace whose first request was recorded at `firstRequestTime`.
    init(configuration: ReplayConfiguration, firstRequestTime: Int64) {
        schedule = Schedule(firstRequestTime: firstRequestTime, speed: configuration.speed)
        lanes = LaneAssignment(configuration.laneMode)
        rewriting = RequestRewriting(
            target: configuration.target,
            edits: configuration.fieldEdits,
            seed: configuration.seed
        )
    }

    /// How many requests had a body whose bytes were not recorded, and got a filler instead.
    var filledBodyCount: UInt64 { rewriting.filledBodyCount }

    /// The step for a record; `nil` when there is nothing to do for it.
    ///
    /// - Parameters:
    ///   - record: The next record in order of time.
    ///   - index: The exchange's position in that order; `nil` for other records.
    /// - Returns: The step, or `nil`.
    mutating func plan(_ record: TraceRecord, index: UInt64?) -> PlannedEvent? {
        switch record {
        case .opened(let opening):
            // Shared lanes are dealt out to connections that have something to send.
            guard !lanes.sharesConnections else { return nil }
            let lane = lanes.lane(of: opening.connection)
            guard let time = opening.time else { return nil }
            return PlannedEvent(
                due: schedule.due(ofRecordedTime: time),
                lane: lane,
                kind: .task(.open)
            )
        case .exchange(let exchange):
            guard let index else {
                preconditionFailure("an exchange without its position in the order of time")
            }
            return plan(exchange, index: index)
        case .closed(let closing):
            lastResponseTime[closing.connection] = nil
            guard let lane = lanes.release(closing.connection), !lanes.sharesConnections else {
                return nil
            }
            return PlannedEvent(
                due: schedule.due(ofRecordedTime: closing.time),
                lane: lane,
                kind: .task(.close)
            )
        }
    }

    private mutating func plan(_ exchange: Exchange, index: UInt64) -> PlannedEvent {
        let request = exchange.request
        let due = schedule.due(ofRecordedTime: request.firstByteTime)
        let lane = lanes.lane(of: exchange.connection)
        let head = parseHead(request.head)
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
        }
        let previousEnd = lastResponseTime[exchange.connection]
        // Without a recorded response nothing shows that the next request overtook it.
        lastResponseTime[exchange.connection] =
            exchange.response?.message.lastByteTime ?? request.lastByteTime
        guard let head, request.isComplete, rewriting.canSend(request.body) else {
            outcome.result = .unsent(.incompleteRecording)
            return PlannedEvent(due: due, lane: lane, kind: .unsendable(outcome))
        }
        let planned = PlannedRequest(
            outcome: outcome,
            bytes: rewriting.bytes(of: request, head: head),
            answeredMethod: head.answeredMethod,
            isPipelined: !lanes.sharesConnections
                && previousEnd.map { request.firstByteTime < $0 } ?? false,
            endsConnection: rewriting.endsConnection(head)
        )
        return PlannedEvent(due: due, lane: lane, kind: .task(.request(planned)))
    }

    private func parseHead(_ bytes: [UInt8]) -> RequestHead? {
        var decoder = RequestDecoder(limits: DecoderLimits(headByteCount: bytes.count))
        var offset = 0
        guard case .head(let head)? = try? decoder.next(in: bytes.span, at: &offset),
            offset == bytes.count
        else { return nil }
        return head
    }
}

extension ReplayConfiguration {
    /// How this replay shares lanes.
    var laneMode: LaneAssignment.Mode {
        switch (connections, speed) {
        case (.capped(let count), _): .dealt(to: count)
        case (.recorded, .factor): .onePerConnection
        // Without due times nothing else keeps a trace's connections from opening all at once.
        case (.recorded, .maximum): .asManyAsWereOpen
        }
    }
}
