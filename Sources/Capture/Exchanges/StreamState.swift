internal import HTTPWire

/// How one direction of a connection is read.
struct StreamState<Decoder> {
    /// What the next bytes are taken for.
    enum Mode {
        /// The decoder knows what they are.
        case inSync
        /// Unknown until a message starts.
        case searching
        /// Counted and passed over, until the end.
        case ignoring(WritableKeyPath<ByteCounts, UInt64>)
    }

    /// Takes the messages apart; of use in mode `inSync`.
    var decoder: Decoder
    /// What the next bytes are taken for.
    var mode = Mode.searching
    /// Whether a head came since the search; before that the bytes may be no message at all.
    var isProven = false
    /// Whether bytes of a body, or the end of a message, are next.
    var isMessageOpen = false
    /// Whether bytes of the open message are missing.
    var hasGap = false
    /// The bytes of a head that is not whole yet.
    var headByteCount: UInt64 = 0
    /// When the first of them came.
    var headTime: Int64 = 0
    /// Whether the sender said that nothing more comes.
    var isEnded = false

    /// Starts without any knowledge of where the messages are.
    init(_ decoder: Decoder) {
        self.decoder = decoder
    }

    /// Whether the decoder knows what the next bytes are.
    var isInSync: Bool {
        if case .inSync = mode { true } else { false }
    }

    /// Goes on at the start of a message.
    mutating func synchronize(_ decoder: Decoder, isProven: Bool) {
        self.decoder = decoder
        mode = .inSync
        self.isProven = isProven
        headByteCount = 0
    }

    /// Notes bytes of a head that is not whole.
    mutating func passedInsideHead(_ byteCount: Int, at time: Int64) {
        guard byteCount > 0 else { return }
        if headByteCount == 0 { headTime = time }
        headByteCount += UInt64(byteCount)
    }

    /// Closes the head whose last bytes came; returns its length and when it began.
    mutating func takeHead(
        lastByteCount: Int,
        at time: Int64
    ) -> (byteCount: UInt64, firstByteTime: Int64) {
        passedInsideHead(lastByteCount, at: time)
        defer { headByteCount = 0 }
        isProven = true
        return (headByteCount, headTime)
    }

    /// Forgets the head that is not whole; returns how many bytes it had.
    mutating func dropHead() -> UInt64 {
        defer { headByteCount = 0 }
        return headByteCount
    }
}

/// How a decoder passed over missing bytes.
enum MissingBytesPassed {
    /// They were all inside the body.
    case insideBody
    /// They were the last of the body, and nothing else.
    case toTheEnd
    /// What they were can't be known.
    case unknown
}

/// Lets a decoder pass over bytes of a body that nobody saw.
///
/// Only the framing moves on, so this works inside a length or inside one chunk. Zeros stand in
/// for the bytes: they are no chunk framing, so a gap that reaches into it shows as an error.
///
/// - Parameters:
///   - byteCount: How many bytes are missing.
///   - next: Makes one step; returns whether it was the end of the message, or `nil` when more
///     bytes are needed.
/// - Returns: Where the decoder stands behind them.
func passMissingBytes(
    _ byteCount: UInt64,
    next: (Span<UInt8>, inout Int) throws(WireError) -> Bool?
) -> MissingBytesPassed {
    let zeros = [UInt8](repeating: 0, count: Int(min(byteCount, 1 << 16)))
    var left = byteCount
    while true {
        let count = Int(min(left, UInt64(zeros.count)))
        let piece = zeros.span.extracting(0..<count)
        var offset = 0
        do {
            while let isEnd = try next(piece, &offset) {
                if isEnd { return left == UInt64(offset) ? .toTheEnd : .unknown }
            }
        } catch {
            return .unknown
        }
        left -= UInt64(offset)
        if left == 0 { return .insideBody }
    }
}
