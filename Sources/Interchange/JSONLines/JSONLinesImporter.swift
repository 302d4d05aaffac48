public import TraceFormat

/// Reads one exchange a line (`docs/interchange.md`), and gives back the order that the records had
/// in the trace, when the lines tell it.
public struct JSONLinesImporter: TraceImporter {
    public private(set) var info: TraceInfo?
    public private(set) var losses = LossReport()
    public private(set) var ledger = Ledger()

    /// A body of the size limit of a record in base64, and room for the rest.
    private var lines = LineSplitter(limit: 400 << 20)
    private let json = JSONReader()
    private let writer: String
    private var clock = RecordedClock(epoch: 0)
    private var order = RecordOrder()
    private var records: [TraceRecord] = []
    private var openConnections: Set<UInt64> = []

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
        order.finish(to: &records)
        losses[.recordOrder] = order.misplacedCount
    }

    public mutating func takeRecords() -> [TraceRecord] {
        defer { records = [] }
        return records
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(InterchangeError) {
        guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return }
        let place = InterchangeError.Place.line(lines.lineNumber)
        let line = try json.decode(ExchangeLine.self, from: bytes, at: place)
        if info == nil { try begin(line, place) }
        let values = LineValues(clock: clock, place: place)
        try add(line.connectionsBefore, values)
        let exchange = try values.exchange(line)
        // A line that has a place in a file but no addresses comes from a trace without an opening.
        let hasAddress = !(line.connection.client + line.connection.server).isEmpty
        if openConnections.insert(exchange.connection).inserted, hasAddress || line.record == nil {
            let opening = ConnectionOpening(
                connection: exchange.connection,
                client: line.connection.client,
                server: line.connection.server,
                time: try values.time(line.connection.openedTime, "connection.opened_ns")
            )
            add(.opened(opening), at: line.record)
        }
        add(.exchange(exchange), at: line.record)
        try add(line.connectionsAfter, values)
    }

    /// Takes over what the first line says of the trace; without it, the first request makes its
    /// epoch.
    private mutating func begin(
        _ line: ExchangeLine,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) {
        let epoch = line.trace?.epoch ?? line.times.requestFirst
        var info = try TraceInfo(
            importing: "jsonl",
            writer: writer,
            epoch: epoch,
            bodies: line.trace?.bodies ?? "all",
            place
        )
        clock = RecordedClock(epoch: epoch)
        info.clock = line.trace?.clock ?? ""
        info.redaction = line.trace?.redaction ?? ""
        for pair in line.trace?.notes ?? [] where pair.count == 2 && pair[0] != "imported_from" {
            info.notes[pair[0]] = pair[1]
        }
        info.notes["imported_source"] = line.trace?.source
        self.info = info
        for count in line.trace?.ledger ?? [] { ledger[count.group, count.counter] = count.count }
    }

    private mutating func add(
        _ events: ExchangeLine.Events?,
        _ values: LineValues
    ) throws(InterchangeError) {
        guard let events else { return }
        for opened in events.opened {
            openConnections.insert(opened.id)
            let opening = ConnectionOpening(
                connection: opened.id,
                client: opened.client,
                server: opened.server,
                time: try values.time(opened.time, "opened.time_ns")
            )
            add(.opened(opening), at: opened.record)
        }
        for closed in events.closed {
            openConnections.remove(closed.id)
            guard let by = ConnectionCloser.allCases.first(where: { $0.name == closed.by }) else {
                throw values.error("'\(closed.by)' is not known as closed.by")
            }
            let time = try values.time(closed.time, "closed.time_ns")
            add(
                .closed(ConnectionClosing(connection: closed.id, time: time, by: by)),
                at: closed.record
            )
        }
    }

    private mutating func add(_ record: TraceRecord, at position: UInt64?) {
        if let position {
            order.add(record, at: position, to: &records)
        } else {
            records.append(record)
        }
    }
}
