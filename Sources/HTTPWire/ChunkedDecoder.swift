/// Takes the chunked transfer coding apart (RFC 9112, section 7.1), a step at a time.
///
/// Line ends must be CR LF here: a reader that accepts a bare line feed inside the framing can be
/// made to see other messages than its neighbour.
struct ChunkedDecoder {
    /// The longest line of a chunk size with its extensions and its line end.
    static let lineLimit = 16_384

    private enum State {
        /// In front of a chunk size.
        case sizeStart
        /// Inside the digits of a chunk size.
        case size(UInt64)
        /// Behind the digits, in white space.
        case sizeEnd(UInt64)
        /// In the extensions, which are skipped.
        case extensions(UInt64)
        /// Behind the carriage return of a chunk line.
        case lineEnd(UInt64)
        /// Inside the data of a chunk.
        case data(UInt64)
        /// Behind the data, in front of its carriage return.
        case dataReturn
        /// Behind the data's carriage return.
        case dataLineEnd
        /// In the trailer section, which starts at this offset into the message.
        case trailers(start: Int)
        /// Behind the trailer section.
        case ended
    }

    private var state = State.sizeStart
    private var lineByteCount = 0
    private var trailers: HeadCollector

    /// A chunked body whose trailer section is at most `trailerLimit` bytes long.
    init(trailerLimit: Int) {
        trailers = HeadCollector(limit: trailerLimit)
    }

    /// Reads on from `offset`; `nil` when more bytes are needed.
    ///
    /// `base` is where `bytes` begins in the message, for errors.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int,
        base: Int
    ) throws(WireError) -> BodyStep? {
        if case .ended = state { return .end }
        while offset < bytes.count {
            switch state {
            case .data(let left):
                let count = Int(min(left, UInt64(bytes.count - offset)))
                let range = offset..<offset + count
                offset += count
                state = UInt64(count) == left ? .dataReturn : .data(left - UInt64(count))
                return .data(range)
            case .trailers(let start):
                guard let section = try collectTrailers(bytes, at: &offset, start: start) else {
                    return nil
                }
                state = .ended
                return section.isEmpty ? .end : .trailers(section)
            default:
                state = try stateBehind(bytes[offset], at: base + offset)
                offset += 1
            }
        }
        return nil
    }

    /// Reads one byte of the lines between the data.
    private mutating func stateBehind(_ byte: UInt8, at position: Int) throws(WireError) -> State {
        lineByteCount += 1
        guard lineByteCount <= Self.lineLimit else {
            throw WireError(.chunkLineTooLong(limit: Self.lineLimit), at: position)
        }
        switch state {
        case .sizeStart:
            guard let digit = ByteClass.hexadecimalValue(of: byte) else { break }
            return .size(UInt64(digit))
        case .size(let size):
            guard let digit = ByteClass.hexadecimalValue(of: byte) else {
                return try stateBehindSize(size, byte, at: position)
            }
            guard size <= UInt64(Int64.max) >> 4 else {
                throw WireError(.chunkTooLarge, at: position)
            }
            return .size(size << 4 | UInt64(digit))
        case .sizeEnd(let size):
            return try stateBehindSize(size, byte, at: position)
        case .extensions(let size):
            if byte == ByteClass.carriageReturn { return .lineEnd(size) }
            guard ByteClass.isFieldValue(byte) else { break }
            return state
        case .lineEnd(let size):
            guard byte == ByteClass.lineFeed else { break }
            lineByteCount = 0
            return size == 0 ? .trailers(start: position + 1) : .data(size)
        case .dataReturn:
            guard byte == ByteClass.carriageReturn else {
                throw WireError(.malformedChunkEnd, at: position)
            }
            return .dataLineEnd
        case .dataLineEnd:
            guard byte == ByteClass.lineFeed else {
                throw WireError(.malformedChunkEnd, at: position)
            }
            lineByteCount = 0
            return .sizeStart
        case .data, .trailers, .ended:
            preconditionFailure("data and trailers of a chunked body are no framing bytes")
        }
        throw WireError(.malformedChunkSize, at: position)
    }

    /// Reads the byte behind the digits of a chunk size.
    ///
    /// White space is allowed there, also without an extension: servers pad sizes with it.
    private func stateBehindSize(
        _ size: UInt64,
        _ byte: UInt8,
        at position: Int
    ) throws(WireError) -> State {
        switch byte {
        case ByteClass.carriageReturn: return .lineEnd(size)
        case ByteClass.semicolon: return .extensions(size)
        case ByteClass.space, ByteClass.tab: return .sizeEnd(size)
        default: throw WireError(.malformedChunkSize, at: position)
        }
    }

    /// Collects the trailer section, checks its lines and leaves out the empty one at its end.
    private mutating func collectTrailers(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        start: Int
    ) throws(WireError) -> [UInt8]? {
        do throws(WireError) {
            guard var section = try trailers.collect(bytes, at: &offset) else { return nil }
            for index in section.indices
            where section[index] == ByteClass.lineFeed
                && (index == 0 || section[index - 1] != ByteClass.carriageReturn)
            {
                throw WireError(.forbiddenByte(ByteClass.lineFeed), at: index)
            }
            _ = try HeadParser.parseFields(section, from: 0)
            section.removeLast(2)
            return section
        } catch {
            throw WireError(error.reason, at: start + error.offset)
        }
    }
}
