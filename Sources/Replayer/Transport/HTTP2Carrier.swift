import NIOCore
import NIOHTTP2
import NIOPosix

/// One HTTP/2 connection (RFC 9113, with prior knowledge), whose streams carry the requests of all
/// lanes that stand for the same recorded connection.
///
/// Belongs to one event loop, like everything here.
final class HTTP2Carrier {
    private let id: LaneID
    private let loop: ReplayLoop
    private var channel: (any Channel)?
    private(set) var streams: NIOHTTP2Handler.StreamMultiplexer?
    /// What names the connection in the outcomes.
    private(set) var number: UInt64 = 0
    private var lanes: [HTTP2LaneConnection] = []

    /// A carrier that does not connect before it has a lane.
    init(id: LaneID, loop: ReplayLoop) {
        self.id = id
        self.loop = loop
    }

    /// Carries the requests of one more lane.
    ///
    /// - Returns: What the lane sends by, and whether a connection is opened for it.
    func attach(_ lane: Lane) -> (connection: HTTP2LaneConnection, isNew: Bool) {
        let connection = HTTP2LaneConnection(lane: lane, loop: loop, carrier: self)
        let isFirst = lanes.isEmpty
        lanes.append(connection)
        if isFirst { connect() }
        return (connection, isFirst)
    }

    /// Carries nothing more for a lane; without any the connection is closed.
    func detach(_ connection: HTTP2LaneConnection) {
        guard let index = lanes.firstIndex(where: { $0 === connection }) else { return }
        lanes.remove(at: index)
        if lanes.isEmpty { retire() }
    }

    /// Takes no more lanes, and closes.
    func retire() {
        loop.forget(carrier: id, self)
        channel?.close(promise: nil)
    }

    private func connect() {
        let context = loop.context
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.nanoseconds(context.configuration.limits.timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    let streams = try pipeline.configureHTTP2Pipeline(
                        mode: .client,
                        connectionConfiguration: Self.connectionConfiguration,
                        streamConfiguration: Self.streamConfiguration
                    ) { $0.close() }
                    let handler = HTTP2CarrierHandler(bound.value, streams)
                    try pipeline.addHandler(handler)
                }
            }
            .connect(to: context.address)
            .assumeIsolated().whenFailure { [self] error in failed(ConnectFailure(error)) }
    }

    /// What the recording holds is sent, even where a strict client would not.
    private static var connectionConfiguration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.headerBlockValidation = .disabled
        configuration.contentLengthValidation = .disabled
        return configuration
    }

    private static var streamConfiguration: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        // So that no response waits for us to read it.
        configuration.targetWindowSize = 1 << 20
        return configuration
    }

    private func failed(_ failure: ConnectFailure) {
        loop.forget(carrier: id, self)
        for connection in takeLanes() { connection.failed(failure) }
    }

    fileprivate func opened(_ channel: any Channel, _ streams: NIOHTTP2Handler.StreamMultiplexer) {
        loop.context.connections.opened()
        guard !lanes.isEmpty else {
            channel.close(promise: nil)
            return
        }
        self.channel = channel
        self.streams = streams
        number = loop.context.connections.nextNumber()
        for (index, connection) in lanes.enumerated() {
            connection.opened(number, isNew: index == 0)
        }
    }

    fileprivate func closed(byReset isReset: Bool) {
        loop.context.connections.closed()
        loop.forget(carrier: id, self)
        (channel, streams) = (nil, nil)
        for connection in takeLanes() { connection.closed(byReset: isReset) }
    }

    private func takeLanes() -> [HTTP2LaneConnection] {
        defer { lanes = [] }
        return lanes
    }
}

/// The connection's own handler: sees when it opens and ends.
private final class HTTP2CarrierHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let carrier: HTTP2Carrier
    private let streams: NIOHTTP2Handler.StreamMultiplexer
    private var isReset = false

    init(_ carrier: HTTP2Carrier, _ streams: NIOHTTP2Handler.StreamMultiplexer) {
        self.carrier = carrier
        self.streams = streams
    }

    func channelActive(context: ChannelHandlerContext) {
        carrier.opened(context.channel, streams)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After its last word the target takes no new stream (GOAWAY, RFC 9113, section 6.8).
        if case .goAway = unwrapInboundIn(data).payload { carrier.noteFarewell() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isReset = isReset || error.isReset
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        carrier.closed(byReset: isReset)
    }
}

extension HTTP2Carrier {
    /// New lanes get a new connection; those that are here finish what they have begun.
    fileprivate func noteFarewell() {
        loop.forget(carrier: id, self)
        for connection in lanes { connection.noteFarewell() }
    }
}
