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

    private var framer: MessageFramer

    /// A decoder at the start of a connection, or of any message.
    public init(limits: DecoderLimits = DecoderLimits()) {
        framer = MessageFramer(limits: limits)
    }

    /// Whether the last request asked to leave HTTP, so that the bytes behind it mean nothing
    /// until its answer is known; `resume(inTunnel:)` goes on.
    public var isPaused: Bool { framer.state == .paused }

    /// Goes on behind a request that asked to leave HTTP.
    ///
    /// Traps when the decoder is not paused.
    public mutating func resume(inTunnel: Bool) {
        precondition(isPaused, "only a decoder that waits for an answer can be resumed")
        framer.state = inTunnel ? .tunnel : .head
    }

    /// Reads on from `offset` and moves it behind what was read.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that came.
    ///   - offset: Where to go on in them.
    /// - Returns: What was found, or `nil` when more bytes are needed or the decoder is paused.
    /// - Throws: `WireError` with the offset into the message.
    public mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> Event? {
        switch try framer.next(in: bytes, at: &offset) {
        case nil: return nil
        case .padding(let range): return .padding(range)
        case .head(let bytes):
            let head = try HeadParser.parseRequest(bytes)
            let framing = try BodyFraming(of: head)
            framer.beginBody(framing, then: head.asksToLeaveHTTP ? .paused : .head)
            return .head(head)
        case .body(.data(let range)): return .body(range)
        case .body(.trailers(let section)): return .trailers(section)
        case .body(.end): return .end
        case .opaque(let range): return .opaque(range)
        }
    }

    /// Says what the end of the connection means for the open request.
    public func inputEnded() -> EndOfInput { framer.endOfInput }
}
