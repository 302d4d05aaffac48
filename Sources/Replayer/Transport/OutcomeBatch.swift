import TraceFormat

/// Collects the outcomes of one event loop and hands them to the sink, many at a time.
struct OutcomeBatch {
    private static let count = 128
    /// How often what there is goes to the file, in nanoseconds.
    private static let flushInterval: Int64 = 1_000_000_000

    private let sink: OutcomeSink
    private var outcomes: [Outcome] = []
    /// When the outcomes so far should be safe in the file next.
    private var nextFlush: Int64 = 0

    init(sink: OutcomeSink) {
        self.sink = sink
    }

    mutating func append(_ outcome: consuming Outcome) {
        outcomes.append(outcome)
        if outcomes.count == Self.count { flush() }
    }

    /// Hands over what there is.
    mutating func flush() {
        guard !outcomes.isEmpty else { return }
        sink.append(outcomes)
        outcomes = []
        outcomes.reserveCapacity(Self.count)
    }

    /// Hands over what there is, and sees to it that little is lost if the program is killed.
    mutating func keepSafe(at time: Int64) {
        flush()
        guard time >= nextFlush else { return }
        nextFlush = time + Self.flushInterval
        sink.flush()
    }
}
