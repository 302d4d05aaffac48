internal import TraceFormat

/// What the bytes of both directions of a connection came to; together they are all bytes that
/// an `ExchangeAssembler` was given.
public struct ByteCounts: Equatable, Sendable {
    /// Part of a recorded exchange: its heads, bodies, chunk framing and trailers.
    public var inMessages: UInt64 = 0
    /// Empty lines in front of a message, which mean nothing.
    public var padding: UInt64 = 0
    /// Of a connection that left HTTP, or asked to (CONNECT, Upgrade).
    public var opaque: UInt64 = 0
    /// Of a head that never ended.
    public var unfinishedHeads: UInt64 = 0
    /// From the server, with no request in the recording that they could answer.
    public var withoutRequest: UInt64 = 0
    /// Skipped on the way to the start of the next message, after a gap or a start in mid-stream.
    public var resynchronizing: UInt64 = 0
    /// No HTTP/1.x.
    public var notHTTP: UInt64 = 0
    /// From an end that had said that it had nothing more to send.
    public var afterEnd: UInt64 = 0
    /// Of requests beyond the limit of requests without an answer.
    public var overLimit: UInt64 = 0

    /// Frames of HTTP/2 that carry no message: its preface, settings, windows and the like.
    public var http2Control: UInt64 = 0
    /// Of messages on HTTP/2 streams that are over, or were reset.
    public var http2ClosedStreams: UInt64 = 0
    /// Of HTTP/2 that can't be read, because bytes in front of it are missing or malformed.
    public var undecodableHTTP2: UInt64 = 0

    /// Starts with no byte.
    public init() {}

    /// All bytes.
    public var total: UInt64 {
        inMessages + padding + opaque + unfinishedHeads + withoutRequest + resynchronizing
            + notHTTP + afterEnd + overLimit + http2Control + http2ClosedStreams + undecodableHTTP2
    }

    /// Adds what another connection counted.
    public mutating func add(_ other: ByteCounts) {
        inMessages += other.inMessages
        padding += other.padding
        opaque += other.opaque
        unfinishedHeads += other.unfinishedHeads
        withoutRequest += other.withoutRequest
        resynchronizing += other.resynchronizing
        notHTTP += other.notHTTP
        afterEnd += other.afterEnd
        overLimit += other.overLimit
        http2Control += other.http2Control
        http2ClosedStreams += other.http2ClosedStreams
        undecodableHTTP2 += other.undecodableHTTP2
    }

    /// Puts the counts into a ledger, in the group `bytes`.
    func write(to ledger: inout Ledger) {
        ledger["bytes", "in_messages"] = inMessages
        ledger["bytes", "padding"] = padding
        ledger["bytes", "opaque"] = opaque
        ledger["bytes", "unfinished_heads"] = unfinishedHeads
        ledger["bytes", "without_request"] = withoutRequest
        ledger["bytes", "resynchronizing"] = resynchronizing
        ledger["bytes", "not_http"] = notHTTP
        ledger["bytes", "after_end"] = afterEnd
        ledger["bytes", "over_limit"] = overLimit
        ledger["bytes", "http2_control"] = http2Control
        ledger["bytes", "http2_closed_streams"] = http2ClosedStreams
        ledger["bytes", "undecodable_http2"] = undecodableHTTP2
    }
}
