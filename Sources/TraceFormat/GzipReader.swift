internal import CZlib

/// Inflates a gzip file (RFC 1952) whose bytes come in parts.
///
/// Several members may follow each other. Other wrappings of deflated data are read in the same way.
///
///     var reader = GzipReader()
///     var offset = 0
///     let count = try reader.inflate(input.span, at: &offset, into: &output, from: 0)
@safe public struct GzipReader: ~Copyable {
    /// The bytes are no gzip file, or damaged.
    public struct Damage: Error, Equatable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public let description: String

        /// They end where something of the gzip file is missing.
        static let cutOff = Damage(description: "the gzip data end too early")
    }

    /// What stands around deflated data (RFC 1951).
    public enum Wrapping: Sendable {
        /// The header and checksum of gzip (RFC 1952).
        case gzip
        /// Those of zlib (RFC 1950).
        case zlib
        /// Nothing.
        case none

        /// What zlib calls it.
        fileprivate var windowBits: Int32 {
            switch self {
            case .gzip: 15 + 16
            case .zlib: 15
            case .none: -15
            }
        }
    }

    /// The bytes that every gzip file begins with.
    public static let magic: [UInt8] = [0x1F, 0x8B]

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the file may end here.
    public private(set) var isAtMemberEnd = false

    /// Starts in front of the first byte.
    public init(_ wrapping: Wrapping = .gzip) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe czlib_inflateInit2(stream, wrapping.windowBits)
        guard status == Z_OK else {
            preconditionFailure("zlib can't start to inflate: status \(status)")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates bytes from `offset` on, which it moves behind what was read.
    ///
    /// Returns when the output is full or the input is read; there may be more output in the
    /// former case.
    ///
    /// - Returns: How many bytes of `output` were written, from `start` on.
    public mutating func inflate(
        _ input: Span<UInt8>,
        at offset: inout Int,
        into output: inout [UInt8],
        from start: Int
    ) throws(Damage) -> Int {
        guard start < output.count else { return 0 }
        if isAtMemberEnd {
            guard offset < input.count else { return 0 }
            unsafe inflateReset(stream)
            isAtMemberEnd = false
        }
        var written = 0
        var status = Z_OK
        let part = input.extracting(offset..<input.count)
        unsafe part.withUnsafeBufferPointer { part in
            unsafe output.withUnsafeMutableBufferPointer { output in
                let output = unsafe UnsafeMutableBufferPointer(rebasing: output[start...])
                let counts = (input: min(part.count, 1 << 30), output: min(output.count, 1 << 30))
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(counts.input)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(counts.output)
                status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                offset += counts.input - Int(unsafe stream.pointee.avail_in)
                written = counts.output - Int(unsafe stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
        }
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtMemberEnd = true
        default:
            let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            throw Damage(description: "the gzip data are damaged: \(message ?? "status \(status)")")
        }
        return written
    }
}
