import Encryption
import HTTPWire
import NIOCore
import NIOPosix

/// Asks a target how it is.
struct HealthPoll: Sendable {
    let target: Target
    /// How the connection is encrypted; `nil` when it is not.
    let encryption: ClientEncryption?

    private static let limit = TimeAmount.seconds(5)

    /// The body of the answer; `nil` without a whole one of status 200 within five seconds.
    func ask(on group: any EventLoopGroup) async -> [UInt8]? {
        let eventLoop = group.any()
        let promise = eventLoop.makePromise(of: [UInt8]?.self)
        let request =
            "GET \(HealthObserver.requestTarget) HTTP/1.1\r\nhost: \(target.authority)\r\n"
            + "user-agent: \(HealthObserver.userAgent)\r\nconnection: close\r\n\r\n"
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(Self.limit)
            .channelInitializer { [encryption] channel in
                channel.eventLoop.makeCompletedFuture {
                    try encryption?.encrypt(channel)
                    try channel.pipeline.syncOperations.addHandler(
                        HealthPollHandler(request: Array(request.utf8), promise: promise)
                    )
                }
            }
        let connection =
            target.socketPath.map { bootstrap.connect(unixDomainSocketPath: $0) }
            ?? bootstrap.connect(host: target.host, port: target.port)
        connection.whenFailure { _ in promise.succeed(nil) }
        let timeout = eventLoop.scheduleTask(in: Self.limit) { promise.succeed(nil) }
        let body = try? await promise.futureResult.get()
        timeout.cancel()
        if let channel = try? await connection.get() { channel.close(promise: nil) }
        return body ?? nil
    }
}

/// Sends one request and collects the body of its answer.
private final class HealthPollHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A target with thousands of modules has less to say.
    private static let bodyLimit = 4 << 20

    private let request: [UInt8]
    private let promise: EventLoopPromise<[UInt8]?>
    private var decoder = ResponseDecoder()
    private var status: UInt16?
    private var body: [UInt8] = []

    init(request: [UInt8], promise: EventLoopPromise<[UInt8]?>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        do {
            try read(bytes)
        } catch {
            promise.succeed(nil)
        }
    }

    private func read(_ bytes: [UInt8]) throws(WireError) {
        var offset = 0
        while let event = try decoder.next(in: bytes.span, at: &offset, answering: .other) {
            switch event {
            case .head(let head): status = head.status
            case .body(let range):
                body += bytes[range]
                if body.count > Self.bodyLimit { return promise.succeed(nil) }
            case .end: promise.succeed(status == 200 ? body : nil)
            case .padding, .interim, .trailers, .opaque: break
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let isWhole = status == 200 && decoder.inputEnded() == .bodyEnded
        promise.succeed(isWhole ? body : nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(nil)
        context.close(promise: nil)
    }
}
