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
        indirect case unsendable(Outcome)
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

extension LaneID {
    /// Where the number of a stream stands in a lane's name.
    private static let streamShift: LaneID = 40

    /// The lane of a stream on the connection that this lane stands for.
    func stream(_ number: Int) -> LaneID { self | LaneID(number) << Self.streamShift }

    /// The lane of the first stream of the same connection.
    var carrier: LaneID { self & (1 << Self.streamShift - 1) }
}

/// A request that is ready to be sent.
///
/// A class, because on its way to the wire it is handed on a dozen times.
final class PlannedRequest: Equatable, Sendable {
    /// Its outcome so far: what the plan knows.
    let outcome: Outcome
    /// The bytes to send: head, body and trailers.
    let bytes: [UInt8]
    /// How the body leaves; `nil` when it leaves with the head.
    let delivery: BodyDelivery?
    /// What its response must know of it to be framed.
    let answeredMethod: AnsweredMethod
    /// Whether it was recorded as sent before the previous response was whole, so that it need not
    /// wait for that one.
    let isPipelined: Bool
    /// Whether the request says that it is the last one on its connection (RFC 9112, 9.6).
    let endsConnection: Bool
    /// What it has to do with the order of cause and effect; `nil` for nothing.
    let causal: CausalRole?
    /// How many bytes the plan had for it, before values of the target were put in.
    let plannedByteCount: Int

    init(
        outcome: Outcome,
        bytes: [UInt8],
        delivery: BodyDelivery? = nil,
        answeredMethod: AnsweredMethod,
        isPipelined: Bool,
        endsConnection: Bool,
        causal: CausalRole? = nil,
        plannedByteCount: Int? = nil
    ) {
        self.outcome = outcome
        self.bytes = bytes
        self.delivery = delivery
        self.answeredMethod = answeredMethod
        self.isPipelined = isPipelined
        self.endsConnection = endsConnection
        self.causal = causal
        self.plannedByteCount = plannedByteCount ?? bytes.count
    }

    /// What of its response others wait for.
    var wantedValues: [ResponsePlace] { causal?.wanted ?? [] }

    /// The same request, due at another time.
    func due(at time: Int64) -> PlannedRequest {
        var outcome = outcome
        outcome.due = time
        return PlannedRequest(
            outcome: outcome,
            bytes: bytes,
            delivery: delivery,
            answeredMethod: answeredMethod,
            isPipelined: isPipelined,
            endsConnection: endsConnection,
            causal: causal,
            plannedByteCount: plannedByteCount
        )
    }

    static func == (left: PlannedRequest, right: PlannedRequest) -> Bool {
        left.outcome == right.outcome && left.bytes == right.bytes
            && left.delivery == right.delivery
            && left.answeredMethod == right.answeredMethod
            && left.isPipelined == right.isPipelined
            && left.endsConnection == right.endsConnection
            && left.causal == right.causal
    }
}
