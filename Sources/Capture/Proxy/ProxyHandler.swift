internal import Encryption
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOTLS

/// The handler on the socket of one end, behind that for encryption if it is encrypted: tells its connection what happens, and does what
/// the connection says.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let connection: ProxyConnection
    private var context: ChannelHandlerContext?
    private var isOutputClosed = false
    /// Whether it is to be encrypted, but is not yet.
    private var isHandshaking: Bool
    private var handshakeTimer: Scheduled<Void>?

    /// Makes the handler for the socket of one end.
    ///
    /// - Parameters:
    ///   - peer: The end.
    ///   - connection: What is told what happens.
    ///   - isHandshaking: Whether its encryption has to come about first.
    init(_ peer: Peer, of connection: ProxyConnection, isHandshaking: Bool = false) {
        self.peer = peer
        self.connection = connection
        self.isHandshaking = isHandshaking
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
        afterWrites { context in
            // Where it is encrypted, this sends the good-bye, and nobody waits for an answer to it.
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { _ in
                context.closeWithoutGoodbye()
            }
            context.close(mode: .output, promise: promise)
        }
    }

    /// Closes the socket with a RST.
    func reset() {
        guard let context else { return }
        // Without time to linger, the system resets a connection in place of closing it.
        let noTime = linger(l_onoff: 1, l_linger: 0)
        if let socket = context.channel as? any SocketOptionProvider {
            _ = socket.setSoLinger(noTime)
        }
        context.closeWithoutGoodbye()
    }

    /// Resets the connection behind everything that was written.
    func resetAfterWrites() {
        afterWrites { [self] _ in reset() }
    }

    /// Closes the socket at once.
    func abandon() {
        context?.closeWithoutGoodbye()
    }

    /// A socket that is closed forgets what it has not sent yet, so that must be gone first.
    private func afterWrites(_ body: @escaping (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        guard !isHandshaking else {
            // Nothing can be sent yet, and perhaps never.
            context.closeWithoutGoodbye()
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            // This is in the midst of the writing, where a good-bye could not be written any more.
            context.eventLoop.assumeIsolated().execute { body(context) }
        }
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
        if isHandshaking { limitHandshake(context) }
        if peer == .client { connection.accepted(self, from: context.remoteAddress) }
    }

    /// A client that never agrees on the encryption must not keep its place for ever.
    private func limitHandshake(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        handshakeTimer = context.eventLoop.scheduleTask(
            in: .nanoseconds(connection.handshakeLimit)
        ) {
            bound.value.handshakeFailed()
            bound.value.abandon()
        }
    }

    private func handshakeFailed() {
        guard isHandshaking else { return }
        isHandshaking = false
        handshakeTimer?.cancel()
        connection.handshakeFailed()
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
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            isHandshaking = false
            handshakeTimer?.cancel()
        }
        switch event as? ChannelEvent {
        case .inputClosed: connection.ended(peer, .finished)
        case .outputClosed: isOutputClosed = true
        case nil: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshakeFailed()
        // Many clients leave out the good-bye; then what happens on the socket counts. What a
        // server sends is whole only with it (RFC 9112, section 9.8).
        if isMissingGoodbye(error), peer == .client || isOutputClosed { return }
        connection.ended(peer, .reset)
        context.closeWithoutGoodbye()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A FIN that follows ours closes the socket without another event, and so does an error
        // while writing; but then there was more to write.
        handshakeTimer?.cancel()
        if isOutputClosed { connection.ended(peer, .finished) }
        connection.closed(peer)
    }
}
