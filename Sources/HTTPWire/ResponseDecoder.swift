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

    private var framer: MessageFramer

    /// A decoder at the start of a connection, or of any message.
    public init(limits: DecoderLimits = DecoderLimits()) {
        framer = MessageFramer(limits: limits)
    }

    /// Whether the decoder stands between two messages, with no byte of the next one.
    public var isBetweenMessages: Bool { framer.state == .head && !framer.isInsideHead }

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
        switch try framer.next(in: bytes, at: &offset) {
        case nil: return nil
        case .padding(let range): return .padding(range)
        case .head(let bytes):
            let head = try HeadParser.parseResponse(bytes)
            if head.status < 200 && head.status != 101 { return .interim(head) }
            let framing = try BodyFraming(of: head, answering: method)
            framer.beginBody(framing, then: framing == .tunnel ? .tunnel : .head)
            return .head(head)
        case .body(.data(let range)): return .body(range)
        case .body(.trailers(let section)): return .trailers(section)
        case .body(.end): return .end
        case .opaque(let range): return .opaque(range)
        }
    }

    /// Says what the end of the connection means for the open response.
    public func inputEnded() -> EndOfInput { framer.endOfInput }
}
