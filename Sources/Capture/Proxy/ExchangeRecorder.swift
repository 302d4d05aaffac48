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
        /// When the upstream was reached.
        private var connectTime: Int64?

        init(_ assembler: ExchangeAssembler) {
            self.assembler = assembler
        }

        mutating func handle(_ event: ProxyEvent) -> [TraceRecord] {
            eventCount += 1
            if case .upstreamConnected = event.kind { connectTime = event.time }
            assembler.handle(event)
            return takeRecords()
        }

        mutating func recordingEnded(at time: Int64) -> [TraceRecord] {
            assembler.recordingEnded(at: time)
            return takeRecords()
        }

        /// The records, with the times at which the upstream got the request and answered.
        ///
        /// The proxy passes bytes on in the turn of its loop in which it reads them, so a request
        /// is late at the upstream only when it came before the connection was there.
        private mutating func takeRecords() -> [TraceRecord] {
            let records = assembler.takeRecords()
            guard let connectTime else { return records }
            return records.map { record in
                guard case .exchange(var exchange) = record else { return record }
                let response = exchange.response?.message
                exchange.upstream = UpstreamTimes(
                    requestFirstByte: max(exchange.request.firstByteTime, connectTime),
                    responseFirstByte: response?.firstByteTime,
                    responseLastByte: response?.lastByteTime
                )
                return .exchange(exchange)
            }
        }
    }

    /// The first error of the trace; from then on nothing is written.
    private(set) var failure: TraceError?
    private var output: RecordingOutput
    private let bodies: BodyRetention
    private var connections: [UInt64: Connection] = [:]
    private var counters = ProxyCounters()

    /// Starts to write.
    init(_ output: consuming RecordingOutput, bodies: BodyRetention) {
        self.output = output
        self.bodies = bodies
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
            connections[event.connection] = Connection(assembler)
        }
        guard let records = connections[event.connection]?.handle(event) else {
            preconditionFailure("connection \(event.connection) is recorded, but was not opened")
        }
        write(records, at: event.time)
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
    mutating func flush(at time: Int64) {
        writing { output throws(TraceError) in try output.flush(at: time) }
    }

    /// Ends the recording of what is still open, and the trace.
    mutating func finish(at time: Int64, traffic: ProxyTraffic) -> ProxySummary {
        for (_, var connection) in connections.sorted(by: { $0.key < $1.key }) {
            write(connection.recordingEnded(at: time), at: time)
            counters.add(connection.assembler)
        }
        connections = [:]
        counters.traffic = traffic
        let ledger = counters.ledger
        var trace: TraceSummary?
        writing { output throws(TraceError) in trace = try output.finish(ledger: ledger) }
        return ProxySummary(
            trace: trace,
            traceCount: output.partCount,
            ledger: output.ledgers(ledger).whole,
            failure: failure
        )
    }

    private mutating func write(_ records: [TraceRecord], at time: Int64) {
        writing { output throws(TraceError) in try output.append(records, at: time) }
    }

    private mutating func writing(
        _ body: (inout RecordingOutput) throws(TraceError) -> Void
    ) {
        guard failure == nil else { return }
        do {
            try body(&output)
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
        case .upstreamConnected: break
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
