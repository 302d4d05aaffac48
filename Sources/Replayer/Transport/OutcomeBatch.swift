import TraceFormat

/// Collects the outcomes of one event loop and hands them to the sink, many at a time.
struct OutcomeBatch {
    private static let count = 128
    /// How often what there is goes to the file, in nanoseconds.
    private static let flushInterval: Int64 = 1_000_000_000

    private let sink: OutcomeSink
    private var finished = FinishedRequests()
    /// When the outcomes so far should be safe in the file next.
    private var nextFlush: Int64 = 0

    init(sink: OutcomeSink) {
        self.sink = sink
    }

    /// Adds an outcome, and the body of its response if that is to be looked into, as far as there is
    /// room for it.
    mutating func append(_ outcome: consuming Outcome, _ body: CodedBody? = nil) {
        let body = body.flatMap { sink.bodyRoom.take($0.bytes.count) ? $0 : nil }
        finished.append(outcome, body)
        if finished.count == Self.count { flush() }
    }

    /// Hands over what there is.
    mutating func flush() {
        guard !finished.isEmpty else { return }
        sink.append(finished)
        finished = FinishedRequests(capacity: Self.count)
    }

    /// Hands over what there is, and sees to it that little is lost if the program is killed.
    mutating func keepSafe(at time: Int64) {
        flush()
        guard time >= nextFlush else { return }
        nextFlush = time + Self.flushInterval
        sink.flush()
    }
}
