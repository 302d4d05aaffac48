/// Bytes that are not an HTTP/1.x message, or that different readers could understand differently.
public struct WireError: Error, Equatable, Sendable {
    /// What is wrong.
    public var reason: Reason
    /// Where it is wrong: an offset into the message, counted from its first byte.
    public var offset: Int

    /// Makes an error at an offset into the message.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// Every way in which bytes can be wrong.
    public enum Reason: Equatable, Sendable {
        /// The start line is neither a request line nor a status line (RFC 9112, sections 3, 4).
        case malformedStartLine
        /// The message is not HTTP/1.0 or HTTP/1.1; also an HTTP/0.9 request.
        case unsupportedVersion
        /// The connection preface of HTTP/2 (RFC 9113, section 3.4).
        case http2Preface
        /// The head, or the trailer section, is longer than the limit, which ends at the offset.
        case headTooLarge(limit: Int)
        /// A field line has no colon, an empty name, or white space before the colon.
        case malformedFieldLine
        /// A field line continues on the next line (obs-fold, RFC 9112, section 5.2).
        case foldedFieldLine
        /// A byte that may not stand there, such as a bare carriage return or a zero.
        case forbiddenByte(UInt8)
        /// `Content-Length` is no number, is too large, or is given twice with different numbers.
        case ambiguousContentLength
        /// `Content-Length` and `Transfer-Encoding` both say how long the body is.
        case conflictingFraming
        /// A `Transfer-Encoding` by which the end of the body can't be known.
        case unsupportedTransferEncoding
        /// A chunk does not begin with a hexadecimal size, or its line is malformed.
        case malformedChunkSize
        /// A chunk size that does not fit in 63 bits.
        case chunkTooLarge
        /// The line of a chunk size with its extensions is longer than the limit.
        case chunkLineTooLong(limit: Int)
        /// The data of a chunk is not followed by a line end.
        case malformedChunkEnd
    }
}

extension WireError: CustomStringConvertible {
    /// One sentence without a full stop that says what and where.
    public var description: String {
        switch reason {
        case .malformedStartLine: "the start line is malformed at byte \(offset)"
        case .unsupportedVersion: "the HTTP version at byte \(offset) is not 1.0 or 1.1"
        case .http2Preface: "the connection speaks HTTP/2 from its first byte"
        case .headTooLarge(let limit):
            "the head or trailer section that reaches byte \(offset) is over \(limit) bytes"
        case .malformedFieldLine: "the field line is malformed at byte \(offset)"
        case .foldedFieldLine: "the field line at byte \(offset) is folded, which is obsolete"
        case .forbiddenByte(let byte):
            "byte 0x\(String(byte, radix: 16)) at byte \(offset) may not stand there"
        case .ambiguousContentLength: "Content-Length at byte \(offset) is not one number"
        case .conflictingFraming:
            "Transfer-Encoding at byte \(offset) contradicts Content-Length"
        case .unsupportedTransferEncoding:
            "Transfer-Encoding at byte \(offset) does not tell where the body ends"
        case .malformedChunkSize: "the chunk size at byte \(offset) is malformed"
        case .chunkTooLarge: "the chunk size at byte \(offset) is over the limit"
        case .chunkLineTooLong(let limit):
            "the chunk line at byte \(offset) is over the limit of \(limit) bytes"
        case .malformedChunkEnd: "the chunk that should end at byte \(offset) goes on"
        }
    }
}
