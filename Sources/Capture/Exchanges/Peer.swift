/// One of the two ends of a recorded connection.
public enum Peer: CaseIterable, Sendable {
    /// The end that opened the connection and sends requests.
    case client
    /// The end that answers.
    case server

    /// The other one.
    var other: Peer { self == .client ? .server : .client }
}

/// One value for each of the two ends.
struct PeerPair<Value> {
    var client: Value
    var server: Value

    subscript(peer: Peer) -> Value {
        get {
            switch peer {
            case .client: client
            case .server: server
            }
        }
        _modify {
            switch peer {
            case .client: yield &client
            case .server: yield &server
            }
        }
    }
}

/// How one end of a connection stopped sending.
public enum StreamEnd: Sendable {
    /// It said that it has nothing more to send (FIN); the other end may go on.
    case finished
    /// It ended the connection for both (RST).
    case reset
}
