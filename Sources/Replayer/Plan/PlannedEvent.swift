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

    /// What happens on the lane.
    enum Kind: Equatable {
        /// The recorded client opened its connection.
        case open
        /// A request leaves.
        case request(PlannedRequest)
        /// The recorded connection ended: it is closed when its last response has come.
        case close
        /// A request that can't be sent; its outcome is known already.
        case unsendable(Outcome)
    }
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
}
