internal import NIOCore

/// Something that happened on a proxied connection, for the recorder.
struct ProxyEvent: Sendable {
    /// What happened.
    enum Kind: Sendable {
        /// A client connected; both addresses are `host:port`.
        case opened(client: String, server: String)
        /// An end sent bytes.
        case bytes(ByteBuffer, from: Peer)
        /// An end sent bytes for which the recording had no room.
        case missing(UInt64, from: Peer)
        /// The upstream is there, and gets what the client has sent so far.
        case upstreamConnected
        /// The upstream can't be reached; what the server sends from now on is the proxy's own.
        case upstreamUnreachable
        /// An end stopped sending.
        case ended(Peer, StreamEnd)
        /// Both connections are closed.
        case over
    }

    /// The identifier of the connection.
    let connection: UInt64
    /// When it happened, in nanoseconds since the recording's epoch.
    let time: Int64
    /// What happened.
    let kind: Kind

    /// What it costs to keep the event until it is recorded, in bytes.
    ///
    /// A piece of a big buffer keeps the whole of it in memory.
    var weight: Int {
        if case .bytes(let bytes, _) = kind { bytes.storageCapacity + 128 } else { 128 }
    }
}
