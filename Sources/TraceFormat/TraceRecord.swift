/// One record of a trace, in the order in which the recorder learnt of it.
public enum TraceRecord: Equatable, Sendable {
    /// A connection was opened; comes before the first exchange of that connection.
    case opened(ConnectionOpening)
    /// An exchange ended. It is kept beside the record, because records are moved about a lot.
    indirect case exchange(Exchange)
    /// A connection was closed; comes after its last exchange.
    case closed(ConnectionClosing)
}

/// The start of a recorded connection.
public struct ConnectionOpening: Equatable, Sendable {
    /// The connection's identifier in the trace, from 0 in order of appearance.
    public var connection: UInt64
    /// The client's address as `host:port`, IPv6 hosts in brackets.
    public var client: String
    /// The server's address as `host:port`, IPv6 hosts in brackets.
    public var server: String
    /// When it was opened, in nanoseconds since the trace's epoch; `nil` when the opening was not
    /// seen because the recording started later.
    public var time: Int64?

    /// Makes an opening from its parts.
    public init(connection: UInt64, client: String, server: String, time: Int64?) {
        self.connection = connection
        self.client = client
        self.server = server
        self.time = time
    }
}

/// The end of a recorded connection.
public struct ConnectionClosing: Equatable, Sendable {
    /// The connection's identifier in the trace.
    public var connection: UInt64
    /// When it was closed, in nanoseconds since the trace's epoch.
    public var time: Int64
    /// Who closed it.
    public var by: ConnectionCloser

    /// Makes a closing from its parts.
    public init(connection: UInt64, time: Int64, by: ConnectionCloser) {
        self.connection = connection
        self.time = time
        self.by = by
    }
}

/// Who ended a recorded connection, and how.
///
/// The raw values are those of the trace file.
public enum ConnectionCloser: UInt8, CaseIterable, Sendable {
    /// Nobody: it was still open when the recording ended.
    case recordingEnd = 0
    /// The client closed first (FIN).
    case client = 1
    /// The server closed first (FIN).
    case server = 2
    /// The client reset it.
    case clientReset = 3
    /// The server reset it.
    case serverReset = 4

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .recordingEnd: "recording-end"
        case .client: "client"
        case .server: "server"
        case .clientReset: "client-reset"
        case .serverReset: "server-reset"
        }
    }
}
