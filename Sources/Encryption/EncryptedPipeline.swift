public import NIOCore
internal import NIOSSL

extension ChannelHandlerContext {
    /// Closes the connection at once, without a word to the other end about it.
    ///
    /// A handler for encryption would wait for an answer to its good-bye.
    public func closeWithoutGoodbye() {
        let encryption = try? pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
        (encryption ?? self).close(promise: nil)
    }
}

/// Whether an encrypted connection ended without the good-bye that shows that nothing was cut off
/// (RFC 8446, section 6.1).
public func isMissingGoodbye(_ error: any Error) -> Bool {
    if case NIOSSLError.uncleanShutdown? = error as? NIOSSLError { true } else { false }
}
