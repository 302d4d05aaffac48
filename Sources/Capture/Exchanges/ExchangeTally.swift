internal import TraceFormat

/// Counts what became of exchanges: how they ended, or that they did not fit into the trace.
struct ExchangeTally {
    private var ends = [UInt64](repeating: 0, count: ExchangeEnd.allCases.count)
    private var overFormatLimit: UInt64 = 0

    /// Counts a record, if it is an exchange, that went into the trace or was over its limits.
    mutating func count(_ record: TraceRecord, isWritten: Bool) {
        guard case .exchange(let exchange) = record else { return }
        if isWritten {
            ends[Int(exchange.end.rawValue)] += 1
        } else {
            overFormatLimit += 1
        }
    }

    /// Adds what another tally counted.
    mutating func add(_ other: ExchangeTally) {
        for index in ends.indices { ends[index] += other.ends[index] }
        overFormatLimit += other.overFormatLimit
    }

    /// The exchanges that went into the trace.
    var writtenCount: UInt64 { ends.reduce(0, +) }

    /// Puts the counters into a ledger as the group `exchanges`.
    func write(to ledger: inout Ledger) {
        ledger["exchanges", "total"] = ends.reduce(overFormatLimit, +)
        for end in ExchangeEnd.allCases {
            let name = String(end.name.map { $0 == "-" ? "_" : $0 })
            ledger["exchanges", name] = ends[Int(end.rawValue)]
        }
        ledger["exchanges", "over_format_limit"] = overFormatLimit
    }
}

extension TraceWriter {
    /// Redacts and writes records, and counts and leaves out those over a limit of the format.
    ///
    /// Every recorder's exchanges go this way and no other.
    mutating func append(
        _ records: [TraceRecord],
        redacting redaction: inout RecordRedaction,
        counting tally: inout ExchangeTally
    ) throws(TraceError) {
        for record in records {
            let record = redaction.redact(record)
            do {
                try append(record)
                tally.count(record, isWritten: true)
            } catch {
                switch error {
                case .recordTooLong, .timeOutOfRange: tally.count(record, isWritten: false)
                default: throw error
                }
            }
        }
    }
}
