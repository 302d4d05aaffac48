import SystemPackage
import TraceFormat

/// A synthetic load as a trace: what a replay of it sends, and over how many connections.
struct LoadPlan {
    /// How many requests a trace has that is played again and again for some time.
    private static let roundLength: UInt64 = 10_000

    /// At least one.
    var requests: [LoadRequest]
    /// How many requests are sent; `nil` when a time says how many.
    var requestCount: UInt64?
    var connectionCount: Int

    /// Writes the trace.
    ///
    /// The requests are dealt to the connections in turn, which are as many as may be used and say
    /// nothing of which of them carries what; their times only say in which order.
    ///
    /// - Parameters:
    ///   - path: Where to.
    ///   - replaces: Whether an existing file may be overwritten.
    /// - Throws: `TraceError` when the file can't be written.
    func write(to path: FilePath, replacing replaces: Bool) throws(TraceError) {
        let info = TraceInfo(
            writer: Version.writer,
            source: "load",
            epoch: HostEnvironment.wallClock(),
            bodies: "requests"
        )
        var writer = try TraceWriter(creating: path, replacing: replaces, info: info)
        let heads = requests.map(\.head)
        let bodies = requests.map(\.recordedBody)
        let pattern = requests.pattern
        for connection in 0..<UInt64(connectionCount) {
            try writer.append(.opened(opening(of: connection)))
        }
        let turn = UInt64(pattern.count)
        let count = requestCount ?? turn * max(1, Self.roundLength / turn)
        for index in 0..<count {
            let kind = pattern[Int(index % turn)]
            let time = Int64(clamping: index)
            let request = RecordedMessage(
                head: heads[kind],
                body: bodies[kind],
                firstByteTime: time,
                lastByteTime: time,
                isComplete: true
            )
            let exchange = Exchange(
                connection: index % UInt64(connectionCount),
                sequence: index / UInt64(connectionCount),
                request: request,
                response: nil,
                end: .cutByRecordingEnd
            )
            try writer.append(.exchange(exchange))
        }
        var ledger = Ledger()
        ledger["exchanges", "total"] = count
        _ = try writer.finish(ledger: ledger)
    }

    private func opening(of connection: UInt64) -> ConnectionOpening {
        ConnectionOpening(connection: connection, client: "load", server: "none", time: nil)
    }
}

extension LoadRequest {
    fileprivate var recordedBody: RecordedBody {
        RecordedBody(
            length: UInt64(body.count),
            wireLength: UInt64(body.count),
            fingerprint: Fingerprint(of: body),
            bytes: body
        )
    }
}
