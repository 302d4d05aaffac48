import Glibc
import NIOCore
import NIOPosix

/// A lane with its live connection: carries out what the lane's state decides.
///
/// Belongs to one event loop, like everything here.
final class Lane {
    let id: LaneID
    var state: LaneState
    fileprivate(set) var handler: LaneHandler?
    private let loop: ReplayLoop

    init(id: LaneID, loop: ReplayLoop, isClosedLoop: Bool) {
        self.id = id
        self.loop = loop
        state = LaneState(isClosedLoop: isClosedLoop)
    }

    /// Opens a connection; the outcome of the attempt comes back to the replay loop.
    func connect() {
        let handler = LaneHandler(lane: self, loop: loop)
        self.handler = handler
        loop.bootstrap(handler).assumeIsolated().whenFailure { [self] error in
            guard self.handler === handler else { return }
            self.handler = nil
            loop.connectFailed(self, error)
        }
    }

    /// Sends bytes on the open connection.
    func write(_ bytes: [UInt8]) {
        guard let handler else {
            preconditionFailure("a lane without a connection was asked to write")
        }
        handler.write(bytes)
    }

    /// Closes the connection and looks at nothing more of it.
    func closeConnection() {
        let handler = self.handler
        self.handler = nil
        handler?.close()
    }
}

/// The only handler of a replay connection: hands bytes and ends to its lane.
final class LaneHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let lane: Lane
    private let loop: ReplayLoop
    private var context: ChannelHandlerContext?
    private var isReset = false

    init(lane: Lane, loop: ReplayLoop) {
        self.lane = lane
        self.loop = loop
    }

    private var isCurrent: Bool { lane.handler === self }

    func write(_ bytes: [UInt8]) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard isCurrent else {
            context.close(promise: nil)
            return
        }
        loop.connected(lane)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isCurrent else { return }
        loop.received(unwrapInboundIn(data), on: lane)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let resets = [ECONNRESET, EPIPE, ETIMEDOUT]
        if let code = (error as? IOError)?.errnoCode, resets.contains(code) { isReset = true }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        guard isCurrent else { return }
        lane.handler = nil
        loop.disconnected(lane, isReset: isReset)
    }
}
