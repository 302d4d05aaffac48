internal import CZlib

/// Deflates bytes that come in parts into a gzip file of one member (RFC 1952), without a name and
/// a time, so that equal bytes make equal files.
@safe public struct GzipWriter: ~Copyable {
    private static let outputSize = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>

    /// Starts in front of the first byte.
    public init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let gzip: Int32 = 16
        let status = unsafe czlib_deflateInit2(stream, Z_DEFAULT_COMPRESSION, 15 + gzip)
        guard status == Z_OK else {
            preconditionFailure("zlib can't start to deflate: status \(status)")
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes the next bytes, and gives out what they and those before them came to so far.
    public mutating func deflate(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_NO_FLUSH) }

    /// Gives out the rest of the file; nothing may follow.
    public mutating func finish() -> [UInt8] { run([], Z_FINISH) }

    private mutating func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var deflated: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.outputSize)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            var written = 0
            repeat {
                written = unsafe piece.withUnsafeMutableBufferPointer { piece in
                    unsafe stream.pointee.next_out = piece.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(piece.count)
                    let status = unsafe CZlib.deflate(stream, flush)
                    precondition(status != Z_STREAM_ERROR, "zlib was left in a wrong state")
                    return unsafe piece.count - Int(stream.pointee.avail_out)
                }
                deflated += piece.prefix(written)
            } while written == piece.count
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
        }
        return deflated
    }
}
