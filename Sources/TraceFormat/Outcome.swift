/// What one request of the plan did in a replay.
///
/// All times are nanoseconds of a monotonic clock since the start of the run.
public struct Outcome: Equatable, Sendable {
    /// The exchange's position in the trace in order of request time, from 0.
    ///
    /// The same request has the same index in every replay of the trace, so runs are paired by it.
    public var index: UInt64
    /// The recorded connection.
    public var connection: UInt64
    /// The position on the recorded connection, from 0.
    public var sequence: UInt64
    /// The live connection that carried it, from 0 in order of opening; `nil` if never sent.
    public var liveConnection: UInt64?
    /// The request's method, as in its head.
    public var method: String
    /// The request target, as in its head; bytes that are not UTF-8 show as U+FFFD.
    public var target: String
    /// When the request should have started: recorded time ÷ speed.
    public var due: Int64
    /// When its first byte was handed to the kernel, or when the attempt to connect for it was
    /// given up; `nil` if it was never attempted.
    public var sent: Int64?
    /// When the first byte of the response came.
    public var firstByte: Int64?
    /// When the response was whole, or the failure was seen, or the request was given up.
    public var end: Int64?
    /// The part of `sent − due` that was spent waiting for the target: for the previous response
    /// on the same connection, or for a connection to be accepted.
    public var blocked: Int64
    /// How long it took to open the connection, with its encryption, if this is the first request
    /// on it.
    public var connectDuration: Int64?
    /// How much of `connectDuration` the handshake of the encryption took, if there was one.
    public var handshakeDuration: Int64?
    /// How it ended.
    public var result: Result
    /// The status code, if a status line came, whatever happened afterwards.
    public var status: UInt16?
    /// Bytes sent: head and body.
    public var requestByteCount: UInt64
    /// Bytes of the response head.
    public var responseHeadByteCount: UInt64
    /// Bytes of the response body after removal of the transfer coding.
    public var responseBodyByteCount: UInt64
    /// The fingerprint of the response body, if it came whole.
    public var fingerprint: Fingerprint?
    /// The fingerprint of what the response body held under its one content coding (gzip, or deflate
    /// in zlib's wrapping), if it came whole, was undamaged, and was no longer than `codedBodyLimit`
    /// before and `contentLimit` after.
    public var contentFingerprint: Fingerprint?
    /// The server's own word on how long it took (`x-mik-duration-ms`), in milliseconds.
    public var serverMilliseconds: UInt64?
    /// The server's identifier of the request (`x-request-id`), to find it in the server's log.
    public var requestID: String?
    /// The fields of the response that the replay was to keep, line by line as they came, each with
    /// its line end; at most `keptFieldsLimit` bytes.
    public var keptFields: [UInt8]
    /// The bytes of the response body without its transfer coding, if the replay was to keep them,
    /// it came whole and they are at most `keptBodyLimit`.
    public var keptBody: [UInt8]?
    /// The status in the recording, if there was a response.
    public var recordedStatus: UInt16?
    /// The fingerprint of the response body in the recording, if it was whole.
    public var recordedFingerprint: Fingerprint?
    /// The fingerprint of what that body held if it was gzip'd, as far as the trace has its bytes; within
    /// the same limits.
    public var recordedContentFingerprint: Fingerprint?

    /// How a request ended.
    ///
    /// `sent = completed + failed + censored`, exactly.
    public enum Result: Equatable, Sendable {
        /// A whole response came, whatever its status.
        case completed
        /// It is known to have failed.
        case failed(Failure)
        /// It was sent and given up before its end was known; it took at least `end − due`.
        case censored(Censoring)
        /// It was never sent.
        case unsent(UnsentReason)
    }

    /// A known failure, by the phase in which it happened.
    ///
    /// The raw values are those of the file.
    public enum Failure: UInt8, CaseIterable, Sendable {
        /// The target refused the connection.
        case connectionRefused = 0
        /// No route to the target, or another reason of the system.
        case connectFailed = 1
        /// The connection was closed (FIN) before any byte of the response.
        case closedWithoutResponse = 2
        /// The connection was reset before any byte of the response.
        case resetWithoutResponse = 3
        /// The connection ended inside the response.
        case responseTruncated = 4
        /// The response is not HTTP/1.x.
        case malformedResponse = 5
        /// No connection within the time limit.
        case connectTimeout = 6
        /// The connection was opened, and the two sides did not agree on its encryption.
        case tlsFailed = 7
    }

    /// Why the end of a sent request is not known.
    ///
    /// The raw values are those of the file.
    public enum Censoring: UInt8, CaseIterable, Sendable {
        /// No whole response within `--timeout`.
        case timeout = 0
        /// The run was stopped while the request was in flight.
        case interrupted = 1
    }

    /// Why a request was never sent.
    ///
    /// The raw values are those of the file.
    public enum UnsentReason: UInt8, CaseIterable, Sendable {
        /// The run was stopped first.
        case interrupted = 0
        /// The recording does not have the whole request.
        case incompleteRecording = 1
        /// This client had no descriptor, port or memory left to open a connection.
        case clientExhausted = 2
        /// It could only have left later than the user's limit allows (`--late-limit`).
        case tooLate = 3
    }

    /// Makes an outcome of a request that was never sent; everything else is filled in later.
    public init(
        index: UInt64,
        connection: UInt64,
        sequence: UInt64,
        method: String,
        target: String,
        due: Int64,
        result: Result = .unsent(.interrupted)
    ) {
        self.index = index
        self.connection = connection
        self.sequence = sequence
        self.method = method
        self.target = target
        self.due = due
        self.blocked = 0
        self.result = result
        self.requestByteCount = 0
        self.responseHeadByteCount = 0
        self.responseBodyByteCount = 0
        self.keptFields = []
    }

    /// No outcome keeps more bytes of fields than this; lines that go over it are left out.
    public static let keptFieldsLimit = 8192
    /// No longer body is kept.
    public static let keptBodyLimit = 256 << 10
    /// No longer body is looked into for its content.
    public static let codedBodyLimit = keptBodyLimit
    /// No longer content of a body is looked at, however short its compressed form is.
    public static let contentLimit = 4 << 20
}

extension Outcome {
    /// The headline latency, free of coordinated omission: `end − due`.
    public var responseTime: Int64? { end.map { $0 - due } }
    /// The uncorrected latency: `end − sent`.
    public var serviceTime: Int64? {
        guard let end, let sent else { return nil }
        return end - sent
    }
    /// How late the request left: `sent − due`.
    public var lag: Int64? { sent.map { $0 - due } }
    /// The part of the lag that is the replayer's own.
    public var clientLag: Int64? { lag.map { $0 - blocked } }

    /// The value of the first kept field with this name, without the white space around it; bytes
    /// that are not UTF-8 show as U+FFFD.
    public func keptField(_ lowercasedName: String) -> String? {
        FieldLines(keptFields).value(of: lowercasedName)
    }
}

extension Outcome.Failure {
    /// Whether no connection came about, so that the target never saw the request.
    public var isConnectFailure: Bool {
        switch self {
        case .connectionRefused, .connectFailed, .connectTimeout, .tlsFailed: true
        case .closedWithoutResponse, .resetWithoutResponse, .responseTruncated,
            .malformedResponse:
            false
        }
    }

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .connectionRefused: "connection-refused"
        case .connectFailed: "connect-failed"
        case .closedWithoutResponse: "closed-without-response"
        case .resetWithoutResponse: "reset-without-response"
        case .responseTruncated: "response-truncated"
        case .malformedResponse: "malformed-response"
        case .connectTimeout: "connect-timeout"
        case .tlsFailed: "tls-failed"
        }
    }
}

extension Outcome.Censoring {
    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .timeout: "timeout"
        case .interrupted: "interrupted"
        }
    }
}

extension Outcome.UnsentReason {
    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .interrupted: "interrupted"
        case .incompleteRecording: "incomplete-recording"
        case .clientExhausted: "client-exhausted"
        case .tooLate: "too-late"
        }
    }
}
