internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SocketErrors

/// Serves a text of metrics over HTTP at `/metrics`, made anew for each request.
///
/// It has a thread of its own, so that nobody who asks is in the way of a measurement.
public final class MetricsServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port; 0 is any that is free.
    ///   - text: Makes the text, in the OpenMetrics format.
    /// - Throws: `MetricsError` when the address can't be listened on.
    public init(host: String, port: Int, text: @escaping @Sendable () -> String) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.configureHTTPServerPipeline()
                        try pipeline.addHandler(MetricsHandler(text))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            try await group.shutdownGracefully()
            throw MetricsError(reason: reasonOfFailedListening(error))
        }
    }

    /// The port that is listened on.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Stops listening, and drops who is connected.
    public func stop() async throws {
        try await group.shutdownGracefully()
    }
}

/// Why metrics can't be served.
public struct MetricsError: Error, CustomStringConvertible {
    let reason: String

    /// The reason, for the user.
    public var description: String { reason }
}

/// Answers the requests of one connection.
private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    private let text: @Sendable () -> String
    private var head: HTTPRequestHead?

    init(_ text: @escaping @Sendable () -> String) {
        self.text = text
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let request = head else { return }
        head = nil
        let isKnown = request.uri.prefix { $0 != "?" } == "/metrics"
        let isRead = request.method == .GET || request.method == .HEAD
        let status: HTTPResponseStatus =
            !isKnown ? .notFound : isRead ? .ok : .methodNotAllowed
        let body = status == .ok ? text() : "The metrics are at /metrics.\n"
        var head = HTTPResponseHead(version: request.version, status: status)
        head.headers.add(
            name: "content-type",
            value: status == .ok ? Self.contentType : "text/plain"
        )
        head.headers.add(name: "content-length", value: String(body.utf8.count))
        if status == .methodNotAllowed { head.headers.add(name: "allow", value: "GET, HEAD") }
        if !request.isKeepAlive { head.headers.add(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))),
                promise: nil
            )
        }
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard !request.isKeepAlive else { return }
        end.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
