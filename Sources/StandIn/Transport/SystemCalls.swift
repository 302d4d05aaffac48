import Glibc
import NIOCore

/// The system's wall clock, read once for each server.
func microsecondsSince1970() -> Int64 {
    var time = timespec()
    let result = unsafe clock_gettime(CLOCK_REALTIME, &time)
    precondition(result == 0, "the system has no real-time clock")
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// What it means to the user that a server can't listen.
func bindFailureReason(of error: any Error) -> String {
    switch error {
    case is SocketAddressError, is SocketAddressError.UnknownHost: "the host name is not known"
    case let error as IOError:
        switch error.errnoCode {
        case EADDRINUSE: "the address is already in use"
        case EADDRNOTAVAIL: "no interface of this machine has the address"
        case EACCES: "permission denied"
        default: unsafe String(cString: strerror(error.errnoCode))
        }
    default: "\(error)"
    }
}
