import DequeModule
import TraceFormat

/// A request that was sent, as far as is known of it before it ends.
struct RequestInFlight {
    let request: PlannedRequest
    /// When it was due.
    let due: Int64
    /// When it was sent.
    let sent: Int64
    /// How much of the time in between the target kept it from leaving.
    let blocked: Int64
    /// The number of the connection that carries it.
    let liveConnection: UInt64?
    /// How long that took to open, if this is its first request, and how much of it was encryption.
    let opening: ConnectionOpeningTimes
    /// How many of its bytes were sent so far.
    var byteCount: Int
    /// When the first byte of its response came.
    private(set) var firstByte: Int64?

    /// Bytes of its response came, perhaps not the first ones.
    mutating func noteFirstByte(at time: Int64) {
        if firstByte == nil { firstByte = time }
    }

    /// What is known of it when it has ended, but for its response.
    func outcome(_ result: Outcome.Result, at time: Int64) -> Outcome {
        var outcome = request.outcome
        outcome.due = due
        outcome.sent = sent
        outcome.blocked = blocked
        outcome.liveConnection = liveConnection
        outcome.connectDuration = opening.connect
        outcome.handshakeDuration = opening.handshake
        outcome.requestByteCount = UInt64(byteCount)
        outcome.firstByte = firstByte
        outcome.end = time
        outcome.result = result
        return outcome
    }
}

/// How long a connection took to open, in nanoseconds.
struct ConnectionOpeningTimes {
    /// All of it; `nil` when it was open already.
    var connect: Int64?
    /// How much of that its encryption took; `nil` when it is not encrypted.
    var handshake: Int64?
}

/// The requests of a lane that were sent and whose responses are still to come, in order.
///
/// The oldest one, which mostly is the only one, stands for itself: looking at an element of a
/// queue copies it.
struct RequestsInFlight {
    /// The one that is answered next.
    var oldest: RequestInFlight?
    private var others = Deque<RequestInFlight>()

    var isEmpty: Bool { oldest == nil }
    var count: Int { (oldest == nil ? 0 : 1) + others.count }
    /// Whether the one that was sent last said that it is the last on its connection.
    var endsConnection: Bool { (others.last ?? oldest)?.request.endsConnection ?? false }

    /// Adds one that was sent now.
    mutating func append(_ request: consuming RequestInFlight) {
        if oldest == nil { oldest = request } else { others.append(request) }
    }

    /// Counts more bytes of the one that was sent last.
    mutating func addToLast(byteCount: Int) {
        if others.isEmpty {
            oldest?.byteCount += byteCount
        } else {
            others[others.count - 1].byteCount += byteCount
        }
    }

    /// Takes the oldest one out; `nil` when there is none.
    mutating func removeOldest() -> RequestInFlight? {
        guard let request = oldest.take() else { return nil }
        oldest = others.popFirst()
        return request
    }
}
