import DequeModule
import HTTPWire
import TraceFormat

/// A request that was sent, as far as its response has to do with it.
struct RequestInFlight {
    var outcome: Outcome
    let answeredMethod: AnsweredMethod
    let endsConnection: Bool
    /// What of its response others wait for.
    let wanted: [ResponsePlace]

    init(_ request: PlannedRequest, outcome: consuming Outcome) {
        self.outcome = outcome
        answeredMethod = request.answeredMethod
        endsConnection = request.endsConnection
        wanted = request.causal?.wanted ?? []
    }

    /// Bytes of its response came, perhaps not the first ones.
    mutating func noteFirstByte(at time: Int64) {
        if outcome.firstByte == nil { outcome.firstByte = time }
    }
}

/// The requests of a lane that were sent and whose responses are still to come, in order.
///
/// The oldest one, which mostly is the only one, stands for itself: looking at an element of a
/// queue copies it, and an outcome is large.
struct RequestsInFlight {
    /// The one that is answered next.
    var oldest: RequestInFlight?
    private var others = Deque<RequestInFlight>()

    var isEmpty: Bool { oldest == nil }
    var count: Int { (oldest == nil ? 0 : 1) + others.count }
    /// Whether the one that was sent last said that it is the last on its connection.
    var endsConnection: Bool {
        others.isEmpty ? oldest?.endsConnection ?? false : others[others.count - 1].endsConnection
    }

    /// Adds one that was sent now.
    mutating func append(_ request: consuming RequestInFlight) {
        if oldest == nil { oldest = request } else { others.append(request) }
    }

    /// Counts more bytes of the one that was sent last.
    mutating func addToLast(byteCount: Int) {
        if others.isEmpty {
            oldest?.outcome.requestByteCount += UInt64(byteCount)
        } else {
            others[others.count - 1].outcome.requestByteCount += UInt64(byteCount)
        }
    }

    /// Takes the oldest one out; `nil` when there is none.
    mutating func removeOldest() -> RequestInFlight? {
        guard let request = oldest.take() else { return nil }
        oldest = others.popFirst()
        return request
    }
}
