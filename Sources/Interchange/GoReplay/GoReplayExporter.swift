public import TraceFormat

/// Writes the requests and responses of a trace for GoReplay (`.gor`).
///
/// An identifier is made of the connection and the sequence, so equal traces give equal files.
public struct GoReplayExporter: TraceExporter {
    public private(set) var losses = LossReport()

    private var bytes: [UInt8] = []
    private let clock: RecordedClock

    /// Writes a trace that says this of itself.
    public init(info: TraceInfo) {
        clock = RecordedClock(epoch: info.epoch)
    }

    public mutating func add(_ record: TimedRecord) {
        guard case .exchange(let exchange) = record.record else {
            losses[.connectionEvents] += 1
            return
        }
        let id = hexadecimal(exchange.connection, 16) + hexadecimal(exchange.sequence, 8)
        let head = MessageHead(ofRequest: exchange.request.head)
        count(exchange.request, head, bodyLoss: .requestBodyNotRecorded)
        write(exchange.request, head, .request, id)
        losses[.interim] += UInt64(exchange.interim.count)
        if exchange.upstream != nil { losses[.upstreamTimes] += 1 }

        guard let response = exchange.response?.message else {
            losses[.responseMissing] += 1
            return
        }
        let responseHead = MessageHead(ofResponse: response.head)
        count(response, responseHead, bodyLoss: .responseBodyNotRecorded)
        write(response, responseHead, .response, id)
    }

    public mutating func finish() {}

    public mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func write(
        _ message: RecordedMessage,
        _ head: MessageHead,
        _ kind: GoReplayFormat.Header.Kind,
        _ id: String
    ) {
        let header = GoReplayFormat.Header(
            kind: kind,
            id: id,
            time: clock.unixTime(message.firstByteTime),
            length: max(0, message.lastByteTime &- message.firstByteTime)
        )
        bytes += header.line.utf8
        bytes += message.wireBytes(head)
        bytes += GoReplayFormat.separator
    }

    private mutating func count(
        _ message: RecordedMessage,
        _ head: MessageHead,
        bodyLoss: Loss
    ) {
        if message.body.bytes == nil { losses[bodyLoss] += 1 }
        if !message.isComplete { losses[.incompleteness] += 1 }
        if message.isChunked, message.body.length > 0 { losses[.chunkSizes] += 1 }
        if head.isHTTP2 { losses[.http2] += 1 }
    }

    private func hexadecimal(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
