import HTTPWire
import TraceFormat

/// One step of a replay: what is to happen on which lane, and when.
struct PlannedEvent: Equatable {
    /// When its lane is to have it, in nanoseconds since the start of the run.
    var due: Int64
    /// The lane on which it happens.
    var lane: LaneID
    /// What happens.
    var kind: Kind

    /// What happens.
    enum Kind: Equatable {
        /// The lane has something to do.
        case task(LaneTask, TaskStart)
        /// A request that can't be sent; its outcome is known already.
        case unsendable(Outcome)
    }
}

/// Something that a lane does in its turn.
enum LaneTask: Equatable {
    /// Open a connection, as the recorded client did.
    case open
    /// Send a request.
    case request(PlannedRequest)
    /// Close the connection once its requests are answered, because the recorded one ended.
    case close
}

/// When a lane may begin what it has to do.
enum TaskStart: Equatable {
    /// As soon as it comes to it.
    case now
    /// Not before this time since the start of the run; a request is due then.
    case at(Int64)
    /// This long after the end of the request before it; a request is due then.
    case afterPrevious(Int64)
}

/// Names a lane: a queue of requests that leave over one live connection at a time.
typealias LaneID = UInt64

/// A request that is ready to be sent.
struct PlannedRequest: Equatable {
    /// Its outcome so far: what the plan knows.
    var outcome: Outcome
    /// The bytes to send: head, body and trailers.
    var bytes: [UInt8]
    /// What its response must know of it to be framed.
    var answeredMethod: AnsweredMethod
    /// Whether it was recorded as sent before the previous response was whole, so that it need not
    /// wait for that one.
    var isPipelined: Bool
    /// Whether the request says that it is the last one on its connection (RFC 9112, 9.6).
    var endsConnection: Bool
}
