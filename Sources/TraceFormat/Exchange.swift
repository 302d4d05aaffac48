/// One recorded request and the response it got, if any.
public struct Exchange: Equatable, Sendable {
    /// The connection that carried it: an identifier that is unique in the trace.
    public var connection: UInt64
    /// Its position among the exchanges of its connection, from 0.
    public var sequence: UInt64
    /// What the client sent.
    public var request: RecordedMessage
    /// The 1xx responses that came before the final one, in order.
    public var interim: [InterimResponse]
    /// What the server answered; `nil` when not even a status line came.
    public var response: RecordedResponse?
    /// How the exchange ended.
    public var end: ExchangeEnd
    /// What a proxy saw on its connection to the upstream; `nil` where nobody looked.
    public var upstream: UpstreamTimes?

    /// Makes an exchange from its parts.
    public init(
        connection: UInt64,
        sequence: UInt64,
        request: RecordedMessage,
        interim: [InterimResponse] = [],
        response: RecordedResponse?,
        end: ExchangeEnd,
        upstream: UpstreamTimes? = nil
    ) {
        self.connection = connection
        self.sequence = sequence
        self.request = request
        self.interim = interim
        self.response = response
        self.end = end
        self.upstream = upstream
    }
}

/// When a proxy handed a request on, and when it got the answer, in nanoseconds since the trace's
/// epoch; without these the proxy's own share of a duration cannot be told.
public struct UpstreamTimes: Equatable, Sendable {
    /// When the request's first byte was handed to the connection to the upstream.
    public var requestFirstByte: Int64?
    /// When the first byte of the final response came from the upstream.
    public var responseFirstByte: Int64?
    /// When the last byte of the final response came from the upstream.
    public var responseLastByte: Int64?

    /// Makes times from those that are known.
    public init(
        requestFirstByte: Int64? = nil,
        responseFirstByte: Int64? = nil,
        responseLastByte: Int64? = nil
    ) {
        self.requestFirstByte = requestFirstByte
        self.responseFirstByte = responseFirstByte
        self.responseLastByte = responseLastByte
    }
}

/// A request or a response as it was on the wire.
public struct RecordedMessage: Equatable, Sendable {
    /// The head byte for byte, from the start line to the empty line that ends it, both included.
    public var head: [UInt8]
    /// What is known of the body.
    public var body: RecordedBody
    /// The trailer section byte for byte, without the empty line that ends it; usually empty.
    public var trailers: [UInt8]
    /// When the first byte was seen, in nanoseconds since the trace's epoch.
    public var firstByteTime: Int64
    /// When the last byte was seen, in nanoseconds since the trace's epoch.
    public var lastByteTime: Int64
    /// Whether every byte of the message was seen.
    public var isComplete: Bool

    /// Makes a message from its parts.
    public init(
        head: [UInt8],
        body: RecordedBody = .empty,
        trailers: [UInt8] = [],
        firstByteTime: Int64,
        lastByteTime: Int64,
        isComplete: Bool
    ) {
        self.head = head
        self.body = body
        self.trailers = trailers
        self.firstByteTime = firstByteTime
        self.lastByteTime = lastByteTime
        self.isComplete = isComplete
    }
}

/// A final response: a message with its status.
public struct RecordedResponse: Equatable, Sendable {
    /// The status code, 200 to 999; also 101, which is final for the connection's HTTP.
    public var status: UInt16
    /// The bytes.
    public var message: RecordedMessage

    /// Makes a response from its parts.
    public init(status: UInt16, message: RecordedMessage) {
        self.status = status
        self.message = message
    }
}

/// A 1xx response other than 101.
public struct InterimResponse: Equatable, Sendable {
    /// The head byte for byte, with the empty line that ends it.
    public var head: [UInt8]
    /// When its last byte was seen, in nanoseconds since the trace's epoch.
    public var time: Int64

    /// Makes an interim response from its parts.
    public init(head: [UInt8], time: Int64) {
        self.head = head
        self.time = time
    }
}

/// What a recording knows of a body: always its lengths and fingerprint, its bytes by option.
public struct RecordedBody: Equatable, Sendable {
    /// The bytes seen after removal of the transfer coding.
    public var length: UInt64
    /// The bytes seen on the wire, chunk framing and trailers included.
    public var wireLength: UInt64
    /// The fingerprint of the bytes seen; of no bytes when the body is empty.
    public var fingerprint: Fingerprint
    /// The bytes, when they were kept; `nil` when the recording's options left them out.
    public var bytes: [UInt8]?

    /// Makes a body from its parts.
    public init(length: UInt64, wireLength: UInt64, fingerprint: Fingerprint, bytes: [UInt8]?) {
        self.length = length
        self.wireLength = wireLength
        self.fingerprint = fingerprint
        self.bytes = bytes
    }

    /// No body at all.
    public static let empty = RecordedBody(
        length: 0,
        wireLength: 0,
        fingerprint: Fingerprint(of: []),
        bytes: []
    )
}

/// How a recorded exchange ended.
///
/// The raw values are those of the trace file.
public enum ExchangeEnd: UInt8, CaseIterable, Sendable {
    /// Request and response were both seen whole.
    case complete = 0
    /// The server closed the connection (FIN) before any byte of a response.
    case closedWithoutResponse = 1
    /// The server reset the connection before any byte of a response.
    case resetWithoutResponse = 2
    /// The connection ended inside the response.
    case responseTruncated = 3
    /// The client ended the connection before the request was whole.
    case requestTruncated = 4
    /// The client went away after a whole request and before a whole response.
    case abandonedByClient = 5
    /// The recording ended first.
    case cutByRecordingEnd = 6
    /// Bytes of this exchange are missing from the recording.
    case gap = 7
    /// The bytes of the response are not HTTP/1.x.
    case malformedResponse = 8
    /// The proxy could not reach the upstream and answered 502 in its place.
    case upstreamUnreachable = 9
    /// The answer came whole, and after it the connection left HTTP (CONNECT, Upgrade).
    case upgraded = 10
    /// The bytes of the request stopped being HTTP/1.x after its head.
    case malformedRequest = 11

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .complete: "complete"
        case .closedWithoutResponse: "closed-without-response"
        case .resetWithoutResponse: "reset-without-response"
        case .responseTruncated: "response-truncated"
        case .requestTruncated: "request-truncated"
        case .abandonedByClient: "abandoned-by-client"
        case .cutByRecordingEnd: "cut-by-recording-end"
        case .gap: "gap"
        case .malformedResponse: "malformed-response"
        case .upstreamUnreachable: "upstream-unreachable"
        case .upgraded: "upgraded"
        case .malformedRequest: "malformed-request"
        }
    }
}
