public import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SystemPackage

/// How connections to a server are encrypted (TLS 1.2 and 1.3).
public struct ClientEncryption: Sendable {
    private let context: NIOSSLContext
    /// The name that is asked for and that the certificate has to have; addresses are no names in
    /// Server Name Indication (RFC 6066, section 3).
    private let serverName: String?

    /// Prepares the encryption.
    ///
    /// - Parameters:
    ///   - host: The server: a name or an address.
    ///   - trust: Whose certificates are believed.
    /// - Throws: `EncryptionError` when the authorities can't be read.
    public init(host: String, trust: Trust) throws(EncryptionError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        switch trust {
        case .system: break
        case .authorities(let file): configuration.trustRoots = .file(file.string)
        case .anyone: configuration.certificateVerification = .none
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            guard case .authorities(let file) = trust else {
                throw EncryptionError(reason: "encryption can't be set up: \(error)")
            }
            throw EncryptionError(
                reason: "\(file) holds no certificates (PEM) that can be read"
            )
        }
        let hostIsAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        serverName = hostIsAddress ? nil : host
    }

    /// Encrypts a connection, before any other handler sees its bytes.
    public func encrypt(_ channel: any Channel) throws {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }

    /// Encrypts an open connection that has no handlers yet; call it on the channel's event loop.
    ///
    /// - Parameters:
    ///   - channel: The connection; it is closed when it can't be encrypted.
    ///   - time: How long that may take.
    /// - Returns: Done in the moment in which it is encrypted, before the first decrypted byte.
    public func handshake(
        on channel: any Channel,
        within time: TimeAmount
    ) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let limit = channel.eventLoop.scheduleTask(in: time) {
            promise.fail(ChannelError.connectTimeout(time))
        }
        promise.futureResult.whenComplete { result in
            limit.cancel()
            if case .failure = result { channel.close(promise: nil) }
        }
        do {
            let watch = HandshakeWatch(promise)
            try channel.pipeline.syncOperations.addHandler(watch)
            try encrypt(channel)
            // For channels that read only when they are told to.
            channel.read()
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }
}

/// Tells when a connection is encrypted, or why it is not going to be; then it is not needed.
private final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>

    init(_ promise: EventLoopPromise<Void>) {
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        promise.succeed()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
