public import Encryption
internal import NIOCore
public import TraceFormat

/// What a proxy listens on, where it passes its traffic to, and what it keeps of it.
public struct ProxyConfiguration: Equatable, Sendable {
    /// The address to listen on.
    public var listenHost: String
    /// The port to listen on; 0 lets the system choose.
    public var listenPort: Int
    /// The host of the upstream: a name, an IPv4 address, or an IPv6 address without brackets.
    public var upstreamHost: String
    /// The port of the upstream.
    public var upstreamPort: Int
    /// What is shown to clients, whose connections are then encrypted; `nil` for plain ones.
    public var identity: Identity?
    /// Whose certificates are believed of the upstream; `nil` when its connections are plain.
    public var upstreamTrust: Trust?
    /// Which bodies are kept.
    public var bodies: BodyRetention
    /// Which of the exchanges go into the trace.
    public var selection = ExchangeSelection()
    /// How secrets are kept out of the trace; `nil` keeps them in.
    public var redaction: RecordingRedaction?
    /// When to go on in a new trace; `nil` never does.
    public var rotation: Rotation?
    /// Whether requests get `X-Forwarded-…` fields; else the bytes of clients are passed on as
    /// they are.
    public var addsForwardedFields: Bool
    /// How much may wait in memory to be recorded, in bytes; beyond it bytes are not recorded.
    public var waitingByteCountLimit: Int
    /// How long a client may take to agree on the encryption, in nanoseconds.
    public var handshakeLimit: Int64 = 10_000_000_000

    /// Makes a configuration for an upstream; by default of a proxy for this machine only.
    public init(
        listenHost: String = "127.0.0.1",
        listenPort: Int = 0,
        upstreamHost: String,
        upstreamPort: Int,
        bodies: BodyRetention = .requests,
        redaction: RecordingRedaction? = RecordingRedaction(),
        rotation: Rotation? = nil,
        addsForwardedFields: Bool = false,
        waitingByteCountLimit: Int = 64 << 20
    ) {
        self.listenHost = listenHost
        self.listenPort = listenPort
        self.upstreamHost = upstreamHost
        self.upstreamPort = upstreamPort
        self.bodies = bodies
        self.redaction = redaction
        self.rotation = rotation
        self.addsForwardedFields = addsForwardedFields
        self.waitingByteCountLimit = waitingByteCountLimit
    }
}

/// What a proxy recorded.
public struct ProxySummary: Equatable, Sendable {
    /// The totals of the last trace; `nil` when it could not be written to its end.
    public var trace: TraceSummary?
    /// How many traces were made.
    public var traceCount: Int
    /// What became of every connection, exchange and byte.
    public var ledger: Ledger
    /// Why the trace could not be written to its end.
    public var failure: TraceError?
}

/// Where a proxy passes its traffic to.
struct ProxyUpstream: Sendable {
    /// The name or the address.
    let host: String
    /// The port.
    let port: Int
    /// The address; `nil` when the host is a name, which each connection looks up anew.
    let address: SocketAddress?

    /// Makes the upstream of a configuration.
    init(_ configuration: ProxyConfiguration) {
        host = configuration.upstreamHost
        port = configuration.upstreamPort
        address = try? SocketAddress(ipAddress: host, port: port)
    }

    /// Host and port as in a URL.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
