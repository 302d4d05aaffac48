import NIOCore
import NIOSSL
import NIOTLS
public import SystemPackage

/// Whose certificates a replay believes.
public enum Trust: Equatable, Sendable {
    /// Those that this system believes.
    case system
    /// Those signed by an authority in this file (PEM).
    case authorities(FilePath)
    /// Any, for test servers: nobody checks who answers.
    case anyone
}

/// How the connections of a replay are encrypted (TLS 1.2 and 1.3).
struct Encryption: Sendable {
    private let context: NIOSSLContext
    /// The name that is asked for and that the certificate has to have; addresses are no names in
    /// Server Name Indication (RFC 6066, section 3).
    private let serverName: String?

    /// Prepares the encryption for a target; `nil` when it is not encrypted.
    ///
    /// - Throws: `ReplayError.unusableTrust` when the authorities can't be read.
    init?(of target: Target, trust: Trust) throws(ReplayError) {
        guard target.isEncrypted else { return nil }
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
                throw .unusableTrust(reason: "encryption can't be set up: \(error)")
            }
            throw .unusableTrust(reason: "\(file) holds no certificates (PEM) that can be read")
        }
        serverName = target.hostIsAddress ? nil : target.host
    }

    /// Encrypts a connection, before any other handler sees its bytes.
    func encrypt(_ channel: any Channel) throws {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Encrypts an open connection, to see whether that can be done in some time, and closes it.
    func tryHandshake(on channel: any Channel, within time: TimeAmount) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let limit = channel.eventLoop.scheduleTask(in: time) {
            promise.fail(ChannelError.connectTimeout(time))
        }
        promise.futureResult.whenComplete { _ in
            limit.cancel()
            channel.close(promise: nil)
        }
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(HandshakeWatch(promise))
            let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
            try channel.pipeline.syncOperations.addHandler(handler, position: .first)
        }.get()
        try await promise.futureResult.get()
    }
}

/// Tells when a connection is encrypted, or why it is not going to be.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>

    init(_ promise: EventLoopPromise<Void>) {
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { promise.succeed() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }
}

/// An error of the library for encryption.
protocol EncryptionError: Error {
    /// What is wrong, in words of this program.
    var reason: String { get }
}

extension NIOSSLError: EncryptionError {
    var reason: String {
        switch self {
        case .handshakeFailed(let error): "encryption fails: \(error)"
        default: "encryption fails: \(self)"
        }
    }
}

extension NIOSSLExtraError: EncryptionError {
    var reason: String { "its certificate is of another name" }
}
