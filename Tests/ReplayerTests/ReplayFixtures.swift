import SystemPackage
import TestSupport
import TraceFormat

@testable import Replayer

/// Writes a trace of so many connections with requests a millisecond apart.
func makeTrace(
    in folder: TemporaryFolder,
    connections: UInt64,
    each: UInt64,
    bodyByteCount: Int = 0,
    answer: RecordedBody = .empty
) throws -> FilePath {
    let path = folder.path.appending("trace.mtr")
    let info = TraceInfo(writer: "test", source: "test", epoch: 0, bodies: "requests")
    var writer = try TraceWriter(creating: path, info: info)
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: bodyByteCount)
    let body = RecordedBody(
        length: UInt64(bodyByteCount),
        wireLength: UInt64(bodyByteCount),
        fingerprint: Fingerprint(of: bytes),
        bytes: bytes
    )
    for connection in 0..<connections {
        let opening = ConnectionOpening(
            connection: connection,
            client: "c:1",
            server: "s:1",
            time: 0
        )
        try writer.append(.opened(opening))
    }
    for sequence in 0..<each {
        for connection in 0..<connections {
            let time = Int64(sequence * connections + connection) * 1_000_000
            let length = bodyByteCount > 0 ? "Content-Length: \(bodyByteCount)\r\n" : ""
            let head =
                "GET /c\(connection)/\(sequence) HTTP/1.1\r\nHost: shop.example\r\n"
                + "\(length)\r\n"
            let exchange = recordedExchange(
                connection: connection,
                sequence: sequence,
                head: head,
                body: body,
                at: time,
                answeredAt: time + 10,
                with: answer
            )
            try writer.append(.exchange(exchange))
        }
    }
    for connection in 0..<connections {
        let closing = ConnectionClosing(
            connection: connection,
            time: Int64(each * connections) * 1_000_000,
            by: .client
        )
        try writer.append(.closed(closing))
    }
    _ = try writer.finish(ledger: Ledger())
    return path
}

/// Replays a trace into a run beside it, and reads that.
func replay(
    _ trace: FilePath,
    in folder: TemporaryFolder,
    _ configuration: ReplayConfiguration
) async throws -> (counts: ReplayCounts, outcomes: [Outcome], ending: RunEnding?) {
    let run = folder.path.appending("run.mrr")
    let replay = Replay(configuration)
    let prepared = try replay.prepare(trace: trace)
    let summary = try await replay.run(prepared) { conditions in
        let info = RunInfo(
            writer: "test",
            traceHash: prepared.trace.contentHash,
            traceName: "trace.mtr",
            target: configuration.target.url,
            speed: "1",
            connections: "recorded",
            planned: prepared.plan.requests,
            startedAt: 0,
            environment: conditions
        )
        return try RunWriter(creating: run, info: info)
    }
    var reader = try RunReader(opening: run)
    var outcomes: [Outcome] = []
    while let outcome = try reader.next() { outcomes.append(outcome) }
    outcomes.sort { $0.index < $1.index }
    return (summary.counts, outcomes, reader.ending)
}
