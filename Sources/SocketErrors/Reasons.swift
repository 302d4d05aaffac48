internal import Glibc
internal import NIOCore
internal import NIOPosix

/// What keeps an address from being listened on, in the user's words.
public func reasonOfFailedListening(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE: "the address is already in use"
    case EADDRNOTAVAIL: "no interface of this machine has the address"
    case EACCES: "permission denied"
    default: systemReason(of: error)
    }
}

/// What kept a connection from being opened, in the system's words; `nil` when the reason is none
/// of the network.
public func reasonOfFailedConnecting(_ error: any Error) -> String? {
    switch error {
    case let error as NIOConnectionError:
        (error.dnsAError ?? error.dnsAAAAError ?? error.connectionErrors.first?.error)
            .flatMap(reasonOfFailedConnecting)
    case ChannelError.connectTimeout: "no answer within the time limit"
    case is IOError, is SocketAddressError, is SocketAddressError.UnknownHost:
        systemReason(of: error)
    default: nil
    }
}

private func systemReason(of error: any Error) -> String {
    switch error {
    case let error as IOError: unsafe String(cString: strerror(error.errnoCode))
    case is SocketAddressError, is SocketAddressError.UnknownHost: "the host name is not known"
    default: "\(error)"
    }
}
