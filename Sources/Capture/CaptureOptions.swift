/// What to record of a capture, and how.
public struct CaptureOptions: Equatable, Sendable {
    /// The ports whose traffic is recorded.
    public var ports: PortSelection
    /// A further filter in the language of pcap-filter(7).
    public var filter: String?
    /// Which bodies are kept.
    public var bodies: BodyRetention
    /// Whether packets inside tunnels are looked at.
    public var followsTunnels: Bool
    /// Which of the exchanges go into the trace.
    public var selection = ExchangeSelection()
    /// How secrets are kept out of the trace; `nil` keeps them in.
    public var redaction: RecordingRedaction?
    /// The most bytes that all connections may hold together; those that hold the most are given
    /// up beyond it, and counted.
    public var memoryByteCount = standardMemoryByteCount

    /// What connections may hold unless something else is said.
    public static let standardMemoryByteCount = 256 << 20

    /// Records the traffic of mik's own port, with the bodies that a replay needs, and without
    /// credentials.
    public init(
        ports: PortSelection = .standard,
        filter: String? = nil,
        bodies: BodyRetention = .requests,
        followsTunnels: Bool = true,
        redaction: RecordingRedaction? = RecordingRedaction()
    ) {
        self.ports = ports
        self.filter = filter
        self.bodies = bodies
        self.followsTunnels = followsTunnels
        self.redaction = redaction
    }
}
