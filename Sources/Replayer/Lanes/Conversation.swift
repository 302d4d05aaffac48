import HTTPWire
import TraceFormat

/// What is on the wire of one live connection: the requests that were sent, the body that is still
/// leaving, and the response that is coming in.
///
/// All times are nanoseconds since the start of the run. Sans-IO.
struct Conversation {
    /// What is to happen with a body that is still leaving.
    enum BodyStep {
        /// Send these bytes of it.
        case send([UInt8])
        /// Nothing until this time.
        case waitUntil(Int64)
    }

    /// A request that has ended.
    struct Ended {
        /// What came of it.
        var outcome: Outcome
        /// What was wanted of its response; empty when nothing was or no whole response came.
        var values: [[UInt8]?] = []
        /// The body of its response, if that is to be looked into.
        var codedBody: CodedBody?
    }

    /// A request whose whole response has come.
    struct Answered {
        /// What came of it.
        var ended: Ended
        /// Whether the connection can carry another request.
        var isReusable: Bool
    }

    private var inFlight = RequestsInFlight()
    private var response: ResponseReader
    /// The body of the request that was sent last, as far as it is still to leave.
    private var upload: (request: PlannedRequest, state: Upload)?
    /// What names the connection in the outcomes; `nil` until it is open.
    private let number: UInt64?
    /// How long the connection took to open, until the first request on it takes the figures.
    private var opening: ConnectionOpeningTimes

    /// The conversation on a connection that was opened, or that is still to be.
    init(
        keeping: ResponseKeeping,
        number: UInt64? = nil,
        opening: ConnectionOpeningTimes = ConnectionOpeningTimes()
    ) {
        response = ResponseReader(keeping: keeping)
        self.number = number
        self.opening = opening
    }

    /// Whether no response is awaited.
    var isEmpty: Bool { inFlight.isEmpty }
    /// How many requests wait for a response.
    var count: Int { inFlight.count }
    /// Whether the request that was sent last said that it is the last on its connection.
    var endsConnection: Bool { inFlight.endsConnection }
    /// When the oldest request in flight was sent.
    var oldestSent: Int64? { inFlight.oldest?.sent }

    // MARK: Requests

    /// A request leaves.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - due: When it was due.
    ///   - blocked: How much of the time since then the target kept it from leaving.
    ///   - time: Now.
    /// - Returns: The bytes of it that leave now.
    mutating func send(
        _ request: PlannedRequest,
        due: Int64,
        blocked: Int64,
        at time: Int64
    ) -> [UInt8] {
        var bytes = request.bytes
        if let delivery = request.delivery {
            bytes = Array(bytes[..<delivery.offset])
            upload = (request, Upload(delivery, byteCount: request.bytes.count, at: time))
        }
        inFlight.append(
            RequestInFlight(
                request: request,
                due: due,
                sent: time,
                blocked: blocked,
                liveConnection: number,
                opening: opening,
                byteCount: bytes.count
            )
        )
        opening = ConnectionOpeningTimes()
        return bytes
    }

    /// What the body of the request that was sent last asks for; `nil` when it has left.
    mutating func nextBodyStep(at time: Int64) -> BodyStep? {
        guard let step = upload?.state.nextStep(at: time) else { return nil }
        switch step {
        case .waitUntil(let next): return .waitUntil(next)
        case .send(let range):
            inFlight.addToLast(byteCount: range.count)
            return upload.map { .send(Array($0.request.bytes[range])) }
        case .done:
            upload = nil
            return nil
        }
    }

    // MARK: Responses

    /// Reads on from `offset`, up to the end of a response.
    ///
    /// - Parameters:
    ///   - bytes: What came.
    ///   - offset: Where to begin; moved behind what was read.
    ///   - time: When it came.
    /// - Returns: The request that was answered; `nil` when more bytes are needed, or none of the
    ///   bytes that are left answers anything.
    /// - Throws: When the bytes are no response.
    mutating func read(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        time: Int64
    ) throws(WireError) -> Answered? {
        while let request = inFlight.oldest?.request {
            if offset < bytes.count { inFlight.oldest?.noteFirstByte(at: time) }
            let event = try response.read(
                bytes,
                at: &offset,
                answering: request.answeredMethod,
                wantsValues: !request.wantedValues.isEmpty
            )
            switch event {
            case nil: return nil
            case .part: break
            case .goAhead: upload?.state.goAhead(at: time)
            case .ended(let isReusable):
                let isCutShort = endUpload()
                let mayGoOn = isReusable && !isCutShort && !request.endsConnection
                return endOldest(.completed, at: time).map {
                    Answered(ended: $0, isReusable: mayGoOn)
                }
            }
        }
        return nil
    }

    /// The oldest request was answered: says whether its body has not left yet, and so never will.
    private mutating func endUpload() -> Bool {
        guard inFlight.count == 1, upload?.state.isDone == false else { return false }
        upload = nil
        return true
    }

    /// What the end of the bytes, in order or by a reset, makes of the oldest request.
    func resultOfEnd(byReset isReset: Bool) -> Outcome.Result {
        if !isReset, response.endsWithConnection { return .completed }
        if response.isInsideMessage { return .failed(.responseTruncated) }
        return .failed(isReset ? .resetWithoutResponse : .closedWithoutResponse)
    }

    /// The oldest request ends; `nil` when there is none.
    mutating func endOldest(_ result: Outcome.Result, at time: Int64) -> Ended? {
        guard let sent = inFlight.removeOldest() else { return nil }
        var ended = Ended(outcome: sent.outcome(result, at: time))
        if result == .completed, !sent.request.wantedValues.isEmpty {
            ended.values = response.values(at: sent.request.wantedValues)
        }
        ended.codedBody = response.describe(
            in: &ended.outcome,
            isWhole: result == .completed
        )
        return ended
    }

    /// The bytes that follow belong to another response, whatever came of the last one.
    mutating func beginNextResponse() {
        response.reset()
    }
}
