/// Takes the responses of one connection apart, whatever the pieces in which their bytes come.
///
/// Call `next(in:at:answering:)` until it returns `nil`, then come again with the bytes that
/// follow. Sans-IO: it holds a part of a head at most. After an error the decoder is of no more
/// use: what follows can't be framed.
public struct ResponseDecoder: Sendable {
    /// What was found in the bytes.
    ///
    /// Ranges are offsets into the bytes of that call.
    public enum Event: Equatable, Sendable {
        /// Empty lines in front of a status line, which are ignored.
        case padding(Range<Int>)
        /// A 1xx response other than 101; the final one is still to come.
        case interim(ResponseHead)
        /// The head of a final response.
        case head(ResponseHead)
        /// Bytes of the body, without transfer coding.
        case body(Range<Int>)
        /// The trailer section, without the empty line that ends it; only when there is one.
        case trailers([UInt8])
        /// The end of the response.
        case end
        /// Bytes of a connection that has left HTTP.
        case opaque(Range<Int>)
    }

    private enum State {
        case head
        case body(BodyDecoder, leavesHTTP: Bool)
        case tunnel
    }

    private var state = State.head
    private var collector: HeadCollector
    private let limits: DecoderLimits
    /// The bytes of the open message that earlier calls took.
    private var messageByteCount = 0

    /// A decoder at the start of a connection, or of any message.
    public init(limits: DecoderLimits = DecoderLimits()) {
        self.limits = limits
        collector = HeadCollector(limit: limits.headByteCount)
    }

    /// Whether the decoder stands between two messages, with no byte of the next one.
    public var isBetweenMessages: Bool {
        if case .head = state { !collector.isInsideHead } else { false }
    }

    /// Reads on from `offset` and moves it behind what was read.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that came.
    ///   - offset: Where to go on in them.
    ///   - method: What the request was that is answered; looked at when a head is complete.
    /// - Returns: What was found, or `nil` when more bytes are needed.
    /// - Throws: `WireError` with the offset into the message.
    public mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int,
        answering method: AnsweredMethod
    ) throws(WireError) -> Event? {
        let start = offset
        let event = try decode(bytes, at: &offset, answering: method)
        switch event {
        case .end, .interim: messageByteCount = 0
        default: messageByteCount += offset - start
        }
        return event
    }

    private mutating func decode(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        answering method: AnsweredMethod
    ) throws(WireError) -> Event? {
        switch state {
        case .tunnel:
            guard offset < bytes.count else { return nil }
            defer { offset = bytes.count }
            return .opaque(offset..<bytes.count)
        case .head:
            if !collector.isInsideHead, let padding = skipEmptyLines(bytes, at: &offset) {
                messageByteCount = -padding.count
                return .padding(padding)
            }
            guard offset < bytes.count, let head = try collector.collect(bytes, at: &offset) else {
                return nil
            }
            return try begin(HeadParser.parseResponse(head), answering: method)
        case .body(var body, let leavesHTTP):
            let base = messageByteCount - offset
            let step = try body.next(in: bytes, at: &offset, base: base)
            state = .body(body, leavesHTTP: leavesHTTP)
            switch step {
            case nil: return nil
            case .data(let range): return .body(range)
            case .trailers(let section): return .trailers(section)
            case .end:
                state = leavesHTTP ? .tunnel : .head
                return .end
            }
        }
    }

    private mutating func begin(
        _ head: ResponseHead,
        answering method: AnsweredMethod
    ) throws(WireError) -> Event {
        if head.status < 200 && head.status != 101 { return .interim(head) }
        let framing = try BodyFraming(of: head, answering: method)
        let body = BodyDecoder(framing, trailerLimit: limits.headByteCount)
        state = .body(body, leavesHTTP: framing == .tunnel)
        return .head(head)
    }

    /// Says what the end of the connection means for the open response.
    public func inputEnded() -> EndOfInput {
        switch state {
        case .head: collector.isInsideHead ? .insideHead : .betweenMessages
        case .body(let body, _): body.endsWithConnection ? .bodyEnded : .insideBody
        case .tunnel: .insideTunnel
        }
    }
}
