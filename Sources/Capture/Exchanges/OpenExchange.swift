internal import HTTPWire
internal import TraceFormat

/// An exchange in progress: its request has a head, and something of it is still to come.
struct OpenExchange {
    /// How far the answer is.
    enum Answer {
        /// No final response has begun.
        case awaited
        /// Its head is there.
        case begun
        /// Nothing more of it is expected.
        case ended
    }

    /// What the request is to its response.
    let answeredMethod: AnsweredMethod
    /// Whether the request asks to leave HTTP.
    let asksToLeaveHTTP: Bool
    /// The settings of the client where it offers to go on with HTTP/2; else `nil`.
    let offeredSettings: [UInt8]?
    /// What the client sent.
    var request: MessageRecording
    /// Whether more of the request is expected.
    var isRequestOpen = true
    /// The 1xx responses so far.
    var interim: [InterimResponse] = []
    /// The final response, once its head is there.
    var response: MessageRecording?
    /// The status of the final response.
    var status: UInt16 = 0
    /// How far the answer is.
    var answer = Answer.awaited
    /// What keeps the exchange from being complete: the first thing that happened to it.
    private var flaw: ExchangeEnd?

    /// Starts with the head of a request.
    init(_ head: RequestHead, request: MessageRecording) {
        answeredMethod = head.answeredMethod
        asksToLeaveHTTP = head.asksToLeaveHTTP
        offeredSettings = asksToLeaveHTTP ? HTTP2Settings.offered(by: head) : nil
        self.request = request
    }

    /// Starts with a request that can't ask to leave HTTP, such as one of HTTP/2.
    init(answeredMethod: AnsweredMethod, request: MessageRecording) {
        self.answeredMethod = answeredMethod
        asksToLeaveHTTP = false
        offeredSettings = nil
        self.request = request
    }

    /// Whether nothing more is expected of it.
    var isFinished: Bool { !isRequestOpen && answer == .ended }

    /// Whether its answer took the connection out of HTTP (RFC 9110, sections 7.8 and 9.3.6).
    var leftHTTP: Bool {
        status == 101 || answeredMethod == .connect && (200..<300).contains(status)
    }

    /// The memory that its bodies take.
    var keptByteCount: Int { request.keptByteCount + (response?.keptByteCount ?? 0) }

    /// Notes why it can't be complete.
    ///
    /// The first reason stays, but for missing bytes: behind them no other reason is certain.
    mutating func fail(_ end: ExchangeEnd) {
        if flaw == nil || end == .gap { flaw = end }
    }

    /// What goes into the trace.
    func recorded(connection: UInt64, sequence: UInt64) -> Exchange {
        Exchange(
            connection: connection,
            sequence: sequence,
            request: request.recorded(),
            interim: interim,
            response: response.map { RecordedResponse(status: status, message: $0.recorded()) },
            end: flaw ?? (leftHTTP ? .upgraded : .complete)
        )
    }
}
