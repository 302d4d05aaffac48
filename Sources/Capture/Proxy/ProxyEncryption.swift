internal import Encryption

/// How the connections of a proxy are encrypted.
struct ProxyEncryption: Sendable {
    /// Those of the clients; `nil` when they are plain.
    let ofClients: ServerEncryption?
    /// Those to the upstream; `nil` when they are plain.
    let ofUpstream: ClientEncryption?

    /// Reads the files that a configuration names.
    ///
    /// - Parameter configuration: What is encrypted, and with what.
    /// - Throws: `CaptureError.unusableEncryption` when one of them is not what it should be.
    init(_ configuration: ProxyConfiguration) throws(CaptureError) {
        do {
            ofClients = try configuration.identity.map { identity throws(EncryptionError) in
                try ServerEncryption(identity)
            }
            ofUpstream = try configuration.upstreamTrust.map { trust throws(EncryptionError) in
                try ClientEncryption(host: configuration.upstreamHost, trust: trust)
            }
        } catch {
            throw .unusableEncryption(reason: error.reason)
        }
    }
}
