public import TraceFormat

/// What to record of a network interface, and how.
public struct LiveOptions: Equatable, Sendable {
    /// The name of the interface; `any` stands for all of them.
    public var interface: String
    /// What to record of its packets.
    ///
    /// A filter here takes the place of the one that the ports make.
    public var capture: CaptureOptions
    /// Whether packets are looked at that are for other machines.
    public var isPromiscuous: Bool
    /// The kernel's buffer for packets that were not read yet, in bytes.
    public var bufferByteCount: Int
    /// When to go on in a new trace.
    public var rotation: Rotation?
    /// When to stop without being asked to.
    public var limits: LiveLimits

    /// Records mik's own port on an interface, with the bodies that a replay needs.
    public init(
        interface: String,
        capture: CaptureOptions = CaptureOptions(),
        isPromiscuous: Bool = false,
        bufferByteCount: Int = 64 << 20,
        rotation: Rotation? = nil,
        limits: LiveLimits = LiveLimits()
    ) {
        self.interface = interface
        self.capture = capture
        self.isPromiscuous = isPromiscuous
        self.bufferByteCount = bufferByteCount
        self.rotation = rotation
        self.limits = limits
    }
}

/// When a live recording stops by itself: at the first limit that it reaches.
public struct LiveLimits: Equatable, Sendable {
    /// The time that it may take, in nanoseconds.
    public var duration: Int64?
    /// The bytes that its traces may have.
    public var byteCount: Int64?
    /// The exchanges that it may record.
    public var exchangeCount: UInt64?

    /// No limits, or these.
    public init(
        duration: Int64? = nil,
        byteCount: Int64? = nil,
        exchangeCount: UInt64? = nil
    ) {
        self.duration = duration
        self.byteCount = byteCount
        self.exchangeCount = exchangeCount
    }

    /// Whether a recording has reached one of the limits.
    func areReached(duration: Int64, byteCount: Int64, exchangeCount: UInt64) -> Bool {
        self.duration.map { duration >= $0 } ?? false
            || self.byteCount.map { byteCount >= $0 } ?? false
            || self.exchangeCount.map { exchangeCount >= $0 } ?? false
    }
}

/// What a live recording came to.
public struct LiveSummary: Equatable, Sendable {
    /// The totals of the last trace.
    public var trace: TraceSummary
    /// How many traces were made.
    public var traceCount: Int
    /// What became of every packet, byte and exchange.
    public var ledger: Ledger
    /// What a user should know before trusting the traces, one sentence each.
    public var warnings: [String]
}

/// How far a live recording is.
public struct LiveStatus: Equatable, Sendable {
    /// Exchanges that were recorded.
    public var exchanges: UInt64 = 0
    /// Packets that were seen.
    public var packets: UInt64 = 0
    /// Packets that the kernel dropped because they were not read fast enough.
    public var drops: UInt64 = 0
    /// Bytes that were written.
    public var byteCount: Int64 = 0
}

extension CaptureOptions {
    /// The filter that the kernel applies to the packets of an interface.
    ///
    /// Without a filter of the user's: the wanted ports, also behind a VLAN tag where the link
    /// layer has them, and those parts of fragmented packets that have no port.
    func kernelFilter(hasVLANTags: Bool) -> String {
        if let filter { return filter }
        let wanted = "\(ports.filter) or ip[6:2] & 0x1fff != 0 or ip6[6] == 44"
        return hasVLANTags ? "\(wanted) or (vlan and (\(wanted)))" : wanted
    }
}
