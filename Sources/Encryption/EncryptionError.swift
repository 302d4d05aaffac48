internal import NIOSSL

/// Why encryption can't be set up: a file that is not what it should be.
public struct EncryptionError: Error, Equatable, Sendable {
    /// What is wrong, as a sentence without a capital letter and a full stop.
    public let reason: String
}

/// What kept a connection from being encrypted, in words of this program.
///
/// - Parameter error: What its handshake failed with.
/// - Returns: The words; `nil` when the error is none of the encryption.
public func reasonOfFailedHandshake(_ error: any Error) -> String? {
    switch error {
    case NIOSSLError.handshakeFailed(let error): "encryption fails: \(error)"
    case let error as NIOSSLError: "encryption fails: \(error)"
    case is NIOSSLExtraError: "its certificate is of another name"
    default: nil
    }
}
