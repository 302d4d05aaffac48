internal import TraceFormat

/// Where a recording of live traffic writes to: one trace, or one after the other.
///
/// All traces of a recording have the same epoch. An exchange is in the trace that was open when
/// it ended.
struct RecordingOutput: ~Copyable {
    /// Creates a trace of the recording.
    typealias MakeTrace =
        @Sendable (TraceInfo, RecordingPart) throws(TraceError) -> TraceWriter

    private var trace: TraceWriter
    private var part: RecordingPart
    private var selector: ExchangeSelector
    private var redaction: RecordRedaction
    private var connections = PartConnections()
    /// What became of the exchanges of this part.
    private var partTally = ExchangeTally()
    /// What became of the exchanges of the parts before it.
    private var earlierTally = ExchangeTally()
    private var earlierByteCount: Int64 = 0
    private let info: TraceInfo
    private let rotation: Rotation?
    private let makeTrace: MakeTrace

    /// Creates the first trace.
    ///
    /// - Parameters:
    ///   - info: What every trace says of itself; its epoch is the start of the recording.
    ///   - selection: Which exchanges go into the traces.
    ///   - redaction: How secrets are kept out.
    ///   - rotation: When to go on in a new trace; `nil` never does.
    ///   - makeTrace: Creates the traces.
    /// - Throws: `TraceError`, when the first one can't be created.
    init(
        _ info: TraceInfo,
        selection: ExchangeSelection = ExchangeSelection(),
        redaction: RecordingRedaction?,
        rotation: Rotation?,
        makeTrace: @escaping MakeTrace
    ) throws(TraceError) {
        var info = info
        info.redaction = redaction.statement(keyWithout: "random")
        if rotation != nil {
            let identifier = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            info.notes["recording"] = identifier
            info.notes["part"] = "1"
        }
        self.info = info
        self.rotation = rotation
        self.makeTrace = makeTrace
        selector = ExchangeSelector(selection)
        self.redaction = RecordRedaction(drawingKeyFor: redaction)
        part = RecordingPart(number: 1, startTime: info.epoch)
        trace = try makeTrace(info, part)
    }

    /// The bytes of all traces so far.
    var byteCount: Int64 { earlierByteCount + trace.byteCount }

    /// How many exchanges all traces have.
    var exchangeCount: UInt64 { earlierTally.writtenCount + partTally.writtenCount }
    /// How many traces there are.
    var partCount: Int { part.number }

    /// Redacts and writes records, and goes on in a new trace when it is time.
    ///
    /// - Parameters:
    ///   - records: What the recorder has learnt.
    ///   - time: Now, in nanoseconds since the epoch.
    /// - Throws: `TraceError`; the trace is then written as far as it got.
    mutating func append(_ records: [TraceRecord], at time: Int64) throws(TraceError) {
        let chosen = selector.select(records)
        guard !chosen.isEmpty else { return }
        let records = rotation == nil ? chosen : chosen.flatMap { connections.records(for: $0) }
        try trace.append(records, redacting: &redaction, counting: &partTally)
        try rotateIfDue(at: time)
    }

    /// Writes all records so far to the file, and goes on in a new trace when it is time.
    mutating func flush(at time: Int64) throws(TraceError) {
        try trace.flush()
        try rotateIfDue(at: time)
    }

    /// Ends the last trace.
    ///
    /// - Parameter ledger: The account of the whole recording, without its exchanges.
    /// - Returns: The totals of the last trace.
    /// - Throws: `TraceError` when the trace can't be written.
    mutating func finish(ledger: Ledger) throws(TraceError) -> TraceSummary {
        try trace.finish(ledger: ledgers(ledger).part)
    }

    /// The account for the last trace, of which the exchanges are its own, and the whole one.
    func ledgers(_ ledger: Ledger) -> (part: Ledger, whole: Ledger) {
        var (last, whole) = (ledger, ledger)
        var tally = earlierTally
        tally.add(partTally)
        partTally.write(to: &last)
        tally.write(to: &whole)
        selector.write(to: &last)
        selector.write(to: &whole)
        redaction.write(to: &last)
        redaction.write(to: &whole)
        return (last, whole)
    }

    private mutating func rotateIfDue(at time: Int64) throws(TraceError) {
        let now = info.epoch &+ time
        guard let rotation,
            rotation.isDue(after: now &- part.startTime, byteCount: trace.byteCount)
        else { return }
        try trace.append(
            connections.endPart(at: time),
            redacting: &redaction,
            counting: &partTally
        )
        var ledger = Ledger()
        partTally.write(to: &ledger)
        _ = try trace.finish(ledger: ledger)
        earlierByteCount += trace.byteCount
        earlierTally.add(partTally)
        partTally = ExchangeTally()
        part = RecordingPart(number: part.number + 1, startTime: now)
        var info = info
        info.notes["part"] = "\(part.number)"
        trace = try makeTrace(info, part)
    }
}
