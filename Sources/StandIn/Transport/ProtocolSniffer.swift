import NIOCore
import NIOHTTP1
import NIOHTTP2

/// Tells by a connection's first bytes whether it is to speak HTTP/1 or HTTP/2 (with prior
/// knowledge, RFC 9113, section 3.3), as mik's server does.
final class ProtocolSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let host: SharedHost
    private let bodyLimit: Int
    private var received = ByteBuffer()

    init(host: SharedHost, bodyLimit: Int) {
        self.host = host
        self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        let start = received.readableBytesView.prefix(Self.preface.count)
        guard Self.preface.starts(with: start) else { return goOn(context, useHTTP1) }
        if start.count == Self.preface.count { goOn(context, useHTTP2) }
    }

    /// Sets the protocol up, and gives it what was read.
    private func goOn(
        _ context: ChannelHandlerContext,
        _ setUp: (any Channel) throws -> Void
    ) {
        do {
            try setUp(context.channel)
        } catch {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func useHTTP1(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withErrorHandling: false,
            withOutboundHeaderValidation: false
        )
        try pipeline.addHandler(
            ConnectionHandler(host: host, bodyLimit: bodyLimit, client: channel.remoteAddress)
        )
    }

    private func useHTTP2(_ channel: any Channel) throws {
        let (host, bodyLimit, client) = (host, bodyLimit, channel.remoteAddress)
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: .init(),
            streamConfiguration: .init()
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(
                    ConnectionHandler(host: host, bodyLimit: bodyLimit, client: client)
                )
            }
        }
    }
}
