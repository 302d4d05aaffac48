import NIOConcurrencyHelpers
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// A server on loopback that speaks HTTP/2 from the first byte on.
final class HTTP2Origin: Sendable {
    /// What came on a stream.
    struct Request: Sendable {
        /// The number of the connection, from 0.
        var connection: Int
        var fields: HPACKHeaders
        var body: [UInt8] = []

        var path: String { fields.first(name: ":path") ?? "" }
    }

    /// What to do about a request.
    enum Answer: Sendable {
        /// Send these fields, and a body if there is one.
        case response(HPACKHeaders, body: String?)
        /// The same, once this many requests of the connection are waiting for it.
        case together(Int, HPACKHeaders, body: String?)
        /// End the stream (RST_STREAM).
        case reset
        /// Close the connection.
        case close
    }

    private let channel: any Channel
    private let log = NIOLockedValueBox([Request]())

    /// Starts a server.
    init(_ answer: @escaping @Sendable (Request) -> Answer) async throws {
        let log = log
        let connectionCount = NIOLockedValueBox(0)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                let number = connectionCount.withLockedValue { count in
                    defer { count += 1 }
                    return count
                }
                let gathering = NIOLoopBound(Gathering(), eventLoop: channel.eventLoop)
                return channel.configureHTTP2Pipeline(
                    mode: .server,
                    connectionConfiguration: .init(),
                    streamConfiguration: .init()
                ) { stream in
                    stream.eventLoop.makeCompletedFuture {
                        try stream.pipeline.syncOperations.addHandler(
                            StreamHandler(connection: number, gathering.value) { request in
                                log.withLockedValue { $0.append(request) }
                                return answer(request)
                            }
                        )
                    }
                }.map { _ in }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// The port that the system chose.
    var port: Int { channel.localAddress?.port ?? 0 }
    /// What came, in the order of the ends of the requests.
    var requests: [Request] { log.withLockedValue { $0 } }

    /// Stops accepting.
    func stop() async throws {
        try await channel.close()
    }
}

/// The answers of a connection that wait for one another.
private final class Gathering {
    private var waiting: [() -> Void] = []

    func add(upTo count: Int, _ answer: @escaping () -> Void) {
        waiting.append(answer)
        guard waiting.count >= count else { return }
        for answer in waiting { answer() }
        waiting = []
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private var request: HTTP2Origin.Request
    private let gathering: Gathering
    private let answer: (HTTP2Origin.Request) -> HTTP2Origin.Answer

    init(
        connection: Int,
        _ gathering: Gathering,
        _ answer: @escaping (HTTP2Origin.Request) -> HTTP2Origin.Answer
    ) {
        request = HTTP2Origin.Request(connection: connection, fields: [:])
        self.gathering = gathering
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var isEnd = false
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            request.fields = headers.headers
            isEnd = headers.endStream
        case .data(let part):
            if case .byteBuffer(let bytes) = part.data {
                request.body += bytes.readableBytesView
            }
            isEnd = part.endStream
        default: break
        }
        guard isEnd else { return }
        switch answer(request) {
        case .response(let fields, let body): respond(context, fields, body)
        case .together(let count, let fields, let body):
            gathering.add(upTo: count) { self.respond(context, fields, body) }
        case .reset:
            context.writeAndFlush(wrapOutboundOut(.rstStream(.internalError)), promise: nil)
        case .close: context.channel.parent?.close(promise: nil)
        }
    }

    private func respond(_ context: ChannelHandlerContext, _ fields: HPACKHeaders, _ body: String?)
    {
        let head = HTTP2Frame.FramePayload.Headers(headers: fields, endStream: body == nil)
        context.write(wrapOutboundOut(.headers(head)), promise: nil)
        if let body {
            let data = HTTP2Frame.FramePayload.Data(
                data: .byteBuffer(ByteBuffer(string: body)),
                endStream: true
            )
            context.write(wrapOutboundOut(.data(data)), promise: nil)
        }
        context.flush()
    }
}
