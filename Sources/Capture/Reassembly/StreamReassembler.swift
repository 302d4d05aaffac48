internal import HTTPWire

/// Puts the bytes that one end of a TCP connection sent back in order.
///
/// Places in the stream are counted in 64 bits from the first byte, so they never wrap. Of bytes
/// that were seen twice, the first copy wins. What can't be given out yet is kept, in order.
struct StreamReassembler {
    /// Bytes that were seen before their turn.
    struct Waiting: Equatable {
        /// The place of the first byte.
        var offset: Int64
        /// The bytes; none when it is only the end of the stream.
        var bytes: [UInt8]
        /// Whether the stream ends here (FIN).
        var isEnd: Bool
        /// How far the sender had received the other stream when it sent this, so that it must
        /// not be given out before those bytes.
        var cause: Int64
        /// When it was seen.
        var time: Int64

        /// The place behind the last byte.
        var endOffset: Int64 { offset + Int64(bytes.count) }
    }

    /// How many bytes came to what.
    struct Counts: Equatable {
        /// Seen again, the same as before or no longer at hand to be compared.
        var retransmitted: UInt64 = 0
        /// Seen again, and different from the first copy, which was kept.
        var differing: UInt64 = 0
        /// From before the place at which the recording joined the stream.
        var beforeStart: UInt64 = 0
        /// Behind the end that the sender declared.
        var afterEnd: UInt64 = 0
        /// The number of places at which bytes were missing.
        var gaps: UInt64 = 0
        /// The bytes that were missing.
        var missing: UInt64 = 0

        /// Adds what another stream counted.
        mutating func add(_ other: Counts) {
            retransmitted += other.retransmitted
            differing += other.differing
            beforeStart += other.beforeStart
            afterEnd += other.afterEnd
            gaps += other.gaps
            missing += other.missing
        }
    }

    /// What happened to the bytes so far.
    private(set) var counts = Counts()
    /// The place up to which everything was given out, or declared missing.
    private(set) var position: Int64 = 0
    /// Whether the end of the stream was reached.
    private(set) var isEnded = false
    /// The bytes that wait, and a charge for each of their pieces.
    private(set) var waitingByteCount = 0
    private var waiting = PopQueue<Waiting>()
    private var start: SequenceNumber?
    private var endOffset: Int64?

    /// What is charged for a piece besides its bytes: enough that a limit on the sum also limits
    /// how many tiny pieces have to be kept in order.
    private static let pieceByteCount = 512

    /// Whether the place of the first byte is known.
    var isStarted: Bool { start != nil }
    /// The piece that comes next among those seen too early.
    var nextWaiting: Waiting? { waiting.first }

    /// Says which sequence number the first byte has.
    mutating func start(at sequence: SequenceNumber) {
        precondition(start == nil, "a stream was started twice")
        start = sequence
    }

    /// The place in the stream that a sequence number means, the nearest one to the current place.
    func offset(of sequence: SequenceNumber) -> Int64 {
        guard let start else { preconditionFailure("the stream was not started") }
        return position + sequence.distance(from: start.advanced(by: position))
    }

    /// Takes bytes that were seen now.
    ///
    /// - Parameters:
    ///   - bytes: The payload.
    ///   - offset: The place of its first byte.
    ///   - isEnd: Whether the stream ends behind it.
    ///   - cause: How far the sender had received the other stream.
    ///   - otherPosition: How far the other stream was given out.
    ///   - time: When it was seen.
    /// - Returns: The part that is to be given out now; everything else was counted or is kept.
    mutating func receive(
        _ bytes: Span<UInt8>,
        at offset: Int64,
        isEnd: Bool,
        cause: Int64,
        otherPosition: Int64,
        time: Int64
    ) -> Range<Int>? {
        if !isEnd, offset == position, waiting.isEmpty, cause <= otherPosition, endOffset == nil {
            position += Int64(bytes.count)
            return 0..<bytes.count
        }
        var range = dropDelivered(0..<bytes.count, at: offset)
        range = dropAfterEnd(range, at: offset)
        if isEnd { keepEnd(at: offset + Int64(bytes.count), cause: cause, time: time) }
        guard !range.isEmpty else { return nil }
        let first = offset + Int64(range.lowerBound)
        let isClear = waiting.first.map { $0.offset >= first + Int64(range.count) } ?? true
        if first == position, isClear, cause <= otherPosition {
            position += Int64(range.count)
            return range
        }
        keep(bytes, range, at: offset, cause: cause, time: time)
        return nil
    }

    /// Takes the next piece if it is its turn.
    ///
    /// - Parameter otherPosition: How far the other stream was given out; `nil` gives the piece
    ///   out whatever its cause.
    /// - Returns: The piece, or `nil` when there is none or it has to wait.
    mutating func popWaiting(otherPosition: Int64?) -> Waiting? {
        guard let next = waiting.first, next.offset <= position,
            otherPosition.map({ next.cause <= $0 }) ?? true
        else { return nil }
        _ = waiting.popFirst()
        waitingByteCount -= next.bytes.count + Self.pieceByteCount
        position = next.endOffset
        if next.isEnd {
            // FIN has a sequence number of its own.
            position += 1
            isEnded = true
        }
        return next
    }

    /// Gives up on the bytes in front of `offset`, which must not be among those waiting.
    ///
    /// Returns how many they were.
    mutating func declareMissing(upTo offset: Int64) -> UInt64 {
        precondition(offset > position, "a gap of no bytes was declared")
        precondition(
            waiting.first.map { $0.offset >= offset } ?? true,
            "bytes at hand were given up"
        )
        let byteCount = UInt64(offset - position)
        position = offset
        counts.gaps += 1
        counts.missing += byteCount
        return byteCount
    }

    // MARK: - Sorting in

    /// Cuts off what was given out before, or lies before the start.
    private mutating func dropDelivered(_ range: Range<Int>, at offset: Int64) -> Range<Int> {
        guard offset < position else { return range }
        let dropped = min(Int64(range.count), position - offset)
        let early = min(dropped, max(0, -offset))
        counts.beforeStart += UInt64(early)
        counts.retransmitted += UInt64(dropped - early)
        return Int(dropped)..<range.upperBound
    }

    /// Cuts off what lies behind the declared end.
    private mutating func dropAfterEnd(_ range: Range<Int>, at offset: Int64) -> Range<Int> {
        guard let endOffset, offset + Int64(range.upperBound) > endOffset else { return range }
        let end = Int(max(Int64(range.lowerBound), endOffset - offset))
        counts.afterEnd += UInt64(range.upperBound - end)
        return range.lowerBound..<end
    }

    private mutating func keepEnd(at offset: Int64, cause: Int64, time: Int64) {
        // Bytes behind the end were seen before it: then the end is the lie.
        let last = waiting.isEmpty ? position : waiting[waiting.count - 1].endOffset
        guard endOffset == nil, offset >= max(last, position) else { return }
        endOffset = offset
        insert(
            Waiting(offset: offset, bytes: [], isEnd: true, cause: cause, time: time),
            at: waiting.count
        )
    }

    /// Keeps those bytes of `range` that are not waiting already.
    private mutating func keep(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        at offset: Int64,
        cause: Int64,
        time: Int64
    ) {
        var next = range.lowerBound
        var index = firstIndex(endingBehind: offset + Int64(next))
        while next < range.upperBound {
            let place = offset + Int64(next)
            let other = index < waiting.count ? waiting[index] : nil
            let free = other.map { $0.offset - place } ?? Int64.max
            if free > 0 {
                let end = Int(min(Int64(range.upperBound), Int64(next) &+ min(free, 1 << 40)))
                let piece = bytes.copy(next..<end)
                insert(
                    Waiting(offset: place, bytes: piece, isEnd: false, cause: cause, time: time),
                    at: index
                )
                next = end
            } else if let other {
                let end = Int(min(Int64(range.upperBound), other.endOffset - offset))
                countSecondCopy(bytes, next..<end, of: other, at: Int(place - other.offset))
                next = end
            }
            index += 1
        }
    }

    private mutating func countSecondCopy(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        of first: Waiting,
        at start: Int
    ) {
        var isEqual = true
        for index in 0..<range.count
        where bytes[range.lowerBound + index] != first.bytes[start + index] {
            isEqual = false
            break
        }
        if isEqual {
            counts.retransmitted += UInt64(range.count)
        } else {
            counts.differing += UInt64(range.count)
        }
    }

    /// The index of the first waiting piece that ends behind `offset`.
    private func firstIndex(endingBehind offset: Int64) -> Int {
        var (low, high) = (0, waiting.count)
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle].endOffset > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func insert(_ piece: Waiting, at index: Int) {
        waiting.insert(piece, at: index)
        waitingByteCount += piece.bytes.count + Self.pieceByteCount
    }
}
