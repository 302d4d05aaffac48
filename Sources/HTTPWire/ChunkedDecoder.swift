/// Takes the chunked transfer coding apart (RFC 9112, section 7.1), a step at a time.
///
/// Line ends must be CR LF here: a reader that accepts a bare line feed inside the framing can be
/// made to see other messages than its neighbour.
struct ChunkedDecoder {
    /// The longest line of a chunk size with its extensions.
    static let lineLimit = 16_384

    private enum State {
        /// In front of or inside the digits of a chunk size.
        case size(UInt64, digitCount: Int)
        /// Behind the digits, in white space or extensions.
        case extensions(UInt64)
        /// Behind the carriage return of a chunk line.
        case lineEnd(UInt64)
        /// Inside the data of a chunk.
        case data(UInt64)
        /// Behind the data, in front of its carriage return.
        case dataReturn
        /// Behind the data's carriage return.
        case dataLineEnd
        /// In the trailer section.
        case trailers
    }

    /// What a step found.
    enum Step: Equatable {
        /// Data of the body.
        case data(Range<Int>)
        /// The end of the body with the trailer section, without the empty line that ends it.
        case end(trailers: [UInt8])
    }

    private var state = State.size(0, digitCount: 0)
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
    ) throws(WireError) -> Step? {
        while offset < bytes.count {
            switch state {
            case .data(let left):
                let count = Int(min(left, UInt64(bytes.count - offset)))
                let range = offset..<offset + count
                offset += count
                state = UInt64(count) == left ? .dataReturn : .data(left - UInt64(count))
                return .data(range)
            case .trailers:
                guard let section = try collectTrailers(bytes, at: &offset, base: base) else {
                    return nil
                }
                return .end(trailers: section)
            default:
                try readFraming(bytes[offset], at: base + offset)
                offset += 1
            }
        }
        return nil
    }

    /// Reads one byte of the lines between the data.
    private mutating func readFraming(_ byte: UInt8, at position: Int) throws(WireError) {
        lineByteCount += 1
        guard lineByteCount <= Self.lineLimit else {
            throw WireError(.chunkLineTooLong(limit: Self.lineLimit), at: position)
        }
        switch state {
        case .size(let size, let digitCount):
            state = try readSize(byte, size: size, digitCount: digitCount, at: position)
        case .extensions(let size):
            if byte == ByteClass.carriageReturn {
                state = .lineEnd(size)
            } else if !ByteClass.isFieldValue(byte) {
                throw WireError(.malformedChunkSize, at: position)
            }
        case .lineEnd(let size):
            guard byte == ByteClass.lineFeed else {
                throw WireError(.malformedChunkSize, at: position)
            }
            lineByteCount = 0
            state = size == 0 ? .trailers : .data(size)
        case .dataReturn:
            guard byte == ByteClass.carriageReturn else {
                throw WireError(.malformedChunkEnd, at: position)
            }
            state = .dataLineEnd
        case .dataLineEnd:
            guard byte == ByteClass.lineFeed else {
                throw WireError(.malformedChunkEnd, at: position)
            }
            lineByteCount = 0
            state = .size(0, digitCount: 0)
        case .data, .trailers:
            preconditionFailure("data and trailers of a chunked body are no framing bytes")
        }
    }

    private func readSize(
        _ byte: UInt8,
        size: UInt64,
        digitCount: Int,
        at position: Int
    ) throws(WireError) -> State {
        if let digit = ByteClass.hexadecimalValue(of: byte) {
            guard size <= UInt64(Int64.max) >> 4 else {
                throw WireError(.chunkTooLarge, at: position)
            }
            return .size(size << 4 | UInt64(digit), digitCount: digitCount + 1)
        }
        guard digitCount > 0 else { throw WireError(.malformedChunkSize, at: position) }
        switch byte {
        case ByteClass.carriageReturn: return .lineEnd(size)
        case ByteClass.semicolon, ByteClass.space, ByteClass.tab: return .extensions(size)
        default: throw WireError(.malformedChunkSize, at: position)
        }
    }

    /// Collects the trailer section and checks its lines.
    private mutating func collectTrailers(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        base: Int
    ) throws(WireError) -> [UInt8]? {
        guard let section = try trailers.collect(bytes, at: &offset) else { return nil }
        do {
            _ = try HeadParser.parseFields(section, from: 0)
        } catch {
            throw WireError(error.reason, at: base + offset - section.count + error.offset)
        }
        let emptyLineByteCount =
            section.count >= 2 && section[section.count - 2] == ByteClass.carriageReturn ? 2 : 1
        return [UInt8](section.dropLast(emptyLineByteCount))
    }
}
