import NIOCore
import NIOHTTP2

/// What a lane sends by over HTTP/2: each request on a stream of its own.
///
/// The lane sees the responses in the form of HTTP/1.1, like all others.
final class HTTP2LaneConnection: LaneConnection {
    private let lane: Lane
    private let loop: ReplayLoop
    private let carrier: HTTP2Carrier
    /// The stream of the request that is in flight.
    private var stream: HTTP2StreamHandler?
    /// Whether the connection is to be given up after the request that is in flight.
    private var isFarewell = false

    init(lane: Lane, loop: ReplayLoop, carrier: HTTP2Carrier) {
        self.lane = lane
        self.loop = loop
        self.carrier = carrier
    }

    private var isCurrent: Bool { lane.connection === self }

    // MARK: What the lane wants

    func write(_ bytes: [UInt8]) {
        guard let streams = carrier.streams, let request = HTTP2Request(bytes) else {
            return giveUpSoon()
        }
        let handler = HTTP2StreamHandler(request, self)
        stream = handler
        let bound = NIOLoopBound(handler, eventLoop: loop.eventLoop)
        let promise = loop.eventLoop.makePromise(of: (any Channel).self)
        promise.futureResult.assumeIsolated().whenFailure { [self] _ in
            if stream === handler { giveUpSoon() }
        }
        streams.createStreamChannel(promise: promise) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(bound.value)
            }
        }
    }

    func close() {
        stream?.cancel()
        stream = nil
        carrier.detach(self)
    }

    /// What names the connection in the outcomes; `nil` until it is open.
    var numberOfOpenConnection: UInt64? { carrier.streams == nil ? nil : carrier.number }

    // MARK: What the connection does

    func opened(_ number: UInt64, isNew: Bool) {
        if isCurrent { loop.connected(lane, as: number, isNew: isNew) }
    }

    func failed(_ failure: ConnectFailure) {
        guard isCurrent else { return }
        lane.connection = nil
        loop.connectFailed(lane, failure)
    }

    func closed(byReset isReset: Bool) {
        stream = nil
        guard isCurrent else { return }
        lane.connection = nil
        loop.disconnected(lane, isReset: isReset)
    }

    func noteFarewell() {
        isFarewell = true
        if stream == nil { giveUp() }
    }

    private func giveUp() {
        carrier.detach(self)
        closed(byReset: false)
    }

    /// Gives the connection up when the lane has done what it is at.
    private func giveUpSoon() {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.execute { bound.value.giveUp() }
    }

    // MARK: What a stream does

    fileprivate func received(_ bytes: ByteBuffer, on handler: HTTP2StreamHandler) {
        if isCurrent, stream === handler { loop.received(bytes, on: lane) }
    }

    fileprivate func ended(_ handler: HTTP2StreamHandler, byReset isReset: Bool) {
        guard isCurrent, stream === handler else { return }
        stream = nil
        loop.streamEnded(lane, isReset: isReset)
        if isFarewell, isCurrent, stream == nil { giveUp() }
    }
}

/// One request and its response.
private final class HTTP2StreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let request: HTTP2Request
    private let connection: HTTP2LaneConnection
    private var context: ChannelHandlerContext?
    private var hasHead = false
    private var isEnded = false
    /// Whether the target ended this stream alone (RST_STREAM, RFC 9113, section 6.4).
    private var isReset = false

    init(_ request: HTTP2Request, _ connection: HTTP2LaneConnection) {
        self.request = request
        self.connection = connection
    }

    /// Nobody wants the response any more.
    func cancel() {
        guard !isEnded else { return }
        isEnded = true
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !isEnded else {
            context.close(promise: nil)
            return
        }
        self.context = context
        let head = HTTP2Frame.FramePayload.Headers(
            headers: request.fields,
            endStream: request.body.isEmpty
        )
        context.write(wrapOutboundOut(.headers(head)), promise: nil)
        if !request.body.isEmpty {
            let body = HTTP2Frame.FramePayload.Data(
                data: .byteBuffer(ByteBuffer(bytes: request.body)),
                endStream: true
            )
            context.write(wrapOutboundOut(.data(body)), promise: nil)
        }
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            // A second final head has the trailers, which no outcome keeps.
            if !hasHead {
                let head = HTTP2Response.head(headers.headers)
                hasHead = !head.isInterim
                connection.received(ByteBuffer(bytes: head.bytes), on: self)
            }
            if headers.endStream { end(byReset: false) }
        case .data(let part):
            if case .byteBuffer(let bytes) = part.data, bytes.readableBytes > 0 {
                connection.received(bytes, on: self)
            }
            if part.endStream { end(byReset: false) }
        default: break
        }
    }

    private func end(byReset isReset: Bool) {
        guard !isEnded else { return }
        isEnded = true
        connection.ended(self, byReset: isReset)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamClosed { isReset = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        // Otherwise it is the whole connection that has ended, which the carrier tells.
        if isReset { end(byReset: true) }
    }
}
