/// How large the parts of a message may be that have to be held in memory.
public struct DecoderLimits: Equatable, Sendable {
    /// The longest head, and the longest trailer section, in bytes.
    public var headByteCount: Int

    /// Limits that are wider than those of the servers in use; hyper stops at 408 KiB.
    public init(headByteCount: Int = 1 << 20) {
        self.headByteCount = headByteCount
    }
}

/// What a decoder says when the connection ends.
public enum EndOfInput: Equatable, Sendable {
    /// No message was open.
    case betweenMessages
    /// The body that goes on until the connection is closed is now complete.
    case bodyEnded
    /// The connection ended inside a head.
    case insideHead
    /// The connection ended inside a body.
    case insideBody
    /// The connection had left HTTP.
    case insideTunnel
}

/// Takes the requests of one connection apart, whatever the pieces in which their bytes come.
///
/// Call `next(in:at:)` until it returns `nil`, then come again with the bytes that follow.
/// Sans-IO: it holds a part of a head at most. After an error the decoder is of no more use: what
/// follows can't be framed.
public struct RequestDecoder: Sendable {
    /// What was found in the bytes.
    ///
    /// Ranges are offsets into the bytes of that call.
    public enum Event: Equatable, Sendable {
        /// Empty lines in front of a request, which are to be ignored (RFC 9112, section 2.2).
        case padding(Range<Int>)
        /// A whole head.
        case head(RequestHead)
        /// Bytes of the body, without transfer coding.
        case body(Range<Int>)
        /// The trailer section, without the empty line that ends it; only when there is one.
        case trailers([UInt8])
        /// The end of the request.
        case end
        /// Bytes of a connection that has left HTTP.
        case opaque(Range<Int>)
    }

    private enum State {
        case head
        case body(BodyDecoder, asksToLeave: Bool)
        case paused
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

    /// Whether the last request asked to leave HTTP, so that the bytes behind it mean nothing
    /// until its answer is known; `resume(inTunnel:)` goes on.
    public var isPaused: Bool {
        if case .paused = state { true } else { false }
    }

    /// Goes on behind a request that asked to leave HTTP.
    public mutating func resume(inTunnel: Bool) {
        precondition(isPaused, "only a decoder that waits for an answer can be resumed")
        state = inTunnel ? .tunnel : .head
    }

    /// Reads on from `offset` and moves it behind what was read; `nil` when more bytes are needed
    /// or the decoder is paused.
    public mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> Event? {
        let start = offset
        let event = try decode(bytes, at: &offset)
        messageByteCount = event == .end ? 0 : messageByteCount + offset - start
        return event
    }

    private mutating func decode(
        _ bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> Event? {
        switch state {
        case .paused:
            return nil
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
            let request = try HeadParser.parseRequest(head)
            let body = BodyDecoder(
                try BodyFraming(of: request),
                trailerLimit: limits.headByteCount
            )
            state = .body(body, asksToLeave: request.asksToLeaveHTTP)
            return .head(request)
        case .body(var body, let asksToLeave):
            let base = messageByteCount - offset
            let step = try body.next(in: bytes, at: &offset, base: base)
            state = .body(body, asksToLeave: asksToLeave)
            switch step {
            case nil: return nil
            case .data(let range): return .body(range)
            case .trailers(let section): return .trailers(section)
            case .end:
                state = asksToLeave ? .paused : .head
                return .end
            }
        }
    }

    /// Says what the end of the connection means for the open request.
    public func inputEnded() -> EndOfInput {
        switch state {
        case .head: collector.isInsideHead ? .insideHead : .betweenMessages
        case .body: .insideBody
        case .paused: .betweenMessages
        case .tunnel: .insideTunnel
        }
    }
}

/// Skips line ends in front of a start line; `nil` when there are none.
func skipEmptyLines(_ bytes: Span<UInt8>, at offset: inout Int) -> Range<Int>? {
    let start = offset
    while offset < bytes.count,
        bytes[offset] == ByteClass.carriageReturn || bytes[offset] == ByteClass.lineFeed
    {
        offset += 1
    }
    return offset > start ? start..<offset : nil
}
