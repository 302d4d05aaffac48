internal import Glibc
internal import NIOCore

/// The system's reason in an error of a socket or a file, without the library's words around it.
func reason(of error: any Error) -> String {
    switch error {
    case let error as IOError: unsafe String(cString: strerror(error.errnoCode))
    case is SocketAddressError, is SocketAddressError.UnknownHost: "the host name is not known"
    default: "\(error)"
    }
}
