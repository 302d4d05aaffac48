internal import TraceFormat

/// Keeps each trace of a recording readable by itself: a connection that goes on from one trace
/// to the next is closed in the one by the end of the recording, and opened in the other, without
/// a time, under the same identifier.
struct PartConnections {
    /// Connections that have records and no closing yet.
    private var open: [UInt64: ConnectionOpening] = [:]
    /// Those of them that are in the trace of now.
    private var present: Set<UInt64> = []

    /// The records that a trace needs for this one: itself, and perhaps an opening before it.
    mutating func records(for record: TraceRecord) -> [TraceRecord] {
        let connection = record.connection
        switch record {
        case .opened(let opening):
            open[connection] = opening
            present.insert(connection)
            return [record]
        case .exchange, .closed:
            var records = [record]
            if present.insert(connection).inserted, var opening = open[connection] {
                opening.time = nil
                records.insert(.opened(opening), at: 0)
            }
            if case .closed = record {
                open[connection] = nil
                present.remove(connection)
            }
            return records
        }
    }

    /// Ends a trace: the closings of what goes on in the next one.
    mutating func endPart(at time: Int64) -> [TraceRecord] {
        defer { present = [] }
        return present.sorted().map {
            .closed(ConnectionClosing(connection: $0, time: time, by: .recordingEnd))
        }
    }
}
