import Encryption
import Glibc
import NIOCore
import NIOPosix
import NIOTLS
import TraceFormat

/// What a lane sends by.
protocol LaneConnection: AnyObject {
    /// Sends bytes.
    func write(_ bytes: [UInt8])
    /// Ends it; nothing more of it is looked at.
    func close()
}

/// A lane with its live connection: carries out what the lane's state decides.
///
/// Belongs to one event loop, like everything here.
final class Lane {
    let id: LaneID
    var state: LaneState
    /// How many of its requests the loop has counted as in flight.
    var inFlightCount = 0
    /// When the loop will come back to it, if it asked for that.
    var wakeTime: Int64?
    /// Whether it waits for room among the requests in flight.
    var waitsForRoom = false
    var connection: (any LaneConnection)?
    private let loop: ReplayLoop

    init(id: LaneID, state: LaneState, loop: ReplayLoop) {
        self.id = id
        self.loop = loop
        self.state = state
    }

    /// Gets a connection; the outcome of the attempt comes back to the replay loop.
    ///
    /// - Returns: Whether one is opened; over HTTP/2 several lanes share one.
    func connect() -> Bool {
        if let carrier = loop.carrier(of: id) {
            let (connection, isNew) = carrier.attach(self)
            self.connection = connection
            return isNew
        }
        let handler = LaneHandler(lane: self, loop: loop)
        connection = handler
        bootstrap(handler).assumeIsolated().whenFailure { [self] error in
            guard connection === handler else { return }
            connection = nil
            loop.connectFailed(self, ConnectFailure(error))
        }
        return true
    }

    /// What names its connection, where that was open when the lane got it.
    var numberOfOpenConnection: UInt64? {
        (connection as? HTTP2LaneConnection)?.numberOfOpenConnection
    }

    private func bootstrap(_ handler: LaneHandler) -> EventLoopFuture<any Channel> {
        let context = loop.context
        let bound = NIOLoopBound(handler, eventLoop: loop.eventLoop)
        let bootstrap = ClientBootstrap(group: loop.eventLoop)
        return
            (context.address.protocol == .unix
            ? bootstrap : bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1))
            .connectTimeout(.nanoseconds(context.configuration.limits.timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try context.encryption?.encrypt(channel)
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(to: context.address)
    }

    /// Sends bytes on the open connection.
    func write(_ bytes: [UInt8]) {
        guard let connection else {
            preconditionFailure("a lane without a connection was asked to write")
        }
        connection.write(bytes)
    }

    /// Closes the connection and looks at nothing more of it.
    func closeConnection() {
        let connection = self.connection
        self.connection = nil
        connection?.close()
    }
}

/// Why a connection could not be opened.
enum ConnectFailure {
    /// The target or the way to it.
    case target(Outcome.Failure)
    /// This client has no descriptor, port or memory left.
    case client

    init(_ error: any Error) {
        if let error = error as? ChannelError, case .connectTimeout = error {
            self = .target(.connectTimeout)
            return
        }
        switch (error as? IOError)?.errnoCode {
        case ECONNREFUSED: self = .target(.connectionRefused)
        case ETIMEDOUT: self = .target(.connectTimeout)
        case EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM: self = .client
        default: self = .target(.connectFailed)
        }
    }
}
extension Error {
    /// Whether the other side ended the connection otherwise than in order.
    var isReset: Bool {
        guard let code = (self as? IOError)?.errnoCode else { return false }
        return [ECONNRESET, EPIPE, ETIMEDOUT].contains(code)
    }
}

/// The only handler of a replay connection: hands bytes and ends to its lane.
final class LaneHandler: ChannelInboundHandler, LaneConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let lane: Lane
    private let loop: ReplayLoop
    private var context: ChannelHandlerContext?
    /// Whether the connection can carry requests: it is open, and encrypted where it is to be.
    private var isReady = false
    private var isReset = false
    /// When the handshake of the encryption began.
    private var accepted: Int64?

    init(lane: Lane, loop: ReplayLoop) {
        self.lane = lane
        self.loop = loop
    }

    private var isCurrent: Bool { lane.connection === self }

    func write(_ bytes: [UInt8]) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(loop.outbound.holding(bytes)), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        loop.context.connections.opened()
        guard isCurrent else {
            context.close(promise: nil)
            return
        }
        if loop.context.encryption == nil {
            becomeReady()
        } else {
            accepted = loop.now()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent, isCurrent else {
            return
        }
        becomeReady()
    }

    private func becomeReady() {
        isReady = true
        loop.connected(
            lane,
            as: loop.context.connections.nextNumber(),
            encryptedSince: accepted
        )
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isCurrent else { return }
        loop.received(unwrapInboundIn(data), on: lane)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isReset = isReset || error.isReset
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        loop.context.connections.closed()
        guard isCurrent else { return }
        lane.connection = nil
        if isReady {
            loop.disconnected(lane, isReset: isReset)
        } else {
            loop.connectFailed(lane, .target(.tlsFailed))
        }
    }
}
