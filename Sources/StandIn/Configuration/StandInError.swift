/// Why a stand-in could not be configured or started.
public enum StandInError: Error, Equatable, CustomStringConvertible {
    /// The address could not be bound; the reason is the system's.
    case cannotListen(host: String, port: Int, reason: String)
    /// No module or script has this route.
    case unknownRoute(String)
    /// A time cannot be multiplied by this factor.
    case invalidFactor(Double)

    /// One sentence for the user.
    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason)"
        case .unknownRoute(let route):
            "the stand-in has no route \(route)"
        case .invalidFactor(let factor):
            "a service time cannot be multiplied by \(factor)"
        }
    }
}
