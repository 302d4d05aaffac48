import HTTPWire
import TraceFormat

/// One step of a replay: what is to happen on which lane, and when.
struct PlannedEvent: Equatable {
    /// When it is due, in nanoseconds since the start of the run.
    var due: Int64
    /// The lane on which it happens.
    var lane: LaneID
    /// What happens.
    var kind: Kind

    /// What happens.
    enum Kind: Equatable {
        /// The lane has something to do.
        case task(LaneTask)
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
