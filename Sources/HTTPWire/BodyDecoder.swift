/// What a decoder of a body found.
enum BodyStep: Equatable {
    /// Bytes of the body, without transfer coding.
    case data(Range<Int>)
    /// The trailer section, without the empty line that ends it; only when there is one.
    case trailers([UInt8])
    /// The end of the body.
    case end
}

/// Finds the bytes and the end of one message body after the other, whatever their framing.
struct BodyDecoder {
    private enum State {
        case length(UInt64)
        case chunked
        case untilClose
        case ended
    }

    private var state = State.ended
    private var chunks: ChunkedDecoder
    private let trailerLimit: Int

    /// No body yet; trailer sections may be `trailerLimit` bytes long.
    init(trailerLimit: Int) {
        self.trailerLimit = trailerLimit
        chunks = ChunkedDecoder(trailerLimit: trailerLimit)
    }

    /// Starts a body that is framed in this way; a tunnel is no body.
    mutating func begin(_ framing: BodyFraming) {
        switch framing {
        case .none, .tunnel: state = .ended
        case .length(let length): state = .length(length)
        case .chunked:
            state = .chunked
            chunks = ChunkedDecoder(trailerLimit: trailerLimit)
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the body ends where the connection ends.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Reads on from `offset`; `nil` when more bytes are needed.
    ///
    /// `base` is where `bytes` begins in the message, for errors.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int,
        base: Int
    ) throws(WireError) -> BodyStep? {
        switch state {
        case .ended:
            return .end
        case .length(let left):
            guard offset < bytes.count else { return nil }
            let count = Int(min(left, UInt64(bytes.count - offset)))
            let range = offset..<offset + count
            offset += count
            state = UInt64(count) == left ? .ended : .length(left - UInt64(count))
            return .data(range)
        case .untilClose:
            guard offset < bytes.count else { return nil }
            defer { offset = bytes.count }
            return .data(offset..<bytes.count)
        case .chunked:
            return try chunks.next(in: bytes, at: &offset, base: base)
        }
    }
}
