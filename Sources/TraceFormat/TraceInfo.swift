/// What a trace says of itself at its start.
public struct TraceInfo: Equatable, Sendable {
    /// The program that wrote the file, with its version.
    public var writer: String
    /// Where the exchanges come from: `pcap`, `proxy`, `live`, `import`, `edit`.
    public var source: String
    /// The Unix time of the trace's epoch, in nanoseconds; all recorded times count from it.
    public var epoch: Int64
    /// Which bodies were kept: `none`, `requests`, `all`.
    public var bodies: String
    /// The clock that the times were read from, such as `kernel packet timestamps`; empty when
    /// that is not known.
    public var clock: String
    /// How confidential data were replaced, such as the name of the policy; empty when they were
    /// not.
    public var redaction: String
    /// Anything else worth knowing years later, such as the options of the recorder.
    public var notes: Metadata

    /// Makes the information for a new trace.
    public init(
        writer: String,
        source: String,
        epoch: Int64,
        bodies: String,
        clock: String = "",
        redaction: String = "",
        notes: Metadata = Metadata()
    ) {
        self.writer = writer
        self.source = source
        self.epoch = epoch
        self.bodies = bodies
        self.clock = clock
        self.redaction = redaction
        self.notes = notes
    }
}

/// What a run says of itself at its start.
public struct RunInfo: Equatable, Sendable {
    /// The program that wrote the file, with its version.
    public var writer: String
    /// The content hash of the trace that was replayed, in hexadecimal.
    public var traceHash: String
    /// The file name of the trace, without its folder.
    public var traceName: String
    /// The target's URL.
    public var target: String
    /// The speed as given: a factor such as `4`, or `max`.
    public var speed: String
    /// How connections were made: `recorded`, or a number that they were capped to.
    public var connections: String
    /// The number of requests in the plan.
    public var planned: UInt64
    /// The Unix time of the start of the run, in nanoseconds.
    public var startedAt: Int64
    /// Everything else that can move the numbers: host, kernel, cores, options.
    public var environment: Metadata

    /// Makes the information for a new run.
    public init(
        writer: String,
        traceHash: String,
        traceName: String,
        target: String,
        speed: String,
        connections: String,
        planned: UInt64,
        startedAt: Int64,
        environment: Metadata = Metadata()
    ) {
        self.writer = writer
        self.traceHash = traceHash
        self.traceName = traceName
        self.target = target
        self.speed = speed
        self.connections = connections
        self.planned = planned
        self.startedAt = startedAt
        self.environment = environment
    }
}

/// What a run says of itself at its end.
public struct RunEnding: Equatable, Sendable {
    /// Whether the run was stopped before its plan was through.
    public var isPartial: Bool
    /// From the start of the run to its last event, in nanoseconds.
    public var duration: Int64
    /// What the client itself used and met.
    public var ledger: Ledger

    /// Makes the ending of a run.
    public init(isPartial: Bool, duration: Int64, ledger: Ledger = Ledger()) {
        self.isPartial = isPartial
        self.duration = duration
        self.ledger = ledger
    }
}

extension RunInfo {
    /// What a run says of itself once it has ended.
    ///
    /// How far a closed loop gets in a given time is known at its end only; then the ending tells
    /// how many requests were planned.
    public func completed(by ending: RunEnding?) -> RunInfo {
        guard let planned = ending?.ledger["plan", "requests"], planned > 0 else { return self }
        var info = self
        info.planned = planned
        return info
    }
}
