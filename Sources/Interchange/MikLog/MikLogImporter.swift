internal import DequeModule
public import TraceFormat

/// Reads mik's text log: method, path, time, duration, status and address of each request.
///
/// The log has no query, no fields, no bodies, no sizes and no host. Requests are made of their
/// request line and a Host field that names nobody; responses of their status. Both are told in the
/// loss report, and no exchange is passed off as whole.
public struct MikLogImporter: TraceImporter {
    public private(set) var info: TraceInfo?
    public private(set) var losses = LossReport()

    /// A request whose end has not come.
    private struct Started {
        let line: MikLogLine
        let order: Int
    }

    private static let lineLimit = 1 << 20
    private static let startedLimit = 100_000
    private let writer: String
    private var lines = LineSplitter(limit: MikLogImporter.lineLimit)
    private var clock = RecordedClock(epoch: 0)
    private var started: [String: Started] = [:]
    /// The identifiers of requests in the order in which they started; some have ended.
    private var order: Deque<String> = []
    private var orderStart = 0
    private var connections = ConnectionAssignment()
    private var records: [TraceRecord] = []

    /// Says in the trace that `writer` made it.
    public init(writer: String) {
        self.writer = writer
    }

    public mutating func read(_ bytes: [UInt8]) throws(InterchangeError) {
        lines.append(bytes)
        while let line = try lines.next() { try read(line) }
    }

    public mutating func finish() throws(InterchangeError) {
        if let line = lines.rest() { try read(line) }
        while let id = order.popFirst() {
            try giveUp(id, order: orderStart)
            orderStart += 1
        }
        connections.finish(to: &records)
    }

    public mutating func takeRecords() -> [TraceRecord] {
        defer { records = [] }
        return records
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(InterchangeError) {
        guard let line = MikLogLine(bytes) else {
            losses[.otherLines] += 1
            return
        }
        if info == nil {
            // The first line may be the end of a request that started before the log.
            let epoch = line.time &- (line.event == .started ? 0 : line.duration ?? 0)
            let place = InterchangeError.Place.line(lines.lineNumber)
            info = try TraceInfo(
                importing: "mik-log",
                writer: writer,
                epoch: epoch,
                bodies: "none",
                place
            )
            clock = RecordedClock(epoch: epoch)
        }
        switch line.event {
        case .started:
            let place = orderStart + order.count
            started[line.requestID] = Started(line: line, order: place)
            order.append(line.requestID)
            if order.count > Self.startedLimit, let id = order.popFirst() {
                try giveUp(id, order: orderStart)
                orderStart += 1
            }
        case .completed(let status):
            try end(line, status: status, end: .gap)
        case .failed:
            try end(line, status: nil, end: .closedWithoutResponse)
        }
    }

    /// Adds a request of which the log has no end.
    private mutating func giveUp(_ id: String, order: Int) throws(InterchangeError) {
        guard let entry = started[id], entry.order == order else { return }
        started[id] = nil
        losses[.statusMissing] += 1
        try add(entry.line, from: entry.line.time, to: nil, status: nil, end: .cutByRecordingEnd)
    }

    private mutating func end(
        _ line: MikLogLine,
        status: UInt16?,
        end: ExchangeEnd
    ) throws(InterchangeError) {
        let start = started.removeValue(forKey: line.requestID)?.line.time
        if status == nil, end == .gap { losses[.statusMissing] += 1 }
        try add(
            line,
            from: start ?? line.time &- (line.duration ?? 0),
            to: line.time,
            status: status,
            end: end
        )
    }

    private mutating func add(
        _ line: MikLogLine,
        from start: Int64,
        to end: Int64?,
        status: UInt16?,
        end exchangeEnd: ExchangeEnd
    ) throws(InterchangeError) {
        let head = MessageHead(
            method: line.method,
            target: line.path,
            version: "HTTP/1.1",
            fields: [.init(name: "Host", value: "unknown.invalid")]
        )
        guard head.fault == nil else {
            losses[.otherLines] += 1
            return
        }
        losses[.onlyRequestLine] += 1
        let requestTime = try time(start)
        var response: RecordedResponse?
        if let status {
            losses[.onlyStatus] += 1
            let responseTime = try time(max(start, end ?? start))
            response = RecordedResponse(
                status: status,
                message: message(
                    MessageHead(version: "HTTP/1.1", status: status, reason: "", fields: []),
                    at: responseTime,
                    isComplete: false
                )
            )
        }
        connections.add(
            Exchange(
                connection: 0,
                sequence: 0,
                request: message(head, at: requestTime, isComplete: true),
                response: response,
                end: exchangeEnd
            ),
            name: line.client.isEmpty ? nil : line.client,
            client: line.client,
            server: "",
            to: &records
        )
    }

    private func message(
        _ head: MessageHead,
        at time: Int64,
        isComplete: Bool
    ) -> RecordedMessage {
        RecordedMessage(
            head: head.bytes,
            firstByteTime: time,
            lastByteTime: time,
            isComplete: isComplete
        )
    }

    private func time(_ unixTime: Int64) throws(InterchangeError) -> Int64 {
        guard let time = clock.recordedTime(unixTime) else {
            throw InterchangeError(
                .line(lines.lineNumber),
                "its time is more than 73 years from the first one"
            )
        }
        return time
    }
}
