import NIOCore
import NIOHPACK

/// Writes the frames of one end of an HTTP/2 connection.
struct HTTP2Writer {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private var encoder: HPACKEncoder

    init(tableSize: Int = 4096) {
        encoder = HPACKEncoder(
            allocator: ByteBufferAllocator(),
            maxDynamicTableSize: tableSize
        )
    }

    /// A frame of any kind.
    static func frame(
        _ kind: UInt8,
        flags: UInt8 = 0,
        stream: UInt32 = 0,
        _ payload: [UInt8] = []
    ) -> [UInt8] {
        bigEndian(UInt32(payload.count)).dropFirst() + [kind, flags] + bigEndian(stream) + payload
    }

    /// The frames of a connection's start without the preface: settings, and their acknowledgment.
    static let settings = frame(4, bigEndian(UInt16(3)) + bigEndian(UInt32(100)))
    static let acknowledgment = frame(4, flags: 1)

    /// DATA.
    static func data(_ stream: UInt32, _ text: String, isEnd: Bool = true) -> [UInt8] {
        frame(0, flags: isEnd ? 1 : 0, stream: stream, Array(text.utf8))
    }

    /// DATA with padding.
    static func padded(_ stream: UInt32, _ text: String, _ padding: UInt8) -> [UInt8] {
        let payload =
            [padding] + Array(text.utf8) + [UInt8](repeating: 0, count: Int(padding))
        return frame(0, flags: 9, stream: stream, payload)
    }

    /// RST_STREAM.
    static func reset(_ stream: UInt32) -> [UInt8] { frame(3, stream: stream, [0, 0, 0, 8]) }

    /// The fields as they are compressed behind all those before.
    mutating func block(_ fields: [(String, String)]) throws -> [UInt8] {
        var buffer = ByteBuffer()
        try encoder.encode(headers: HPACKHeaders(fields), to: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// HEADERS.
    mutating func headers(
        _ stream: UInt32,
        _ fields: [(String, String)],
        isEnd: Bool = true
    ) throws -> [UInt8] {
        Self.frame(1, flags: isEnd ? 5 : 4, stream: stream, try block(fields))
    }

    /// HEADERS of a request.
    mutating func request(
        _ stream: UInt32,
        _ path: String,
        method: String = "GET",
        isEnd: Bool = true,
        _ fields: [(String, String)] = []
    ) throws -> [UInt8] {
        let pseudo = [
            (":method", method), (":scheme", "http"), (":authority", "mik:3000"), (":path", path),
        ]
        return try headers(stream, pseudo + fields, isEnd: isEnd)
    }

    /// HEADERS of a response.
    mutating func response(
        _ stream: UInt32,
        _ fields: [(String, String)] = [],
        status: Int = 200,
        isEnd: Bool = false
    ) throws -> [UInt8] {
        try headers(stream, [(":status", "\(status)")] + fields, isEnd: isEnd)
    }
}
