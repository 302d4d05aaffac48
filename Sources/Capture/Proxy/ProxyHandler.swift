internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The only handler on the socket of one end: tells its connection what happens, and does what
/// the connection says.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let connection: ProxyConnection
    private var context: ChannelHandlerContext?
    private var isOutputClosed = false

    /// Makes the handler for the socket of one end.
    init(_ peer: Peer, of connection: ProxyConnection) {
        self.peer = peer
        self.connection = connection
    }

    // MARK: What the connection says

    /// Whether the socket takes bytes as fast as they come.
    var isWritable: Bool { context?.channel.isWritable ?? true }

    /// Reads what is there, or as soon as something is.
    func read() {
        context?.read()
    }

    /// Sends bytes with the next flush.
    func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Sends what was written.
    func flush() {
        context?.flush()
    }

    /// Sends a FIN behind everything that was written.
    func endOutput() {
        afterWrites { $0.close(mode: .output, promise: nil) }
    }

    /// Closes the socket behind everything that was written.
    func close() {
        afterWrites { $0.close(promise: nil) }
    }

    /// Closes the socket with a RST.
    func reset() {
        guard let context else { return }
        // Without time to linger, the system resets a connection in place of closing it.
        let noTime = linger(l_onoff: 1, l_linger: 0)
        if let socket = context.channel as? any SocketOptionProvider {
            _ = socket.setSoLinger(noTime)
        }
        context.close(promise: nil)
    }

    /// Resets the connection behind everything that was written.
    func resetAfterWrites() {
        afterWrites { [self] _ in reset() }
    }

    /// Closes the socket at once.
    func abandon() {
        context?.close(promise: nil)
    }

    /// A socket that is closed forgets what it has not sent yet, so that must be gone first.
    private func afterWrites(_ body: @escaping (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { body(context) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    // MARK: What happens

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if peer == .client { connection.accepted(self, from: context.remoteAddress) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.received(unwrapInboundIn(data), from: peer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        connection.readCompleted(from: peer)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection.becameWritable(peer) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? ChannelEvent {
        case .inputClosed: connection.ended(peer, .finished)
        case .outputClosed: isOutputClosed = true
        case nil: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.ended(peer, .reset)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A FIN that follows ours closes the socket without another event, and so does an error
        // while writing; but then there was more to write.
        if isOutputClosed { connection.ended(peer, .finished) }
        connection.closed(peer)
    }
}
