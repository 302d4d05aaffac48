import NIOCore

/// A buffer that bytes are written from, one request after another.
///
/// The kernel mostly takes a request at once, and then the next one finds the memory free again.
struct OutboundBuffer {
    /// More than this is not kept, in bytes.
    private static let keptCapacity = 64 << 10

    private var buffer = ByteBuffer()

    /// A buffer with these bytes, to be written and forgotten.
    mutating func holding(_ bytes: [UInt8]) -> ByteBuffer {
        guard bytes.count <= Self.keptCapacity else { return ByteBuffer(bytes: bytes) }
        // Takes new memory where an earlier request is still waiting for its socket.
        buffer.clear(minimumCapacity: bytes.count)
        buffer.writeBytes(bytes)
        return buffer
    }
}
