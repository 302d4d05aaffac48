public import NIOCore
internal import NIOSSL
public import SystemPackage

/// What a server proves with who it is.
public struct Identity: Equatable, Sendable {
    /// Its certificate, and those between it and an authority behind it (PEM).
    public var certificates: FilePath
    /// The key of the certificate (PEM), without a passphrase.
    public var key: FilePath

    /// Makes an identity of its files.
    public init(certificates: FilePath, key: FilePath) {
        self.certificates = certificates
        self.key = key
    }
}

/// How connections of clients are encrypted (TLS 1.2 and 1.3).
public struct ServerEncryption: Sendable {
    private let context: NIOSSLContext

    /// Prepares the encryption.
    ///
    /// - Parameter identity: What is shown to the clients.
    /// - Throws: `EncryptionError` when it can't be read, or the key is of another certificate.
    public init(_ identity: Identity) throws(EncryptionError) {
        guard
            let certificates = try? NIOSSLCertificate.fromPEMFile(identity.certificates.string),
            !certificates.isEmpty
        else {
            throw EncryptionError(
                reason: "\(identity.certificates) holds no certificates (PEM) that can be read"
            )
        }
        guard let key = try? NIOSSLPrivateKey(file: identity.key.string, format: .pem) else {
            throw EncryptionError(
                reason: "\(identity.key) holds no private key (PEM) that can be read"
            )
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = ["http/1.1"]
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw EncryptionError(
                reason: "\(identity.key) is not the key of \(identity.certificates)"
            )
        }
    }

    /// Encrypts a connection, before any other handler sees its bytes.
    public func encrypt(_ channel: any Channel) throws {
        let handler = NIOSSLServerHandler(context: context)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }
}
