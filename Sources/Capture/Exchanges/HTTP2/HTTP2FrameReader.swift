internal import HTTPWire

/// Why the frames of one end can't be read any further.
enum HTTP2Fault: Error {
    /// A frame, or the fields of one message, are longer than anybody sends.
    case tooLong
    /// A length, a padding or an order that RFC 9113 forbids.
    case malformed
    /// The fields can't be decompressed (RFC 7541).
    case fields
}

/// Takes the bytes of one end of an HTTP/2 connection apart into frames, in whatever pieces they
/// come.
///
/// The payload of DATA is given out as it comes, so that a body is never held; other frames are
/// given out whole.
struct HTTP2FrameReader {
    /// What comes next.
    enum Event: Equatable {
        /// A frame other than DATA, with its payload.
        case frame(HTTP2FrameHeader, payload: [UInt8])
        /// Bytes of a body, where they stand in the input.
        case data(HTTP2FrameHeader, Range<Int>)
        /// The end of a DATA frame.
        case dataEnd(HTTP2FrameHeader)
    }

    /// The most bytes of a frame that are held.
    static let payloadLimit = 1 << 18

    private var header: HTTP2FrameHeader?
    /// The bytes of a header, or of a payload, that is not whole.
    private var buffer: [UInt8] = []
    private var dataByteCount = 0
    private var paddingByteCount = 0
    private var isPaddingLengthNext = false

    /// Reads on at `offset`; returns `nil` when the input is used up.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(HTTP2Fault) -> Event? {
        if header == nil {
            guard fill(to: HTTP2FrameHeader.byteCount, from: bytes, at: &offset) else { return nil }
            try begin(HTTP2FrameHeader(buffer.span, at: 0))
        }
        guard let header else { return nil }
        if header.kind == .data { return try nextOfData(header, in: bytes, at: &offset) }
        guard fill(to: header.payloadByteCount, from: bytes, at: &offset) else { return nil }
        let payload = buffer
        self.header = nil
        buffer = []
        return .frame(header, payload: payload)
    }

    /// Passes over bytes that nobody saw, if all of them are of one body.
    ///
    /// Returns the frame that they are of; `nil` when what they were can't be known.
    mutating func skip(_ byteCount: UInt64) -> HTTP2FrameHeader? {
        guard let header, header.kind == .data, !isPaddingLengthNext,
            byteCount <= UInt64(dataByteCount)
        else { return nil }
        dataByteCount -= Int(byteCount)
        return header
    }

    private mutating func begin(_ header: HTTP2FrameHeader) throws(HTTP2Fault) {
        buffer.removeAll(keepingCapacity: true)
        self.header = header
        guard header.kind == .data else {
            guard header.payloadByteCount <= Self.payloadLimit else { throw .tooLong }
            return
        }
        dataByteCount = header.payloadByteCount
        paddingByteCount = 0
        isPaddingLengthNext = header.has(HTTP2FrameHeader.Flag.padded)
    }

    private mutating func nextOfData(
        _ header: HTTP2FrameHeader,
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(HTTP2Fault) -> Event? {
        if isPaddingLengthNext {
            guard dataByteCount > 0 else { throw .malformed }
            guard offset < bytes.count else { return nil }
            paddingByteCount = Int(bytes[offset])
            offset += 1
            isPaddingLengthNext = false
            guard paddingByteCount < dataByteCount else { throw .malformed }
            dataByteCount -= 1 + paddingByteCount
        }
        if dataByteCount > 0 {
            let count = min(dataByteCount, bytes.count - offset)
            guard count > 0 else { return nil }
            dataByteCount -= count
            offset += count
            return .data(header, offset - count..<offset)
        }
        let count = min(paddingByteCount, bytes.count - offset)
        paddingByteCount -= count
        offset += count
        guard paddingByteCount == 0 else { return nil }
        self.header = nil
        return .dataEnd(header)
    }

    /// Moves bytes to the buffer until it has `count`; returns whether it has.
    private mutating func fill(
        to count: Int,
        from bytes: Span<UInt8>,
        at offset: inout Int
    ) -> Bool {
        let end = min(bytes.count, offset + count - buffer.count)
        if end > offset { buffer += bytes.copy(offset..<end) }
        offset = max(offset, end)
        return buffer.count == count
    }
}
