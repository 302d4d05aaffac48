public import TraceFormat

/// Small requests that all differ, on a number of connections that take turns.
public struct SyntheticTraffic {
    /// How many requests there are.
    public let requestCount: UInt64
    /// How many connections carry them.
    public let connectionCount: UInt64
    /// Nanoseconds between two requests.
    private let spacing: Int64

    /// Traffic in which a request follows the one before it after `spacing` nanoseconds.
    public init(requestCount: UInt64, connectionCount: UInt64, spacing: Int64 = 10_000) {
        precondition(connectionCount > 0, "requests need a connection")
        self.requestCount = requestCount
        self.connectionCount = connectionCount
        self.spacing = spacing
    }

    /// What the trace says of itself.
    public var info: TraceInfo {
        TraceInfo(
            writer: "make-trace",
            source: "synthetic",
            epoch: 1_700_000_000_000_000_000,
            bodies: "requests"
        )
    }

    /// Writes everything to a trace and ends it.
    public func write(to writer: inout TraceWriter) throws(TraceError) {
        for connection in 0..<connectionCount {
            let opening = ConnectionOpening(
                connection: connection,
                client: "127.0.0.1:\(20_000 + connection)",
                server: "127.0.0.1:80",
                time: 0
            )
            try writer.append(.opened(opening))
        }
        for index in 0..<requestCount {
            try writer.append(.exchange(exchange(index)))
        }
        let end = Int64(requestCount) * spacing
        for connection in 0..<connectionCount {
            let closing = ConnectionClosing(connection: connection, time: end, by: .client)
            try writer.append(.closed(closing))
        }
        _ = try writer.finish(ledger: Ledger())
    }

    /// The request at a position, and its answer.
    public func exchange(_ index: UInt64) -> Exchange {
        let time = Int64(index) * spacing
        let request = RecordedMessage(
            head: requestHead(index),
            firstByteTime: time,
            lastByteTime: time,
            isComplete: true
        )
        let response = RecordedMessage(
            head: Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8),
            firstByteTime: time + 1000,
            lastByteTime: time + 1000,
            isComplete: true
        )
        return Exchange(
            connection: index % connectionCount,
            sequence: index / connectionCount,
            request: request,
            response: RecordedResponse(status: 200, message: response),
            end: .complete
        )
    }

    /// The head of the request at a position.
    public func requestHead(_ index: UInt64) -> [UInt8] {
        let head = """
            GET /item/\(index % 10_000)?page=\(index % 7) HTTP/1.1\r
            Host: shop.example\r
            User-Agent: bench/\(index % 5)\r
            Accept: application/json\r
            X-Request: \(index)\r
            \r

            """
        return Array(head.utf8)
    }
}
