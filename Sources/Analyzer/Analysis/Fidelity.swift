internal import TraceFormat

/// How far what was sent is what the schedule asked for: whether a replay at 4x really was one.
///
/// By what leaves the client. That the target was slow shows too, as far as it kept requests of its
/// connections from leaving: users behind them would have waited as well.
public struct Fidelity: Equatable, Sendable {
    /// From the first request to the last, as they were due, in nanoseconds.
    public let dueDuration: Int64
    /// The same as they were sent, in nanoseconds.
    public let sentDuration: Int64
    /// How far the times between consecutive requests are from those that were due, in nanoseconds,
    /// without sign; `nil` with fewer than two requests.
    public let gapError: Spread?
    /// The most connections that were open at a time in the recording, and in the run; `nil` where a
    /// file does not say.
    public let recordedConnections: UInt64?
    public let openConnections: UInt64?

    /// By how much the run took longer than it should have, as a fraction; `nil` for no time.
    public var durationError: Double? {
        dueDuration > 0 ? Double(sentDuration) / Double(dueDuration) - 1 : nil
    }

    /// Looks at the requests that were sent, by ascending index; `nil` when there are fewer than two.
    init?(_ records: ContiguousArray<RequestRecord>, info: RunInfo, ending: RunEnding?) {
        // Those that are due at the same time stay in their order.
        let sent = records.compactMap { record in record.sent.map { (due: record.due, sent: $0) } }
            .ascending { UInt64(bitPattern: $0.due) ^ 1 << 63 }
        guard sent.count > 1, let first = sent.first, let last = sent.last,
            let firstSent = sent.lazy.map(\.sent).min(), let lastSent = sent.lazy.map(\.sent).max()
        else { return nil }
        dueDuration = last.due &- first.due
        sentDuration = lastSent &- firstSent
        gapError = Spread(
            zip(sent, sent.dropFirst()).map { earlier, later in
                let due = later.due &- earlier.due
                let real = later.sent &- earlier.sent
                return Int64(clamping: (real &- due).magnitude)
            }
        )
        recordedConnections = info.environment["recorded_peak_connections"].flatMap { UInt64($0) }
        let open = ending?.ledger["connections", "peak_open"] ?? 0
        openConnections = open > 0 ? open : nil
    }
}
