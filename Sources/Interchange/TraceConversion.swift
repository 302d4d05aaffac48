public import TraceFormat

/// Turns the records of a trace, in order of time, into the bytes of another format.
public protocol TraceExporter {
    /// What could not be written so far.
    var losses: LossReport { get }

    /// Writes a record.
    mutating func add(_ record: TimedRecord)

    /// Writes what the end of the format needs.
    mutating func finish()

    /// Removes and returns the bytes so far.
    mutating func takeBytes() -> [UInt8]
}

/// Turns the bytes of another format, in pieces of any size, into the records of a trace.
///
/// Sans-IO: it holds what is not decided yet, and that is bounded whatever the input's size.
public protocol TraceImporter {
    /// What the trace says of itself; `nil` until the first exchange was read.
    var info: TraceInfo? { get }
    /// What the input lacks, and what of it was left out.
    var losses: LossReport { get }
    /// The ledger that came with the input, to which the import adds its own.
    var ledger: Ledger { get }

    /// Reads on.
    mutating func read(_ bytes: [UInt8]) throws(InterchangeError)

    /// Reads what is left at the end of the input.
    mutating func finish() throws(InterchangeError)

    /// Removes and returns the records so far, in the order in which a trace keeps them.
    mutating func takeRecords() -> [TraceRecord]
}

extension TraceImporter {
    /// No ledger came with the input.
    public var ledger: Ledger { Ledger() }
}

/// The Unix time of a trace's epoch, and what counts from it.
struct RecordedClock {
    let epoch: Int64

    /// A time in the trace as Unix time; sums never overflow within the limits of a trace.
    func unixTime(_ time: Int64) -> Int64 { epoch &+ time }

    /// A Unix time as time in the trace; `nil` when they are more than 73 years apart.
    func recordedTime(_ unixTime: Int64) -> Int64? {
        let (time, overflowed) = unixTime.subtractingReportingOverflow(epoch)
        let limit: Int64 = 1 << 61
        return overflowed || time < -limit || time > limit ? nil : time
    }

    /// Whether a Unix time can be a trace's epoch: the years 1824 to 2116.
    static func canBeEpoch(_ unixTime: Int64) -> Bool {
        unixTime.magnitude <= 1 << 62
    }
}

extension TraceInfo {
    /// What a trace says of itself that was made from a file of this format.
    init(
        importing format: String,
        writer: String,
        epoch: Int64,
        bodies: String,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) {
        guard RecordedClock.canBeEpoch(epoch) else {
            throw InterchangeError(
                place,
                "the time \(epoch) is not between the years 1824 and 2116"
            )
        }
        self.init(writer: writer, source: "import", epoch: epoch, bodies: bodies)
        notes["imported_from"] = format
    }
}
