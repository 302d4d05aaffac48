public import TraceFormat

/// The records of several traces in the order of their Unix times.
///
/// At the same time the earlier input comes first. Each trace is read in order of time with bounded
/// memory, one record ahead.
public struct MergedRecords: ~Copyable {
    private var sources: [Source]

    /// One trace that is merged.
    private final class Source {
        var records: TimeOrderedRecords
        let epoch: Int64
        var next: TimedRecord?

        init(_ records: consuming TimeOrderedRecords) throws(TraceError) {
            epoch = records.info.epoch
            self.records = records
            next = try self.records.next()
        }
    }

    /// Starts without a trace.
    public init() {
        sources = []
    }

    /// Adds a trace; its number is that of those before it.
    public mutating func add(_ records: consuming TimeOrderedRecords) throws(TraceError) {
        sources.append(try Source(records))
    }

    /// What was found wrong with an input so far.
    public func damage(of input: Int) -> [FileDamage] { sources[input].records.damage }

    /// The next record and its input; `nil` at the end.
    public mutating func next() throws(TraceError) -> (record: TraceRecord, input: Int)? {
        var least: (input: Int, time: Int64)?
        for (input, source) in sources.enumerated() {
            guard let record = source.next else { continue }
            let time = source.epoch &+ record.time
            if least.map({ time < $0.time }) ?? true { least = (input, time) }
        }
        guard let input = least?.input, let record = sources[input].next?.record else { return nil }
        sources[input].next = try sources[input].records.next()
        return (record, input)
    }
}
