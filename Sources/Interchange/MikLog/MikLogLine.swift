/// One line of mik's log that says something of a request.
///
///     2026-01-02T03:04:05.678901Z  INFO request{request_id=… method=GET path=/run/cart \
///         remote_addr=10.0.0.7:4242}: mik::runtime::request_handler: Request completed status=200
///
/// Colours are part of the text, and under concurrency several spans may stand in front of the
/// message: the innermost, which is the last, is that of the request.
struct MikLogLine: Equatable {
    /// What happened to the request.
    enum Event: Equatable {
        case started
        /// It was answered; `/health` and `/metrics` have no status in the log.
        case completed(status: UInt16?)
        /// It failed, and the connection was closed without a response.
        case failed
    }

    var event: Event
    /// Unix time in nanoseconds.
    var time: Int64
    var requestID: String
    var method: String
    var path: String
    var client: String
    /// How long the request took, in nanoseconds, where the line says so.
    var duration: Int64?

    /// The messages, and what they mean.
    private static let messages: [(text: String, event: Event)] = [
        ("Request started", .started),
        ("Request completed", .completed(status: nil)),
        ("Request failed", .failed),
        ("Health check", .completed(status: nil)),
        ("Metrics request", .completed(status: nil)),
    ]

    /// Reads a line; `nil` when it is about something else.
    init?(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: Self.withoutColours(line), as: UTF8.self)
        let trimmed = text.drop { $0 == " " }
        guard let timeEnd = trimmed.firstIndex(of: " "),
            let time = UnixTime.nanoseconds(trimmed[..<timeEnd]),
            let spanStart = trimmed.ranges(of: "request{").last,
            let spanEnd = trimmed[spanStart.upperBound...].firstRange(of: "}: "),
            let targetEnd = trimmed[spanEnd.upperBound...].firstRange(of: ": ")
        else { return nil }
        let message = trimmed[targetEnd.upperBound...]
        guard let known = Self.messages.first(where: { message.hasPrefix($0.text) }) else {
            return nil
        }
        let span = Self.fields(of: trimmed[spanStart.upperBound..<spanEnd.lowerBound])
        guard let requestID = span["request_id"], let method = span["method"],
            let path = span["path"]
        else { return nil }
        let fields = Self.fields(of: message.dropFirst(known.text.count))
        event = known.event
        if case .completed = known.event {
            event = .completed(status: fields["status"].flatMap { UInt16($0) })
        }
        self.time = time
        self.requestID = requestID
        self.method = method
        self.path = path
        client = span["remote_addr"] ?? ""
        duration = fields["duration_ms"].flatMap { Double($0) }
            .flatMap { Int64(exactly: ($0 * 1e6).rounded()) }
    }

    /// Leaves out what steers a terminal: from ESC `[` to a letter (ECMA-48, section 5.4).
    static func withoutColours(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(line.count)
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == 0x1B, rest.first == UInt8(ascii: "[") else {
                plain.append(byte)
                continue
            }
            rest = rest.dropFirst().drop { !(0x40...0x7E).contains($0) }.dropFirst()
        }
        return plain
    }

    /// Pairs of `name=value`, where a value may stand in quotes.
    private static func fields(of text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = text.drop { $0 == " " }
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals]
            rest = rest[equals...].dropFirst()
            if rest.first == "\"" {
                rest = rest.dropFirst()
                let value = rest.prefix { $0 != "\"" }
                fields[String(name)] = String(value)
                rest = rest[value.endIndex...].dropFirst()
            } else {
                let value = rest.prefix { $0 != " " }
                fields[String(name)] = String(value)
                rest = rest[value.endIndex...]
            }
            rest = rest.drop { $0 == " " }
        }
        return fields
    }
}
