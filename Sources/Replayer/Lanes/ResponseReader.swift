import HTTPWire
import TraceFormat

/// Reads the responses of one live connection and keeps what an outcome says of them.
struct ResponseReader {
    /// What was read.
    enum Event: Equatable {
        /// A part of a response.
        case part
        /// The last byte of a response. The connection carries another one only if it is reusable.
        case ended(isReusable: Bool)
    }

    private var decoder = ResponseDecoder()
    private var head: ResponseHead?
    /// What was read of the body; `nil` as long as it is empty.
    private var body: Fingerprinter?
    private var bodyByteCount: UInt64 = 0

    /// Whether a response has begun and not ended.
    var isInsideMessage: Bool { head != nil || !decoder.isBetweenMessages }
    /// Whether the response is complete when the connection is closed.
    var endsWithConnection: Bool { decoder.inputEnded() == .bodyEnded }

    /// Reads on from `offset`; `nil` when more bytes are needed.
    mutating func read(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        answering method: AnsweredMethod
    ) throws(WireError) -> Event? {
        switch try decoder.next(in: bytes, at: &offset, answering: method) {
        case nil: return nil
        case .padding, .interim, .trailers, .opaque: return .part
        case .head(let head):
            self.head = head
            return .part
        case .body(let range):
            if body == nil { body = Fingerprinter() }
            body?.update(bytes, range)
            bodyByteCount += UInt64(range.count)
            return .part
        case .end:
            return .ended(isReusable: isReusable)
        }
    }

    private var isReusable: Bool {
        // In a tunnel no further answer could be told apart.
        guard let head, decoder.isBetweenMessages else { return false }
        return head.keepsConnectionAlive
    }

    /// Writes what is known of the response into the outcome, and is ready for the next one.
    mutating func describe(in outcome: inout Outcome, isWhole: Bool) {
        guard let head else { return }
        outcome.status = head.status
        outcome.responseHeadByteCount = UInt64(head.bytes.count)
        outcome.responseBodyByteCount = bodyByteCount
        if isWhole { outcome.fingerprint = body?.finish() ?? RecordedBody.empty.fingerprint }
        outcome.serverMilliseconds = head.fields["x-mik-duration-ms"].flatMap { UInt64($0) }
        outcome.requestID = head.fields["x-request-id"].map { String($0.prefix(128)) }
        self.head = nil
        body = nil
        bodyByteCount = 0
    }
}
