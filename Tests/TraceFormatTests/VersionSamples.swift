import SystemPackage
import TraceFormat

/// What the sample files under `traces/versions` hold: something of everything that the format
/// can say, so that a later reader that forgets a part of it is caught.
enum VersionSamples {
    static let info: TraceInfo = {
        var info = TraceInfo(
            writer: "mik-replay 0.1.0",
            source: "proxy",
            epoch: 1_764_000_000_123_456_789,
            bodies: "all",
            clock: "monotonic",
            redaction: "none"
        )
        info.notes["options"] = "port 3000, \"all\" bodies, été"
        return info
    }()

    static let ledger: Ledger = {
        var ledger = Ledger()
        ledger["packets", "seen"] = 1234
        ledger["packets", "dropped"] = 0
        ledger["exchanges", "complete"] = .max
        return ledger
    }()

    static let runInfo: RunInfo = {
        var info = RunInfo(
            writer: "mik-replay 0.1.0",
            traceHash: String(repeating: "0f", count: 32),
            traceName: "sample.mtr",
            target: "http://127.0.0.1:3000",
            speed: "2.5",
            connections: "recorded",
            planned: 40,
            startedAt: 1_764_000_100_000_000_000
        )
        info.environment["kernel"] = "Linux"
        return info
    }()

    static let runEnding = RunEnding(isPartial: true, duration: 9_876_543_210, ledger: ledger)

    /// Two blocks of records.
    static let recordBlocks: [[TraceRecord]] = [
        [
            .opened(
                ConnectionOpening(
                    connection: 0,
                    client: "10.0.0.9:40001",
                    server: "[::1]:3000",
                    time: -5
                )
            ),
            .opened(
                ConnectionOpening(connection: 7, client: "ünïx", server: "", time: nil)
            ),
        ] + exchanges(0..<30, connection: 7),
        exchanges(30..<50, connection: 0)
            + ConnectionCloser.allCases.map { closer in
                .closed(
                    ConnectionClosing(
                        connection: UInt64(closer.rawValue),
                        time: 900_000_000 + Int64(closer.rawValue),
                        by: closer
                    )
                )
            },
    ]

    private static func exchanges(_ numbers: Range<UInt64>, connection: UInt64) -> [TraceRecord] {
        numbers.map { .exchange(exchange($0, connection: connection)) }
    }

    private static func exchange(_ number: UInt64, connection: UInt64) -> Exchange {
        let time = Int64(number) * 1_000_003 - 40
        var request = RecordedMessage(
            head: Array(requestHead(number).utf8),
            body: requestBody(number),
            firstByteTime: time,
            lastByteTime: time + Int64(number % 4) * 100,
            isComplete: number % 9 != 8
        )
        if number % 10 == 3 { request.trailers = Array("x-sum: \(number)\r\n".utf8) }
        let end = ExchangeEnd(rawValue: UInt8(number % 12)) ?? .complete
        var exchange = Exchange(
            connection: connection,
            sequence: number,
            request: request,
            response: number % 6 == 5 ? nil : response(number, after: time),
            end: end
        )
        if number % 8 == 2 {
            exchange.interim = (1...2).map { count in
                InterimResponse(
                    head: Array("HTTP/1.1 103 Early Hints\r\nlink: </\(count)>\r\n\r\n".utf8),
                    time: time + count * 1000
                )
            }
        }
        if number % 3 == 1 { exchange.upstream = upstream(number, of: exchange) }
        return exchange
    }

    private static func upstream(_ number: UInt64, of exchange: Exchange) -> UpstreamTimes {
        UpstreamTimes(
            requestFirstByte: number % 2 == 0 ? exchange.request.firstByteTime + 20_000 : nil,
            responseFirstByte: (exchange.response?.message.firstByteTime).map { $0 - 15_000 },
            responseLastByte: number % 4 == 3
                ? exchange.response.map { $0.message.lastByteTime - 9000 } : nil
        )
    }

    private static func requestHead(_ number: UInt64) -> String {
        let identifier = hexadecimal(number, digits: 32)
        switch number % 5 {
        case 0: return "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        case 1:
            return "GET /items/\(uuid(number))?page=\(number) HTTP/1.1\r\nhost: shop.example\r\n"
                + "traceparent: 00-\(identifier)-\(identifier.prefix(16))-01\r\n\r\n"
        case 2:
            return "POST /script/price HTTP/1.1\r\nhost: shop.example\r\n"
                + "authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ\(number)AbCdEf0123456789"
                + ".sig_-\(identifier)Zz\r\ncontent-length: 12\r\n\r\n"
        case 3: return "PUT /%C3%A9?\(number)=007 HTTP/1.1\r\nhost:  a \r\nx: \u{E9}\r\nx:\r\n\r\n"
        default: return "GET \\\0 odd\n\nhead \(number % 3)"
        }
    }

    private static func requestBody(_ number: UInt64) -> RecordedBody {
        switch number % 5 {
        case 2: return kept(Array("{\"n\":\(100 + number),\"id\":\"\(uuid(number / 10))\"}".utf8))
        case 3:
            return RecordedBody(
                length: number * 1000,
                wireLength: number * 1000 + 17,
                fingerprint: Fingerprint(high: number << 40, low: .max - number),
                bytes: nil
            )
        case 4 where number % 2 == 0:
            // Bytes that are not those of the fingerprint, as after a gap.
            return RecordedBody(
                length: 3,
                wireLength: 9,
                fingerprint: Fingerprint(high: 1, low: 2),
                bytes: [0, 255, UInt8(number)]
            )
        default: return .empty
        }
    }

    private static func response(_ number: UInt64, after time: Int64) -> RecordedResponse {
        let status: UInt16 = number % 7 == 0 ? 404 : 200
        let body = number % 3 == 0 ? kept(Array("ok \(number % 6)".utf8)) : .empty
        return RecordedResponse(
            status: number % 13 == 12 ? 999 : status,
            message: RecordedMessage(
                head: Array(
                    ("HTTP/1.1 \(status) OK\r\ndate: Sun, 06 Nov 1994 08:49:\(10 + number % 2) GMT\r\n"
                        + "x-request-id: \(uuid(number &* 3))\r\n"
                        + "content-length: \(body.length)\r\n\r\n").utf8
                ),
                body: body,
                trailers: number % 20 == 4 ? Array("t: 1\r\n".utf8) : [],
                firstByteTime: time + 250_000 + Int64(number * number),
                lastByteTime: time + 250_000 + Int64(number * number) + Int64(number % 3) * 77,
                isComplete: number % 11 != 10
            )
        )
    }

    private static func kept(_ bytes: [UInt8]) -> RecordedBody {
        RecordedBody(
            length: UInt64(bytes.count),
            wireLength: UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: bytes
        )
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
        let mixed = (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
        let text = String(mixed, radix: 16) + String(mixed ^ 0x5555_5555_5555_5555, radix: 16)
        return String((text + String(repeating: "0", count: digits)).prefix(digits))
    }

    private static func uuid(_ number: UInt64) -> String {
        let digits = hexadecimal(number, digits: 32)
        var groups: [Substring] = []
        var rest = digits[...]
        for count in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return groups.joined(separator: "-")
    }

    /// Two blocks of outcomes, with every result.
    static let outcomeBlocks: [[Outcome]] = {
        let results =
            [Outcome.Result.completed] + Outcome.Failure.allCases.map { .failed($0) }
            + Outcome.Censoring.allCases.map { .censored($0) }
            + Outcome.UnsentReason.allCases.map { .unsent($0) }
        let outcomes = (0..<40).map { number in outcome(number, results[number % results.count]) }
        return [Array(outcomes[..<25]), Array(outcomes[25...])]
    }()

    private static func outcome(_ number: Int, _ result: Outcome.Result) -> Outcome {
        let due = Int64(number) * 1_000_000 - 3
        var outcome = Outcome(
            index: UInt64(number),
            connection: UInt64(number % 4),
            sequence: UInt64(number / 4),
            method: number % 3 == 0 ? "POST" : "GET",
            target: number % 7 == 6 ? "/e\u{301}\u{0}" : "/run/m?id=\(number % 9)",
            due: due,
            result: result
        )
        outcome.blocked = Int64(number % 2)
        outcome.requestByteCount = UInt64(number * 10)
        outcome.responseHeadByteCount = UInt64(number * 3)
        outcome.responseBodyByteCount = number == 5 ? .max : UInt64(number)
        let bits = number &* 2731
        if bits & 1 != 0 { outcome.liveConnection = UInt64(number % 4) }
        if bits & 2 != 0 { outcome.sent = due + 20_000 + Int64(number) }
        if bits & 4 != 0 { outcome.firstByte = due + 900_000 }
        if bits & 8 != 0 { outcome.end = due + 900_000 + Int64(number * 7) }
        if bits & 16 != 0 { outcome.connectDuration = Int64(number) * 31 }
        if bits & 32 != 0 { outcome.status = 200 + UInt16(number % 5) }
        if bits & 64 != 0 {
            outcome.fingerprint = Fingerprint(high: UInt64(number % 5) << 60, low: 1)
        }
        if bits & 128 != 0 { outcome.serverMilliseconds = UInt64(number) }
        if bits & 256 != 0 { outcome.requestID = number % 8 == 0 ? "" : uuid(UInt64(number)) }
        if bits & 512 != 0 { outcome.recordedStatus = 200 }
        if bits & 1024 != 0 { outcome.recordedFingerprint = outcome.fingerprint }
        if number % 6 == 4 { outcome.handshakeDuration = Int64(number) * 17 }
        if number % 4 != 1 {
            outcome.keptFields = Array(
                "X-Mik-Handler:  cart-\(number % 3) \r\nretry-after: 1\n".utf8
            )
        }
        if number % 5 == 2 { outcome.keptBody = Array("{\"id\":\"\(uuid(UInt64(number)))\"}".utf8) }
        if number == 3 { outcome.keptBody = [] }
        if number % 7 == 3 {
            outcome.contentFingerprint = Fingerprint(high: UInt64(number % 3) << 50, low: 2)
        }
        if number % 9 == 4 {
            outcome.recordedContentFingerprint = Fingerprint(high: UInt64(number % 5) << 60, low: 1)
        }
        return outcome
    }
}

extension VersionSamples {
    /// Writes both samples, each with its blocks.
    static func write(trace: FilePath, run: FilePath) throws {
        var writer = try TraceWriter(creating: trace, info: info)
        for block in recordBlocks {
            for record in block { try writer.append(record) }
            try writer.flush()
        }
        _ = try writer.finish(ledger: ledger)
        var runWriter = try RunWriter(creating: run, info: runInfo)
        for block in outcomeBlocks {
            for outcome in block { try runWriter.append(outcome) }
            try runWriter.flush()
        }
        try runWriter.finish(runEnding)
    }
}
