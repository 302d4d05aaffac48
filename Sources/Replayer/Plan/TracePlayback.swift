import TraceFormat

/// Plays the records of a trace in order of time, as often and as far as a selection says.
struct TracePlayback: ~Copyable {
    /// Opens the trace at its start.
    typealias Opening = @Sendable () throws(TraceError) -> TimeOrderedRecords

    private let selection: TraceSelection
    private let open: Opening
    private var records: TimeOrderedRecords
    /// The times in the trace that are played; its start is time zero of the replay.
    private let played: Range<Int64>
    /// How long one time through the trace takes, in nanoseconds of recorded time.
    private let period: Int64
    private var loop: UInt64 = 0
    private var copies: ConnectionCopies
    private var isAtEnd = false
    private var damageOfFirstLoop: [FileDamage] = []

    /// Plays a trace whose first request was recorded at `firstRequestTime`.
    init(
        _ selection: TraceSelection,
        firstRequestTime: Int64,
        seed: UInt64,
        keepsOrderOfCopies: Bool = false,
        open: @escaping Opening
    ) throws(TraceError) {
        self.selection = selection
        self.open = open
        records = try open()
        let summary = records.summary
        let lastTime = max(firstRequestTime, summary.lastTime ?? firstRequestTime)
        if let slice = selection.slice {
            let start = saturatingSum(firstRequestTime, slice.lowerBound)
            played = start..<max(start, saturatingSum(firstRequestTime, slice.upperBound))
        } else {
            played = firstRequestTime..<Int64.max
        }
        // The pause before the next time through is like those between its requests.
        let count = Int64(clamping: max(1, summary.exchanges))
        period =
            max(0, min(played.upperBound, lastTime) - played.lowerBound)
            + (lastTime - firstRequestTime) / count
        copies = ConnectionCopies(
            count: selection.multiplier,
            exchangeCount: summary.exchanges,
            seed: seed,
            shiftsTogether: keepsOrderOfCopies
        )
    }

    /// What of the trace could not be read so far, the first time through.
    var damage: [FileDamage] { loop == 0 ? records.damage : damageOfFirstLoop }

    /// The next record; `nil` at the end.
    mutating func next() throws(TraceError) -> PlayedRecord? {
        while true {
            if let next = copies.next(isLast: isAtEnd) { return next }
            if isAtEnd { return nil }
            guard let record = try records.next() else {
                try beginNextLoop()
                continue
            }
            add(record)
        }
    }

    private mutating func beginNextLoop() throws(TraceError) {
        if loop == 0 { damageOfFirstLoop = records.damage }
        loop += 1
        guard loop < selection.loopCount else {
            isAtEnd = true
            return
        }
        records = try open()
    }

    /// Adds a record to what is played, unless it is outside of the slice.
    private mutating func add(_ record: TimedRecord) {
        // What opened before a slice is opened by its first request there, and what closes after
        // it is closed at the end of the run.
        if selection.slice != nil, !played.contains(record.time) { return }
        let offset = Int64(clamping: loop).multipliedReportingOverflow(by: period)
        copies.add(
            record.record,
            at: saturatingSum(
                record.time - played.lowerBound,
                offset.overflow ? Schedule.limit : offset.partialValue
            ),
            index: record.exchangeIndex,
            loop: loop
        )
    }
}

/// The sum of two times, or the farthest time in its direction.
private func saturatingSum(_ first: Int64, _ second: Int64) -> Int64 {
    let (sum, overflow) = first.addingReportingOverflow(second)
    return overflow ? (second < 0 ? .min : .max) : sum
}
