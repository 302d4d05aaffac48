import DequeModule
import HTTPWire
import TraceFormat

/// Decides what one lane does next: one live connection at a time, its requests in their order.
///
/// Events and times go in; `nextStep(at:)` says what to do. All times are nanoseconds since the
/// start of the run. Sans-IO: sockets and clocks are the transport's.
struct LaneState {
    /// What the transport is to do now.
    enum Step: Equatable {
        /// Open a connection, then say `connected(as:at:)` or `connectFailed(_:at:)`.
        case connect
        /// Send these bytes.
        case write([UInt8])
        /// Close the connection; nothing more of it will be looked at.
        case close
        /// Nothing until the next event.
        case wait
    }

    /// Requests that left the queue of a lane.
    struct Dequeued {
        var count = 0
        var byteCount = 0
    }

    private enum Phase: Equatable {
        /// There is no connection.
        case disconnected
        /// A connection is being opened since this time.
        case connecting(since: Int64)
        /// The connection can carry requests.
        case connected
        /// The connection must not carry another request, and is to be closed once it is quiet.
        case retiring
    }

    private var phase = Phase.disconnected
    private var waiting: Deque<PlannedRequest> = []
    /// The requests that were sent and whose responses are still to come, without their bytes.
    private var inFlight: Deque<PlannedRequest> = []
    private var response = ResponseReader()
    private var isOpeningRequested = false
    private var isCloseRequested = false
    /// When the target last removed what kept the next request from leaving: it ended a response
    /// or accepted a connection.
    private var readySince = Int64.min
    /// The number of the open connection in the run.
    private var liveConnection: UInt64?
    /// How long the open connection took to open, until the first request on it takes the figure.
    private var connectDuration: Int64?
    private var dequeued = Dequeued()
    private let isClosedLoop: Bool

    /// The outcomes that became known and were not taken yet.
    private var outcomes: Deque<Outcome> = []

    /// A lane without a connection.
    ///
    /// In a closed loop a request is due when it can leave.
    init(isClosedLoop: Bool) {
        self.isClosedLoop = isClosedLoop
    }

    /// Whether nothing is open, waiting or in flight.
    var isQuiet: Bool { phase == .disconnected && waiting.isEmpty && inFlight.isEmpty }
    /// How many requests wait for a response.
    var inFlightCount: Int { inFlight.count }
    /// When the oldest request in flight was sent, or the connection attempt began.
    var busySince: Int64? {
        if case .connecting(let since) = phase { return since }
        return inFlight.first?.outcome.sent
    }

    /// Takes the next of the outcomes that became known; `nil` when there is none.
    mutating func takeOutcome() -> Outcome? {
        outcomes.popFirst()
    }

    /// The requests that left the queue since the last call.
    mutating func takeDequeued() -> Dequeued {
        defer { dequeued = Dequeued() }
        return dequeued
    }
}

// MARK: - What the plan says

extension LaneState {
    /// The recorded client opened its connection now, before any request.
    mutating func openingDue() {
        isOpeningRequested = true
    }

    /// A request is due.
    mutating func requestDue(_ request: PlannedRequest) {
        waiting.append(request)
    }

    /// The recorded connection ended: the live one is closed once its requests are answered.
    mutating func closingDue() {
        isCloseRequested = true
    }

    /// What to do now; to be asked after every event until it says `wait`.
    mutating func nextStep(at time: Int64) -> Step {
        switch phase {
        case .connecting:
            return .wait
        case .disconnected:
            guard isOpeningRequested || !waiting.isEmpty else {
                isCloseRequested = false
                return .wait
            }
            isOpeningRequested = false
            phase = .connecting(since: time)
            return .connect
        case .retiring:
            guard inFlight.isEmpty else { return .wait }
            disconnect()
            return .close
        case .connected:
            if !waiting.isEmpty, inFlight.isEmpty || waiting[0].isPipelined {
                return .write(send(at: time))
            }
            guard isCloseRequested, waiting.isEmpty, inFlight.isEmpty else { return .wait }
            isCloseRequested = false
            disconnect()
            return .close
        }
    }

    private mutating func send(at time: Int64) -> [UInt8] {
        var request = dequeue()
        request.outcome.liveConnection = liveConnection
        if isClosedLoop { request.outcome.due = time }
        request.outcome.sent = time
        // Pipelined requests wait for nothing but the connection.
        request.outcome.blocked = max(0, min(readySince, time) - request.outcome.due)
        request.outcome.connectDuration = connectDuration
        request.outcome.requestByteCount = UInt64(request.bytes.count)
        connectDuration = nil
        let bytes = request.bytes
        request.bytes = []
        inFlight.append(request)
        return bytes
    }

    private mutating func dequeue() -> PlannedRequest {
        let request = waiting.removeFirst()
        dequeued.count += 1
        dequeued.byteCount += request.bytes.count
        return request
    }

    private mutating func disconnect() {
        phase = .disconnected
        response = ResponseReader()
        connectDuration = nil
    }
}

// MARK: - What the target does

extension LaneState {
    /// The connection was accepted; `number` names it in the outcomes.
    mutating func connected(as number: UInt64, at time: Int64) {
        guard case .connecting(let since) = phase else {
            preconditionFailure("a connection was accepted that nobody asked for")
        }
        phase = .connected
        liveConnection = number
        readySince = time
        connectDuration = time - since
    }

    /// The connection could not be opened: the request that wanted it has failed.
    mutating func connectFailed(_ failure: Outcome.Failure, at time: Int64) {
        guard case .connecting(let since) = phase else {
            preconditionFailure("a connection failed that nobody asked for")
        }
        disconnect()
        readySince = time
        guard !waiting.isEmpty else { return }
        var outcome = dequeue().outcome
        if isClosedLoop { outcome.due = since }
        outcome.sent = max(since, outcome.due)
        outcome.end = time
        outcome.result = .failed(failure)
        outcomes.append(outcome)
    }

    /// Bytes came at a time.
    mutating func received(_ bytes: Span<UInt8>, at time: Int64) {
        var offset = 0
        do throws(WireError) {
            while !inFlight.isEmpty {
                if offset < bytes.count, inFlight[0].outcome.firstByte == nil {
                    inFlight[0].outcome.firstByte = time
                }
                let event = try response.read(
                    bytes,
                    at: &offset,
                    answering: inFlight[0].answeredMethod
                )
                guard let event else { break }
                if case .ended(let isReusable) = event {
                    finishFirst(.completed, at: time)
                    readySince = time
                    if !isReusable { phase = .retiring }
                }
            }
            // Bytes that answer nothing: whatever follows can't be told apart from an answer.
            if offset < bytes.count { phase = .retiring }
        } catch {
            failAll(.malformedResponse, at: time)
            phase = .retiring
        }
    }

    /// The target closed the connection, in order or by a reset.
    mutating func disconnected(byReset isReset: Bool, at time: Int64) {
        if !inFlight.isEmpty, !isReset, response.endsWithConnection {
            finishFirst(.completed, at: time)
        } else if !inFlight.isEmpty, response.isInsideMessage {
            finishFirst(.failed(.responseTruncated), at: time)
        }
        failAll(isReset ? .resetWithoutResponse : .closedWithoutResponse, at: time)
        readySince = time
        disconnect()
    }

    /// What is in flight has taken too long and is given up, the connection with it.
    mutating func timedOut(at time: Int64) {
        if case .connecting = phase {
            connectFailed(.connectFailed, at: time)
            return
        }
        giveUp(.timeout, at: time)
        readySince = time
        disconnect()
    }

    /// The run is stopped: what is in flight is given up, what waits is not sent.
    mutating func interrupted(at time: Int64) {
        giveUp(.interrupted, at: time)
        while !waiting.isEmpty { outcomes.append(dequeue().outcome) }
        disconnect()
    }

    private mutating func failAll(_ failure: Outcome.Failure, at time: Int64) {
        while !inFlight.isEmpty { finishFirst(.failed(failure), at: time) }
    }

    private mutating func giveUp(_ reason: Outcome.Censoring, at time: Int64) {
        while !inFlight.isEmpty { finishFirst(.censored(reason), at: time) }
    }

    /// Ends the oldest request in flight.
    private mutating func finishFirst(_ result: Outcome.Result, at time: Int64) {
        inFlight[0].outcome.end = time
        inFlight[0].outcome.result = result
        response.describe(in: &inFlight[0].outcome, isWhole: result == .completed)
        outcomes.append(inFlight.removeFirst().outcome)
    }
}
