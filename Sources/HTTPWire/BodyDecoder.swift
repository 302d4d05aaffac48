/// Finds the bytes and the end of one message body, whatever its framing.
struct BodyDecoder {
    private enum State {
        case length(UInt64)
        case chunked(ChunkedDecoder)
        case untilClose
        case ended
    }

    /// What a step found.
    enum Step: Equatable {
        /// Bytes of the body, without transfer coding.
        case data(Range<Int>)
        /// The trailer section, without the empty line that ends it; only when there is one.
        case trailers([UInt8])
        /// The end of the body.
        case end
    }

    private var state: State

    /// A body that is framed in this way; a tunnel is no body.
    init(_ framing: BodyFraming, trailerLimit: Int) {
        switch framing {
        case .none, .tunnel: state = .ended
        case .length(let length): state = .length(length)
        case .chunked: state = .chunked(ChunkedDecoder(trailerLimit: trailerLimit))
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the body ends where the connection ends.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Reads on from `offset`; `nil` when more bytes are needed.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int,
        base: Int
    ) throws(WireError) -> Step? {
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
            let range = offset..<bytes.count
            offset = bytes.count
            return .data(range)
        case .chunked(var decoder):
            let step = try decoder.next(in: bytes, at: &offset, base: base)
            state = .chunked(decoder)
            switch step {
            case nil: return nil
            case .data(let range): return .data(range)
            case .end(let trailers):
                state = .ended
                return trailers.isEmpty ? .end : .trailers(trailers)
            }
        }
    }
}
