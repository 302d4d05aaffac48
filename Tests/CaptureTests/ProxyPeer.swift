import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// One end of a TCP connection in the hands of a test.
final class ProxyPeer {
    /// What the other end did.
    enum Event: Equatable, Sendable {
        case bytes([UInt8])
        case finished
        case reset
    }

    private let channel: any Channel
    private var events: AsyncStream<Event>.Iterator
    private var unread: [UInt8] = []

    init(_ accepted: Accepted) {
        channel = accepted.channel
        events = accepted.events.makeAsyncIterator()
    }

    /// Connects to a port of this machine.
    ///
    /// - Parameters:
    ///   - port: The port.
    ///   - handlers: What is between the socket and the test, such as TLS.
    /// - Returns: The connected peer.
    /// - Throws: What kept it from connecting.
    static func connect(
        to port: Int,
        with handlers: @escaping @Sendable () throws -> [any ChannelHandler] = { [] }
    ) async throws -> ProxyPeer {
        let (events, sink) = AsyncStream.makeStream(of: Event.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        try handlers() + [EventCollector(sink)]
                    )
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return ProxyPeer(Accepted(channel: channel, events: events))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await beginSending(bytes).get()
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// Begins to send what may take until the other end reads.
    func beginSending(_ bytes: [UInt8]) -> EventLoopFuture<Void> {
        channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Says that there is nothing more to send.
    func endOutput() async throws {
        try await channel.close(mode: .output)
    }

    /// Closes the socket below what is between it and the test.
    func closeSocket() async throws {
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            let done = channel.eventLoop.makePromise(of: Void.self)
            do {
                let encryption = try channel.pipeline.syncOperations.context(
                    handlerType: NIOSSLHandler.self
                )
                encryption.close(promise: done)
            } catch {
                done.fail(error)
            }
            return done.futureResult
        }.get()
    }

    /// Closes the connection with a RST.
    func reset() async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }

    /// Leaves what comes in the sockets.
    func pauseReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func resumeReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// Waits for a number of bytes; fewer only when the other end stops sending before.
    func receive(_ count: Int) async -> [UInt8] {
        while unread.count < count,
            case .bytes(let bytes) = await events.next(isolation: #isolation)
        {
            unread += bytes
        }
        defer { unread.removeFirst(min(count, unread.count)) }
        return Array(unread.prefix(count))
    }

    /// Waits until the other end stops sending; says what came before, and how it stopped.
    func receiveToEnd() async -> (bytes: [UInt8], end: Event?) {
        while let event = await events.next(isolation: #isolation) {
            guard case .bytes(let bytes) = event else {
                defer { unread = [] }
                return (unread, event)
            }
            unread += bytes
        }
        return (unread, nil)
    }
}

/// A connection that a test has not taken into its hands yet.
struct Accepted: Sendable {
    let channel: any Channel
    let events: AsyncStream<ProxyPeer.Event>
}

/// A server whose answers are written by the test.
final class ProxyOrigin: Sendable {
    let port: Int
    private let listener: any Channel
    private let accepted: AsyncStream<Accepted>

    private init(_ listener: any Channel, _ accepted: AsyncStream<Accepted>) {
        self.listener = listener
        self.accepted = accepted
        port = listener.localAddress?.port ?? 0
    }

    static func start(
        with handlers: @escaping @Sendable () throws -> [any ChannelHandler] = { [] }
    ) async throws -> ProxyOrigin {
        let (accepted, sink) = AsyncStream.makeStream(of: Accepted.self)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let (events, eventSink) = AsyncStream.makeStream(of: ProxyPeer.Event.self)
                sink.yield(Accepted(channel: channel, events: events))
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        try handlers() + [EventCollector(eventSink)]
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ProxyOrigin(listener, accepted)
    }

    /// Waits for the next connection.
    func accept() async throws -> ProxyPeer {
        for await connection in accepted { return ProxyPeer(connection) }
        throw ChannelError.inputClosed
    }

    func stop() async throws {
        try await listener.close()
    }
}

/// Passes what happens on a socket to a test.
private final class EventCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let sink: AsyncStream<ProxyPeer.Event>.Continuation
    private var isOutputClosed = false

    init(_ sink: AsyncStream<ProxyPeer.Event>.Continuation) {
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sink.yield(.bytes(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? ChannelEvent {
        case .inputClosed: sink.yield(.finished)
        case .outputClosed: isOutputClosed = true
        case nil: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        sink.yield(.reset)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The second of two FINs closes the socket without another event.
        if isOutputClosed { sink.yield(.finished) }
        sink.finish()
    }
}
