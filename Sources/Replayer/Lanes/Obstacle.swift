/// What the target did to keep a lane's next request from leaving: a response that had not come, a
/// connection that was not accepted.
///
/// It tells how much of a request's lag is `blocked`. All times are nanoseconds since the start
/// of the run.
struct Obstacle {
    /// Since when requests have been kept from leaving; `nil` when nothing waits for anything.
    private var start: Int64?
    /// When the target last removed what was in the way.
    private var end = Int64.min
    /// The time that opening the current connection took, which is all that a pipelined request
    /// ever waits for.
    private var opening = 0..<0 as Range<Int64>

    /// Something is in the way from now on, unless something was already.
    mutating func begin(at time: Int64) {
        if start == nil { start = time }
    }

    /// Something has been in the way since this time and no earlier.
    mutating func begin(anewAt time: Int64) {
        start = time
    }

    /// The target has removed what was in the way.
    ///
    /// - Parameters:
    ///   - time: Now.
    ///   - isAwaited: Whether a request waits, which has then been kept from leaving all along.
    mutating func end(at time: Int64, isAwaited: Bool) {
        end = time
        if !isAwaited { start = nil }
    }

    /// The connection was accepted that was asked for at the start of this time.
    mutating func opened(in time: Range<Int64>) {
        opening = time
    }

    /// How much of the time from due to sent the target kept a request from leaving.
    func blocked(from due: Int64, to sent: Int64, isPipelined: Bool = false) -> Int64 {
        if isPipelined { return overlap(due, sent, opening.lowerBound, opening.upperBound) }
        guard let start else { return 0 }
        return overlap(due, sent, start, end)
    }

    private func overlap(
        _ start: Int64,
        _ end: Int64,
        _ otherStart: Int64,
        _ otherEnd: Int64
    ) -> Int64 {
        let (start, end) = (max(start, otherStart), min(end, otherEnd))
        return end > start ? end - start : 0
    }
}
