import SystemPackage
import TraceFormat

/// Writes a trace of GET requests that nobody has answered yet.
///
/// - Parameters:
///   - path: Where to.
///   - connections: The targets that each connection asks for, one millisecond after the other.
///   - body: What each request carries as its body.
/// - Throws: When the file can't be written.
func writeTrace(
    to path: FilePath,
    connections: [[String]],
    body: (Int) -> [UInt8] = { _ in [] }
) throws {
    let info = TraceInfo(writer: "test", source: "import", epoch: 0, bodies: "requests")
    var writer = try TraceWriter(creating: path, replacing: false, info: info)
    for (connection, targets) in connections.enumerated() {
        let opening = ConnectionOpening(
            connection: UInt64(connection),
            client: "127.0.0.1:\(30_000 + connection)",
            server: "127.0.0.1:3000",
            time: 0
        )
        try writer.append(.opened(opening))
        for (sequence, target) in targets.enumerated() {
            let time = Int64(sequence) * 1_000_000
            let request = requestMessage(target, body: body(sequence), time: time)
            let exchange = Exchange(
                connection: UInt64(connection),
                sequence: UInt64(sequence),
                request: request,
                response: nil,
                end: .cutByRecordingEnd
            )
            try writer.append(.exchange(exchange))
        }
    }
    _ = try writer.finish(ledger: Ledger())
}

private func requestMessage(_ target: String, body: [UInt8], time: Int64) -> RecordedMessage {
    let head =
        "GET \(target) HTTP/1.1\r\nHost: shop.example\r\nContent-Length: \(body.count)\r\n\r\n"
    return RecordedMessage(
        head: Array(head.utf8),
        body: RecordedBody(
            length: UInt64(body.count),
            wireLength: UInt64(body.count),
            fingerprint: Fingerprint(of: body),
            bytes: body
        ),
        firstByteTime: time,
        lastByteTime: time,
        isComplete: true
    )
}

/// Writes a run of requests to `/run/echo` on one connection, each a millisecond after the other,
/// sent on time and answered with 200 after nine milliseconds.
///
/// - Parameters:
///   - path: Where to.
///   - count: How many requests.
///   - change: What is different about an outcome.
///   - changeInfo: What is different about the run.
/// - Throws: When the file can't be written.
func writeRun(
    to path: FilePath,
    count: UInt64,
    change: (inout Outcome) -> Void = { _ in },
    info changeInfo: (inout RunInfo) -> Void = { _ in }
) throws {
    var info = RunInfo(
        writer: "test",
        traceHash: "4f1c",
        traceName: "shop.mtr",
        target: "http://127.0.0.1:3000",
        speed: "1",
        connections: "recorded",
        planned: count,
        startedAt: 0
    )
    changeInfo(&info)
    var writer = try RunWriter(creating: path, replacing: false, info: info)
    for index in 0..<count {
        var outcome = Outcome(
            index: index,
            connection: 0,
            sequence: index,
            method: "GET",
            target: "/run/echo",
            due: Int64(index) * 1_000_000,
            result: .completed
        )
        outcome.sent = outcome.due
        outcome.end = outcome.due + 9_000_000
        outcome.status = 200
        change(&outcome)
        try writer.append(outcome)
    }
    try writer.finish(RunEnding(isPartial: false, duration: Int64(count) * 1_000_000))
}

/// The exchanges of a trace, in the order of the file.
func exchanges(of path: FilePath) throws -> [Exchange] {
    var reader = try TraceReader(opening: path)
    var exchanges: [Exchange] = []
    while let record = try reader.next() {
        if case .exchange(let exchange) = record { exchanges.append(exchange) }
    }
    return exchanges
}

extension Exchange {
    /// Method and target, as they stand in the request line.
    var methodAndTarget: String {
        let line = request.head.prefix { $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self).split(separator: " ").prefix(2)
            .joined(separator: " ")
    }
}
