import NIOCore
import NIOPosix
import StandIn

/// A connection to a loopback server that sends what it is told, byte for byte.
final class RawClient {
    /// A response as it came.
    struct Response {
        var statusLine: String
        var fields: [(name: String, value: String)]
        var body: [UInt8]

        var status: Int { Int(statusLine.split(separator: " ")[1]) ?? 0 }
        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    private let channel: any Channel
    private var incoming: AsyncStream<[UInt8]>.Iterator
    private var unread: [UInt8] = []

    static func connect(to server: StandInServer) async throws -> RawClient {
        let (bytes, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
        return RawClient(channel, bytes.makeAsyncIterator())
    }

    private init(_ channel: any Channel, _ incoming: AsyncStream<[UInt8]>.Iterator) {
        self.channel = channel
        self.incoming = incoming
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Sends a GET and reads its response; `nil` if the connection closed before a head was complete.
    func get(_ target: String) async throws -> Response? {
        try await send("GET \(target) HTTP/1.1\r\nhost: a\r\n\r\n")
        return await response()
    }

    /// Reads one response; `nil` if the connection closed before its head was complete.
    func response(toHead: Bool = false) async -> Response? {
        let headEnd = Array("\r\n\r\n".utf8)
        while unread.firstRange(of: headEnd) == nil {
            guard await receive() else { return nil }
        }
        guard let end = unread.firstRange(of: headEnd) else { return nil }
        let lines = String(decoding: unread[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        unread.removeSubrange(..<end.upperBound)
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
        }
        var response = Response(statusLine: lines[0], fields: fields, body: [])
        guard !toHead, let count = response["content-length"].flatMap({ Int($0) }) else {
            return response
        }
        while unread.count < count {
            guard await receive() else { return nil }
        }
        response.body = Array(unread.prefix(count))
        unread.removeFirst(count)
        return response
    }

    /// Everything until the server closes the connection.
    func rest() async -> [UInt8] {
        while await receive() {}
        return unread
    }

    func close() async throws {
        try await channel.close()
    }

    /// Says that nothing more will be sent, and goes on reading.
    func closeSendingSide() async throws {
        try await channel.close(mode: .output)
    }

    private func receive() async -> Bool {
        guard let bytes = await incoming.next(isolation: #isolation) else { return false }
        unread += bytes
        return true
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<[UInt8]>.Continuation

    init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
