import HTTPWire
import TraceFormat

@testable import Replayer

/// A request of the plan that is due at a time.
func plannedRequest(
    _ index: UInt64,
    due: Int64,
    method: AnsweredMethod = .other,
    isPipelined: Bool = false,
    endsConnection: Bool = false,
    waitingFor producer: UInt64? = nil
) -> PlannedRequest {
    let name = method == .head ? "HEAD" : "GET"
    return PlannedRequest(
        outcome: Outcome(
            index: index,
            connection: 0,
            sequence: index,
            method: name,
            target: "/\(index)",
            due: due
        ),
        bytes: Array("\(name) /\(index) HTTP/1.1\r\n\r\n".utf8),
        answeredMethod: method,
        isPipelined: isPipelined,
        endsConnection: endsConnection,
        causal: producer.map {
            CausalRole(causes: [CausalRole.Cause(producer: $0, value: 0, spots: [])])
        }
    )
}

/// A recorded exchange without bodies.
func recordedExchange(
    connection: UInt64 = 0,
    sequence: UInt64 = 0,
    head: String = "GET /run/cart HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    body: RecordedBody = .empty,
    at time: Int64,
    answeredAt end: Int64?,
    with answer: RecordedBody = .empty
) -> Exchange {
    let request = RecordedMessage(
        head: Array(head.utf8),
        body: body,
        firstByteTime: time,
        lastByteTime: time,
        isComplete: true
    )
    let response = end.map { end in
        RecordedResponse(
            status: 200,
            message: RecordedMessage(
                head: Array("HTTP/1.1 200 OK\r\nContent-Length: \(answer.length)\r\n\r\n".utf8),
                body: answer,
                firstByteTime: end,
                lastByteTime: end,
                isComplete: true
            )
        )
    }
    return Exchange(
        connection: connection,
        sequence: sequence,
        request: request,
        response: response,
        end: response == nil ? .closedWithoutResponse : .complete
    )
}

extension LaneState {
    /// A request is due.
    mutating func requestDue(_ request: PlannedRequest) {
        append(.request(request))
    }

    /// Feeds text as if it came in one piece.
    mutating func received(_ text: String, at time: Int64) {
        let bytes = Array(text.utf8)
        received(bytes.span, at: time)
    }

    /// The outcomes since the last call.
    mutating func takeOutcomes() -> [Outcome] {
        var taken: [Outcome] = []
        while let ended = takeEnded() { taken.append(ended.outcome) }
        return taken
    }

    /// A lane with an open connection since time 0.
    static func connectedLane(isClosedLoop: Bool = false) -> LaneState {
        var lane = LaneState(isClosedLoop: isClosedLoop)
        lane.append(.open)
        _ = lane.nextStep(at: 0)
        lane.connected(as: 0, at: 0)
        return lane
    }
}
