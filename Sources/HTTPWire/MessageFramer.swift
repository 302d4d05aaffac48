/// Finds where heads and bodies begin and end on one side of a connection: what requests and
/// responses have in common.
struct MessageFramer {
    /// What was found in the bytes.
    enum Step {
        /// Empty lines in front of a start line.
        case padding(Range<Int>)
        /// A whole head; `beginBody(_:then:)` says how it goes on, or else the next head follows.
        case head([UInt8])
        /// A part of a body, or its end.
        case body(BodyStep)
        /// Bytes of a connection that has left HTTP.
        case opaque(Range<Int>)
    }

    /// What the next bytes belong to, or stand for.
    enum State {
        /// A head, or empty lines in front of it.
        case head
        /// A body.
        case body
        /// Nothing that is known yet.
        case paused
        /// A connection that has left HTTP.
        case tunnel
    }

    /// What the next bytes belong to.
    var state = State.head
    private var stateBehindBody = State.head
    private var collector: HeadCollector
    private var body: BodyDecoder
    /// The bytes of the open message that were read, once its head is complete.
    private var messageByteCount = 0

    /// A framer in front of the first message.
    init(limits: DecoderLimits) {
        collector = HeadCollector(limit: limits.headByteCount)
        body = BodyDecoder(trailerLimit: limits.headByteCount)
    }

    /// Whether a part of a head is waiting for the rest.
    var isInsideHead: Bool { collector.isInsideHead }

    /// What the end of the connection means now.
    var endOfInput: EndOfInput {
        switch state {
        case .head: collector.isInsideHead ? .insideHead : .betweenMessages
        case .body: body.endsWithConnection ? .bodyEnded : .insideBody
        case .paused: .betweenMessages
        case .tunnel: .insideTunnel
        }
    }

    /// Goes on with the body of the head that was found last, and then with `next`.
    mutating func beginBody(_ framing: BodyFraming, then next: State) {
        body.begin(framing)
        state = .body
        stateBehindBody = next
    }

    /// Reads on from `offset`; `nil` when more bytes are needed or the framer is paused.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(WireError) -> Step? {
        let start = offset
        switch state {
        case .paused:
            return nil
        case .tunnel:
            guard start < bytes.count else { return nil }
            offset = bytes.count
            return .opaque(start..<offset)
        case .head:
            if !collector.isInsideHead {
                skipEmptyLines(bytes, at: &offset)
                if offset > start { return .padding(start..<offset) }
            }
            guard let head = try collector.collect(bytes, at: &offset) else { return nil }
            messageByteCount = head.count
            return .head(head)
        case .body:
            let step = try body.next(in: bytes, at: &offset, base: messageByteCount - start)
            messageByteCount += offset - start
            if case .end = step { state = stateBehindBody }
            return step.map { .body($0) }
        }
    }

    /// Skips line ends in front of a start line (RFC 9112, section 2.2), also halves of them.
    private func skipEmptyLines(_ bytes: Span<UInt8>, at offset: inout Int) {
        while offset < bytes.count,
            bytes[offset] == ByteClass.carriageReturn || bytes[offset] == ByteClass.lineFeed
        {
            offset += 1
        }
    }
}
