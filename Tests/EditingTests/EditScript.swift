import Editing
import TraceFormat

/// Records of a trace, told by what matters to an edit.
enum Script {
    static func opened(_ connection: UInt64, at time: Int64?) -> TraceRecord {
        .opened(
            ConnectionOpening(
                connection: connection,
                client: "10.0.0.9:\(connection)",
                server: "10.0.0.1:3000",
                time: time
            )
        )
    }

    static func closed(
        _ connection: UInt64,
        at time: Int64,
        by closer: ConnectionCloser = .client
    ) -> TraceRecord {
        .closed(ConnectionClosing(connection: connection, time: time, by: closer))
    }

    static func exchange(
        _ connection: UInt64,
        _ sequence: UInt64 = 0,
        at time: Int64,
        _ line: String = "GET /run/cart",
        status: UInt16? = 200,
        duration: Int64 = 5
    ) -> TraceRecord {
        .exchange(
            Exchange(
                connection: connection,
                sequence: sequence,
                request: RecordedMessage(
                    head: Array("\(line) HTTP/1.1\r\n\r\n".utf8),
                    firstByteTime: time,
                    lastByteTime: time,
                    isComplete: true
                ),
                response: status.map { status in
                    RecordedResponse(
                        status: status,
                        message: RecordedMessage(
                            head: Array("HTTP/1.1 \(status) X\r\n\r\n".utf8),
                            firstByteTime: time + duration,
                            lastByteTime: time + duration,
                            isComplete: true
                        )
                    )
                },
                end: status == nil ? .closedWithoutResponse : .complete
            )
        )
    }
}

/// What an edit makes of records of one input.
func edited(
    _ records: [TraceRecord],
    _ selection: Selection = Selection(),
    factor: Double = 1,
    firstRequestTime: Int64 = 0,
    start: Int64 = 0
) -> (records: [TraceRecord], counts: EditCounts) {
    let input = TraceEdit.Input(firstRequestTime: firstRequestTime, start: start)
    var edit = TraceEdit(selection, factor: factor, inputs: [input])
    var result: [TraceRecord] = []
    for record in records { edit.add(record, from: 0, to: &result) }
    edit.finish(to: &result)
    return (result, edit.counts)
}

extension Selection {
    /// Keeps what meets one wanted condition of each kind and no unwanted one.
    init(wanted: [Condition] = [], unwanted: [Condition] = []) {
        self.init()
        self.wanted = wanted
        self.unwanted = unwanted
    }
}
