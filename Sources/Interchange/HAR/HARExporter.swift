internal import FoundationEssentials
public import TraceFormat

/// Writes a trace as HTTP Archive 1.2, an entry for each exchange in order of request time.
///
/// What HAR has no place for, but allows as members with an underscore, is written too: addresses,
/// the sequence, exact times, how the exchange ended. Everything else is in the loss report.
public struct HARExporter: TraceExporter {
    public private(set) var losses = LossReport()

    private var text = JSONText()
    private var bytes: [UInt8] = []
    private let clock: RecordedClock
    private var openings: [UInt64: ConnectionOpening] = [:]
    private var isFirst = true

    /// Writes a trace that says this of itself; `version` is that of the program.
    public init(info: TraceInfo, version: String) {
        clock = RecordedClock(epoch: info.epoch)
        bytes += #"{"log":{"version":"1.2","creator":{"name":"mik-replay","version":""#.utf8
        bytes += "\(version)\"},\"entries\":[".utf8
    }

    public mutating func add(_ record: TimedRecord) {
        switch record.record {
        case .opened(let opening):
            openings[opening.connection] = opening
            losses[.connectionEvents] += 1
        case .closed(let closing):
            openings[closing.connection] = nil
            losses[.connectionEvents] += 1
        case .exchange(let exchange):
            bytes += (isFirst ? "\n" : ",\n").utf8
            isFirst = false
            write(exchange)
            bytes += text.take()
        }
    }

    public mutating func finish() {
        bytes += "\n]}}\n".utf8
    }

    public mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func write(_ exchange: Exchange) {
        let (clock, opening) = (clock, openings[exchange.connection])
        let request = exchange.request
        let timings = HARTimings(exchange)
        let address = ipAddress(in: opening?.server ?? "")
        count(exchange)
        text.object { text in
            text.plain("startedDateTime", UnixTime.text(clock.unixTime(request.firstByteTime)))
            text.milliseconds("time", timings.total)
            text.object("request") { $0.writeRequest(request, server: opening?.server) }
            text.object("response") { $0.writeResponse(exchange.response) }
            text.object("cache") { _ in }
            text.object("timings") { text in
                for name in ["blocked", "dns", "connect"] as [StaticString] {
                    text.integer(name, -1)
                }
                text.milliseconds("send", timings.send)
                text.milliseconds("wait", timings.wait)
                text.milliseconds("receive", timings.receive)
                text.integer("ssl", -1)
            }
            if let address { text.text("serverIPAddress", address) }
            text.plain("connection", "\(exchange.connection)")
            text.integer("_sequence", exchange.sequence)
            text.text("_client", opening?.client ?? "")
            text.text("_server", opening?.server ?? "")
            text.plain("_end", exchange.end.name)
            text.object("_times_ns") { text in
                text.integer("request_first", clock.unixTime(request.firstByteTime))
                text.integer("request_last", clock.unixTime(request.lastByteTime))
                guard let response = exchange.response?.message else { return }
                text.integer("response_first", clock.unixTime(response.firstByteTime))
                text.integer("response_last", clock.unixTime(response.lastByteTime))
            }
        }
    }

    private mutating func count(_ exchange: Exchange) {
        losses[.interim] += UInt64(exchange.interim.count)
        if exchange.upstream != nil { losses[.upstreamTimes] += 1 }

        if exchange.response == nil { losses[.responseWrittenAsStatusZero] += 1 }
        if exchange.request.body.bytes == nil { losses[.requestBodyNotRecorded] += 1 }
        if exchange.response?.message.body.bytes == nil, exchange.response != nil {
            losses[.responseBodyNotRecorded] += 1
        }
        let request = exchange.request
        if MessageHead(ofRequest: request.head).bytes != request.head { losses[.exactHead] += 1 }
        guard let response = exchange.response?.message else { return count(request) }
        if MessageHead(ofResponse: response.head).bytes != response.head { losses[.exactHead] += 1 }
        count(request)
        count(response)
    }

    private mutating func count(_ message: RecordedMessage) {
        if !message.trailers.isEmpty { losses[.trailers] += 1 }
    }

    /// The IP address in `host:port`, without brackets; `nil` when the host is a name.
    private func ipAddress(in address: String) -> String? {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        let isAddress =
            host.contains { ".:".contains($0) }
            && host.allSatisfy { $0.isHexDigit || ".:".contains($0) }
        return isAddress ? host : nil
    }
}

/// How long the parts of an exchange took; none is negative, and they add up to the total.
private struct HARTimings {
    var send: Int64
    var wait: Int64 = 0
    var receive: Int64 = 0
    var total: Int64 { send + wait + receive }

    init(_ exchange: Exchange) {
        let request = exchange.request
        send = max(0, request.lastByteTime &- request.firstByteTime)
        guard let response = exchange.response?.message else { return }
        // A response may begin while the request is still being sent.
        let sent = request.firstByteTime &+ send
        wait = max(0, response.firstByteTime &- sent)
        receive = max(0, response.lastByteTime &- (sent &+ wait))
    }
}

extension JSONText {
    fileprivate mutating func writeRequest(_ message: RecordedMessage, server: String?) {
        let head = MessageHead(ofRequest: message.head)
        text("method", head.first)
        let url = HARURL.text(target: head.second, host: head.value(of: "host"), server: server)
        text("url", url)
        if HARURL.parts(of: url)?.target != head.second { text("_target", head.second) }
        text("httpVersion", head.third)
        array("cookies") { text in
            for pair in head.value(of: "cookie").map(HARURL.cookies) ?? [] {
                text.pair(pair.name, pair.value)
            }
        }
        writeFields(head.fields)
        array("queryString") { text in
            for pair in HARURL.query(of: head.second) { text.pair(pair.name, pair.value) }
        }
        if let bytes = message.body.bytes, !bytes.isEmpty {
            object("postData") { text in
                text.text("mimeType", head.value(of: "content-type") ?? "")
                text.writeContent(bytes, encodingName: "_encoding")
            }
        }
        integer("headersSize", message.head.count)
        integer("bodySize", message.body.length)
        writeExtras(message)
    }

    fileprivate mutating func writeResponse(_ response: RecordedResponse?) {
        guard let response else {
            integer("status", 0)
            for name in ["statusText", "httpVersion"] as [StaticString] { plain(name, "") }
            for name in ["cookies", "headers"] as [StaticString] { array(name) { _ in } }
            object("content") {
                $0.integer("size", 0)
                $0.plain("mimeType", "")
            }
            plain("redirectURL", "")
            for name in ["headersSize", "bodySize"] as [StaticString] { integer(name, -1) }
            return
        }
        let message = response.message
        let head = MessageHead(ofResponse: message.head)
        integer("status", response.status)
        text("statusText", head.third)
        text("httpVersion", head.first)
        array("cookies") { text in
            for field in head.fields where field.name.lowercased() == "set-cookie" {
                for pair in HARURL.cookies(field.value).prefix(1) {
                    text.pair(pair.name, pair.value)
                }
            }
        }
        writeFields(head.fields)
        object("content") { text in
            text.integer("size", message.body.length)
            text.text("mimeType", head.value(of: "content-type") ?? "")
            if let bytes = message.body.bytes { text.writeContent(bytes, encodingName: "encoding") }
        }
        text("redirectURL", head.value(of: "location") ?? "")
        integer("headersSize", message.head.count)
        integer("bodySize", message.body.length)
        writeExtras(message)
    }

    private mutating func pair(_ name: String, _ value: String) {
        object {
            $0.text("name", name)
            $0.text("value", value)
        }
    }

    private mutating func writeFields(_ fields: [MessageHead.Field]) {
        array("headers") { text in
            for field in fields { text.pair(field.name, field.value) }
        }
    }

    /// A body as text if it is one, or in base64.
    private mutating func writeContent(_ bytes: [UInt8], encodingName: StaticString) {
        if let string = String(validating: bytes, as: UTF8.self) {
            text("text", string)
        } else {
            plain("text", Data(bytes).base64EncodedString())
            plain(encodingName, "base64")
        }
    }

    /// What the import of this very file needs to know.
    private mutating func writeExtras(_ message: RecordedMessage) {
        bool("_complete", message.isComplete)
        let body = message.body
        if body.wireLength != body.length { integer("_wireSize", body.wireLength) }
        if body.bytes == nil { plain("_fingerprint", "\(body.fingerprint)") }
    }
}
