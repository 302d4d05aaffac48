internal import FoundationEssentials
public import TraceFormat

/// Writes one exchange a line, in order of request time (`docs/interchange.md`).
///
/// Openings and closings ride on the line of the next exchange, or on the last one behind it, so
/// that every line is an exchange and nothing has to wait for more than one line.
public struct JSONLinesExporter: TraceExporter {
    public private(set) var losses = LossReport()

    private var text = JSONText()
    private var finished: [UInt8] = []
    private let info: TraceInfo
    private let ledger: Ledger?
    private let clock: RecordedClock
    private var isFirst = true
    /// The connections that are open.
    private var openings: [UInt64: ConnectionOpening] = [:]
    private var opened: [(position: UInt64, opening: ConnectionOpening)] = []
    private var closed: [(position: UInt64, closing: ConnectionClosing)] = []

    /// Writes a trace that says this of itself.
    public init(info: TraceInfo, ledger: Ledger?) {
        self.info = info
        self.ledger = ledger
        clock = RecordedClock(epoch: info.epoch)
    }

    public mutating func add(_ record: TimedRecord) {
        switch record.record {
        case .opened(let opening):
            openings[opening.connection] = opening
            opened.append((record.position, opening))
        case .closed(let closing):
            openings[closing.connection] = nil
            closed.append((record.position, closing))
        case .exchange(let exchange):
            endLine()
            write(exchange, at: record.position)
        }
    }

    public mutating func finish() {
        if isFirst {
            losses[.connectionEvents] += UInt64(opened.count + closed.count)
            return
        }
        writeEvents("connections_after")
        endLine()
    }

    public mutating func takeBytes() -> [UInt8] {
        defer { finished = [] }
        return finished
    }

    /// Closes the line that waits for what comes behind it.
    private mutating func endLine() {
        let line = text.take()
        guard !line.isEmpty else { return }
        finished += line
        finished += "}\n".utf8
    }

    /// Writes a line but for its last bracket.
    private mutating func write(_ exchange: Exchange, at position: UInt64) {
        let (clock, opening) = (clock, openings[exchange.connection])
        text.openObject()
        text.integer("record", position)
        text.object("connection") { text in
            text.integer("id", exchange.connection)
            text.text("client", opening?.client ?? "")
            text.text("server", opening?.server ?? "")
            if let time = opening?.time { text.integer("opened_ns", clock.unixTime(time)) }
        }
        text.integer("sequence", exchange.sequence)
        text.object("request") { $0.writeRequest(exchange.request) }
        if let response = exchange.response {
            text.object("response") { $0.writeResponse(response) }
        } else {
            text.null("response")
        }
        text.array("interim") { text in
            for interim in exchange.interim {
                text.object {
                    $0.writeInterim(interim)
                    $0.integer("time_ns", clock.unixTime(interim.time))
                }
            }
        }
        text.object("times_ns") { text in
            let messages: [(StaticString, StaticString, RecordedMessage?)] = [
                ("request_first", "request_last", exchange.request),
                ("response_first", "response_last", exchange.response?.message),
            ]
            for (first, last, message) in messages {
                text.integer(first, orNull: message.map { clock.unixTime($0.firstByteTime) })
                text.integer(last, orNull: message.map { clock.unixTime($0.lastByteTime) })
            }
        }
        text.plain("end", exchange.end.name)
        if let upstream = exchange.upstream {
            text.object("upstream_ns") { text in
                text.integer("request_first", orNull: upstream.requestFirstByte.map(clock.unixTime))
                text.integer(
                    "response_first",
                    orNull: upstream.responseFirstByte.map(clock.unixTime)
                )
                text.integer("response_last", orNull: upstream.responseLastByte.map(clock.unixTime))
            }
        }
        writeEvents("connections_before")
        if isFirst { writeTrace() }
        isFirst = false
    }

    /// Writes the openings and closings since the last line.
    private mutating func writeEvents(_ name: StaticString) {
        guard !opened.isEmpty || !closed.isEmpty else { return }
        let (opened, closed, clock) = (opened, closed, clock)
        text.object(name) { text in
            text.array("opened") { text in
                for (position, opening) in opened {
                    text.object {
                        $0.integer("record", position)
                        $0.integer("id", opening.connection)
                        $0.text("client", opening.client)
                        $0.text("server", opening.server)
                        $0.integer("time_ns", orNull: opening.time.map(clock.unixTime))
                    }
                }
            }
            text.array("closed") { text in
                for (position, closing) in closed {
                    text.object {
                        $0.integer("record", position)
                        $0.integer("id", closing.connection)
                        $0.integer("time_ns", clock.unixTime(closing.time))
                        $0.plain("by", closing.by.name)
                    }
                }
            }
        }
        self.opened = []
        self.closed = []
    }

    /// Writes what the trace says of itself, on the first line.
    private mutating func writeTrace() {
        let (info, ledger) = (info, ledger)
        text.object("trace") { text in
            text.integer("epoch_unix_ns", info.epoch)
            text.text("source", info.source)
            text.text("bodies", info.bodies)
            text.text("clock", info.clock)
            text.text("redaction", info.redaction)
            text.array("notes") { text in
                for pair in info.notes.pairs {
                    text.array {
                        $0.text(nil, pair.name)
                        $0.text(nil, pair.text)
                    }
                }
            }
            if let ledger { text.write(ledger) }
        }
    }
}

extension JSONText {
    /// Writes a list, so that the order comes back too.
    fileprivate mutating func write(_ ledger: Ledger) {
        array("ledger") { text in
            for group in ledger.groups {
                for counter in group.counters {
                    text.object {
                        $0.text("group", group.name)
                        $0.text("counter", counter.name)
                        $0.integer("count", counter.count)
                    }
                }
            }
        }
    }

    /// Writes the members of a request.
    fileprivate mutating func writeRequest(_ message: RecordedMessage) {
        let head = MessageHead(ofRequest: message.head)
        text("method", head.first)
        text("target", head.second)
        text("version", head.third)
        write(message, head)
    }

    /// Writes the members of a final response.
    fileprivate mutating func writeResponse(_ response: RecordedResponse) {
        let head = MessageHead(ofResponse: response.message.head)
        integer("status", response.status)
        text("version", head.first)
        text("reason", head.third)
        let isExact = head.second == "\(response.status)"
        write(response.message, isExact ? head : nil, fields: head.fields)
    }

    /// Writes the members of a 1xx response.
    fileprivate mutating func writeInterim(_ interim: InterimResponse) {
        let head = MessageHead(ofResponse: interim.head)
        let status = UInt16(head.second)
        integer("status", status ?? 0)
        text("version", head.first)
        text("reason", head.third)
        writeFields(head.fields)
        let isExact = status.map { head.second == "\($0)" } ?? false
        writeExactHead(interim.head, isExact ? head : nil)
    }

    private mutating func write(
        _ message: RecordedMessage,
        _ head: MessageHead?,
        fields: [MessageHead.Field]? = nil
    ) {
        writeFields(fields ?? head?.fields ?? [])
        writeExactHead(message.head, head)
        let body = message.body
        integer("body_length", body.length)
        if let bytes = body.bytes, body != .empty {
            plain("body_base64", Data(bytes).base64EncodedString())
        }
        if body.wireLength != body.length { integer("body_wire_length", body.wireLength) }
        let isKnown = body == .empty || body.bytes.map(Fingerprint.init) == body.fingerprint
        if !isKnown { plain("body_fingerprint", "\(body.fingerprint)") }
        if !message.trailers.isEmpty {
            plain("trailers_base64", Data(message.trailers).base64EncodedString())
        }
        bool("complete", message.isComplete)
    }

    private mutating func writeFields(_ fields: [MessageHead.Field]) {
        array("headers") { text in
            for field in fields {
                text.array {
                    $0.text(nil, field.name)
                    $0.text(nil, field.value)
                }
            }
        }
    }

    /// Writes a head that can't be put together again from its parts.
    private mutating func writeExactHead(_ bytes: [UInt8], _ head: MessageHead?) {
        if let head, head.bytes == bytes, head.fault == nil { return }
        plain("head_base64", Data(bytes).base64EncodedString())
    }
}
