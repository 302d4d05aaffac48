internal import NIOCore
internal import TraceFormat

/// Turns the events of proxied connections into a trace.
///
/// After a write error nothing more is recorded; what was written before stays readable.
struct ExchangeRecorder: ~Copyable {
    /// How far the exchanges of a connection are.
    enum Phase: Equatable, Sendable {
        /// Nothing is open.
        case idle
        /// The client is in the middle of a request.
        case receivingRequest
        /// A request waits for its response, or for the rest of it.
        case awaitingResponse
    }

    /// What is known of a connection after a number of its events.
    struct Progress: Equatable, Sendable {
        /// How many events were looked at.
        var eventCount: UInt64
        /// How far its exchanges were then.
        var phase: Phase
    }

    private struct Connection {
        var assembler: ExchangeAssembler
        var eventCount: UInt64 = 0

        mutating func handle(_ event: ProxyEvent) -> [TraceRecord] {
            eventCount += 1
            assembler.handle(event)
            return assembler.takeRecords()
        }
    }

    /// The first error of the trace; from then on nothing is written.
    private(set) var failure: TraceError?
    private var trace: TraceWriter
    private let bodies: BodyRetention
    private var redaction: RecordRedaction
    private var connections: [UInt64: Connection] = [:]
    private var counters = ProxyCounters()

    /// Starts to write into a new trace.
    init(
        _ trace: consuming TraceWriter,
        bodies: BodyRetention,
        redaction: RecordingRedaction? = RecordingRedaction()
    ) {
        self.trace = trace
        self.bodies = bodies
        self.redaction = RecordRedaction(drawingKeyFor: redaction)
    }

    /// Takes an event; those of one connection come in their order.
    mutating func handle(_ event: ProxyEvent) {
        if case .opened(let client, let server) = event.kind {
            let assembler = ExchangeAssembler(
                connection: event.connection,
                client: client,
                server: server,
                bodies: bodies
            )
            connections[event.connection] = Connection(assembler: assembler)
        }
        guard let records = connections[event.connection]?.handle(event) else {
            preconditionFailure("connection \(event.connection) is recorded, but was not opened")
        }
        write(records)
        if case .over = event.kind,
            let connection = connections.removeValue(forKey: event.connection)
        {
            counters.add(connection.assembler)
        }
    }

    /// How far the connections are that are not over.
    var progress: [UInt64: Progress] {
        connections.mapValues {
            Progress(eventCount: $0.eventCount, phase: $0.assembler.phase)
        }
    }

    /// Writes all records so far to the file.
    mutating func flush() {
        writing { recorder throws(TraceError) in try recorder.trace.flush() }
    }

    /// Ends the recording of what is still open, and the trace.
    mutating func finish(at time: Int64, traffic: ProxyTraffic) -> ProxySummary {
        for (_, var connection) in connections.sorted(by: { $0.key < $1.key }) {
            connection.assembler.recordingEnded(at: time)
            write(connection.assembler.takeRecords())
            counters.add(connection.assembler)
        }
        connections = [:]
        counters.traffic = traffic
        var ledger = counters.ledger
        redaction.write(to: &ledger)
        var summary: TraceSummary?
        writing { recorder throws(TraceError) in
            summary = try recorder.trace.finish(ledger: ledger)
        }
        return ProxySummary(trace: summary, ledger: ledger, failure: failure)
    }

    private mutating func write(_ records: [TraceRecord]) {
        guard !records.isEmpty else { return }
        writing { recorder throws(TraceError) in
            try recorder.trace.append(
                records,
                redacting: &recorder.redaction,
                counting: &recorder.counters.exchanges
            )
        }
    }

    private mutating func writing(
        _ body: (inout ExchangeRecorder) throws(TraceError) -> Void
    ) {
        guard failure == nil else { return }
        do {
            try body(&self)
        } catch {
            failure = error
        }
    }
}

extension ExchangeAssembler {
    fileprivate mutating func handle(_ event: ProxyEvent) {
        switch event.kind {
        case .opened: opened(at: event.time)
        case .bytes(let bytes, let peer):
            received(bytes.readableBytesUInt8Span, from: peer, at: event.time)
        case .missing(let byteCount, let peer): missing(byteCount, from: peer)
        case .upstreamUnreachable: upstreamWasUnreachable()
        case .ended(let peer, let how): closed(from: peer, how: how, at: event.time)
        case .over: recordingEnded(at: event.time)
        }
    }

    /// How far the exchanges are.
    fileprivate var phase: ExchangeRecorder.Phase {
        if requests.isMessageOpen || requests.headByteCount > 0 { return .receivingRequest }
        return exchanges.isEmpty ? .idle : .awaitingResponse
    }
}
