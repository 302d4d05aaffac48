/// How a request's body leaves, where it does not leave in one piece with the head.
struct BodyDelivery: Equatable, Sendable {
    /// Where the body begins in the bytes of the request.
    var offset: Int
    /// Whether the request has `Expect: 100-continue`, and its body waits for the target's word
    /// (RFC 9110, section 10.1.1).
    var awaitsContinue: Bool
    /// How long after the head the last byte is to leave, in nanoseconds.
    var duration: Int64
}

/// A request whose head was sent and whose body is still to leave.
struct Upload {
    /// What is to happen with the body now.
    enum Step: Equatable {
        /// Send this part of the request's bytes.
        case send(Range<Int>)
        /// Nothing until this time.
        case waitUntil(Int64)
        /// Nothing any more.
        case done
    }

    /// How long a target is given to answer an expectation, in nanoseconds.
    ///
    /// Not all of them do, so nobody should wait for ever (RFC 9110, section 10.1.1).
    static let patience: Int64 = 1_000_000_000
    /// How often a part of a slow body leaves, in nanoseconds.
    static let interval: Int64 = 10_000_000

    private let delivery: BodyDelivery
    private let end: Int
    private var offset: Int
    /// When the body begins to leave.
    private var start: Int64

    /// The head of a request of `byteCount` bytes was sent at a time.
    init(_ delivery: BodyDelivery, byteCount: Int, at time: Int64) {
        self.delivery = delivery
        end = byteCount
        offset = delivery.offset
        start = delivery.awaitsContinue ? time + Self.patience : time
    }

    /// Whether the whole body has left.
    var isDone: Bool { offset == end }

    /// The target wants the body (100, RFC 9110, section 15.2.1).
    mutating func goAhead(at time: Int64) {
        start = min(start, time)
    }

    /// What to do now.
    mutating func nextStep(at time: Int64) -> Step {
        guard offset < end else { return .done }
        guard time >= start else { return .waitUntil(start) }
        let elapsed = time - start
        let due = dueOffset(after: elapsed)
        guard due > offset else {
            let next = (elapsed / Self.interval + 1) * Self.interval
            return .waitUntil(start + min(next, delivery.duration))
        }
        defer { offset = due }
        return .send(offset..<due)
    }

    /// Up to where the bytes are to have left after a time: they leave evenly.
    private func dueOffset(after elapsed: Int64) -> Int {
        guard elapsed < delivery.duration else { return end }
        let share = Double(elapsed) / Double(delivery.duration)
        return delivery.offset + Int(share * Double(end - delivery.offset))
    }
}
