import SystemPackage
import TraceFormat

/// Makes a trace of small requests that all differ, to be replayed at full speed.
///
///     make-trace OUT.mtr REQUESTS CONNECTIONS
@main
struct MakeTrace {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let requestCount = UInt64(arguments[2]),
            let connectionCount = UInt64(arguments[3]), connectionCount > 0
        else {
            print("usage: make-trace OUT.mtr REQUESTS CONNECTIONS")
            throw Errno.invalidArgument
        }
        let info = TraceInfo(
            writer: "make-trace", source: "synthetic", epoch: 1_700_000_000_000_000_000,
            bodies: "requests")
        var writer = try TraceWriter(
            creating: FilePath(arguments[1]), replacing: true, info: info)
        for connection in 0..<connectionCount {
            let opening = ConnectionOpening(
                connection: connection, client: "127.0.0.1:\(20_000 + connection)",
                server: "127.0.0.1:80", time: 0)
            try writer.append(.opened(opening))
        }
        for index in 0..<requestCount {
            try writer.append(.exchange(exchange(index, of: connectionCount)))
        }
        let end = Int64(requestCount) * spacing
        for connection in 0..<connectionCount {
            try writer.append(
                .closed(ConnectionClosing(connection: connection, time: end, by: .client)))
        }
        _ = try writer.finish(ledger: Ledger())
    }

    /// Nanoseconds between two requests.
    private static let spacing: Int64 = 10_000

    private static func exchange(_ index: UInt64, of connectionCount: UInt64) -> Exchange {
        let time = Int64(index) * spacing
        let head = """
            GET /item/\(index % 10_000)?page=\(index % 7) HTTP/1.1\r
            Host: shop.example\r
            User-Agent: bench/\(index % 5)\r
            Accept: application/json\r
            X-Request: \(index)\r
            \r

            """
        let request = RecordedMessage(
            head: Array(head.utf8), firstByteTime: time, lastByteTime: time, isComplete: true)
        let response = RecordedMessage(
            head: Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8),
            firstByteTime: time + 1000, lastByteTime: time + 1000, isComplete: true)
        return Exchange(
            connection: index % connectionCount, sequence: index / connectionCount,
            request: request, response: RecordedResponse(status: 200, message: response),
            end: .complete)
    }
}
