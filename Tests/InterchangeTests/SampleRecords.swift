import SeededRandom
import TraceFormat

/// Records as recorders make them, with everything that a trace can hold.
struct SampleRecords {
    private var random: SplitMix64
    private(set) var records: [TraceRecord] = []
    private var time: Int64 = 0

    /// So many connections with some exchanges each, interleaved as the seed has it.
    init(seed: UInt64, connections: Int) {
        random = SplitMix64(seed: seed)
        var queues = (0..<connections).map { connectionRecords(UInt64($0)) }
        while queues.contains(where: { !$0.isEmpty }) {
            let index = Int.random(in: queues.indices, using: &random)
            guard !queues[index].isEmpty else { continue }
            records.append(queues[index].removeFirst())
        }
    }

    private mutating func connectionRecords(_ connection: UInt64) -> [TraceRecord] {
        let opening = ConnectionOpening(
            connection: connection,
            client: "[2001:db8::1]:\(4000 + connection)",
            server: "10.0.0.1:3000",
            time: flip() ? nextTime() : nil
        )
        var records: [TraceRecord] = [.opened(opening)]
        for sequence in 0..<UInt64.random(in: 0...4, using: &random) {
            records.append(.exchange(exchange(connection, sequence)))
        }
        if flip() {
            let by = ConnectionCloser.allCases.randomElement(using: &random) ?? .client
            records.append(
                .closed(ConnectionClosing(connection: connection, time: nextTime(), by: by))
            )
        }
        return records
    }

    private mutating func exchange(_ connection: UInt64, _ sequence: UInt64) -> Exchange {
        let heads = [
            "GET /run/cart/items/7?page=2&q=a%20b HTTP/1.1\r\nHost: shop.example\r\n\r\n",
            "POST /script/home HTTP/1.1\r\nhost: a\r\nCookie: a=b; c=d\r\nContent-Type: x/y\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n", "GET /two\u{7F} HTTP/2\r\nhost: a\r\n\r\n",
            "get /odd HTTP/1.1\nHost:a\r\n\tX: \u{1}\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
        ]
        let request = message(heads.randomElement(using: &random) ?? "")
        let answers: [(UInt16, String)] = [
            (200, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"),
            (404, "HTTP/1.1 404 \r\n\r\n"), (204, "HTTP/2 204\r\nx: é\"\\\r\n\r\n"),
            (302, "HTTP/1.0  302 Found\r\nLocation:  /x \r\n\r\n"), (500, "HTTP/1.1 500\r\n\r\n"),
        ]
        let (status, head) = answers.randomElement(using: &random) ?? (200, "")
        let interim = InterimResponse(
            head: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8),
            time: nextTime()
        )
        return Exchange(
            connection: connection,
            sequence: sequence,
            request: request,
            interim: flip() ? [interim] : [],
            response: flip()
                ? RecordedResponse(status: status, message: message(head)) : nil,
            end: ExchangeEnd.allCases.randomElement(using: &random) ?? .complete,
            upstream: flip()
                ? UpstreamTimes(requestFirstByte: nextTime(), responseLastByte: nextTime()) : nil
        )
    }

    private mutating func message(_ head: String) -> RecordedMessage {
        var body = RecordedBody.empty
        if flip() {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            body = RecordedBody(
                length: UInt64(bytes.count),
                wireLength: UInt64(bytes.count) + (flip() ? 9 : 0),
                fingerprint: Fingerprint(of: bytes),
                bytes: flip() ? bytes : nil
            )
        }
        var bytes = Array(head.utf8)
        if flip(), !bytes.isEmpty { bytes.insert(0xE9, at: bytes.count - 4) }
        return RecordedMessage(
            head: bytes,
            body: body,
            trailers: flip() ? [] : Array("x-sum: 1\r\n".utf8),
            firstByteTime: nextTime(),
            lastByteTime: nextTime(),
            isComplete: flip()
        )
    }

    private mutating func flip() -> Bool { .random(using: &random) }

    private mutating func nextTime() -> Int64 {
        time += Int64.random(in: -1_000_000...5_000_000, using: &random)
        return time
    }
}

/// A request as a browser sends it and a server answers it.
func plainExchange(
    _ sequence: UInt64 = 0,
    connection: UInt64 = 0,
    at time: Int64 = 0,
    requestHead: String = "GET /run/cart?a=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
    requestBody: [UInt8] = [],
    responseHead: String? = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
    responseBody: [UInt8]? = Array("ok".utf8)
) -> Exchange {
    func body(_ bytes: [UInt8]) -> RecordedBody {
        RecordedBody(
            length: UInt64(bytes.count),
            wireLength: UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: bytes
        )
    }
    let response = responseHead.map { head in
        var body = body(responseBody ?? Array("hidden".utf8))
        if responseBody == nil { body.bytes = nil }
        return RecordedResponse(
            status: 200,
            message: RecordedMessage(
                head: Array(head.utf8),
                body: body,
                firstByteTime: time + 2_000_000,
                lastByteTime: time + 2_500_001,
                isComplete: true
            )
        )
    }
    return Exchange(
        connection: connection,
        sequence: sequence,
        request: RecordedMessage(
            head: Array(requestHead.utf8),
            body: body(requestBody),
            firstByteTime: time,
            lastByteTime: time + 1000,
            isComplete: true
        ),
        response: response,
        end: response == nil ? .closedWithoutResponse : .complete
    )
}
