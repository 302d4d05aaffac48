public import Encryption

/// What a replay is to do with its trace.
public struct ReplayConfiguration: Sendable {
    /// Where the requests go.
    public var target: Target
    /// Whose certificates are believed where the target is encrypted.
    public var trust = Trust.system
    /// By what the times of the replay are made.
    public var pace: Pace
    /// Which part of the trace is played, and how often.
    public var selection = TraceSelection()
    /// How recorded connections become live ones.
    public var connections: ConnectionPolicy
    /// Whether each request gets a new connection, which is closed after its response.
    public var usesFreshConnections = false
    /// Whether requests are sent over HTTP/2 with prior knowledge (RFC 9113, section 3.3), those of
    /// a recorded connection as streams of one.
    public var usesHTTP2 = false
    /// What ends or holds back requests.
    public var limits: ReplayLimits
    /// Fields to set or remove in every request, in order.
    public var fieldEdits: [FieldEdit]
    /// Whether a recorded `traceparent` is sent as it is, in place of fresh identifiers.
    public var keepsTraceparent = false
    /// Whether the body of a request takes the time to leave that it took when it was recorded,
    /// scaled; otherwise it leaves at once.
    public var pacesBodies = false
    /// What is done about requests that carry values of earlier responses; `nil` means nothing.
    public var causality: Causality?
    /// What is kept of the responses.
    public var keeping = ResponseKeeping()
    /// The seed of everything that is drawn: trace identifiers, arrival times, shifts of copies.
    public var seed: UInt64
    /// What the user has agreed to.
    public var consent = Consent()
    /// How many event loops send, each on a thread of its own; at least 1.
    public var threadCount = 1
    /// Whether they spin before a request is due, so that it leaves on time to the microsecond.
    public var spinning = Spinning.automatic
    /// The Unix time at which time zero of the replay is to be, in nanoseconds; `nil` means soon.
    public var startTime: Int64?

    /// Makes a configuration; everything but the target has its usual value.
    public init(
        target: Target,
        pace: Pace = .arrival(speed: 1),
        connections: ConnectionPolicy = .recorded,
        limits: ReplayLimits = ReplayLimits(),
        fieldEdits: [FieldEdit] = [],
        seed: UInt64 = 0
    ) {
        self.target = target
        self.pace = pace
        self.connections = connections
        self.limits = limits
        self.fieldEdits = fieldEdits
        self.seed = seed
    }
}

/// How recorded connections become live ones.
public enum ConnectionPolicy: Equatable, Sendable {
    /// One live connection for each recorded one.
    case recorded
    /// Recorded connections take turns on this many live ones, which stay open.
    case capped(Int)
    /// Each request leaves over whichever of this many live connections is free first, in the order
    /// of the trace: for loads, whose connections carried nothing that had an order.
    case shared(Int)
}

/// What ends or holds back the requests of a replay; times are in nanoseconds.
public struct ReplayLimits: Equatable, Sendable {
    /// How long a request may take from when it was sent before it is given up; also the limit
    /// for opening a connection.
    public var timeout: Int64 = 30_000_000_000
    /// For how long requests are sent; `nil` means to the end of the plan.
    public var duration: Int64?
    /// How late a request may leave; one that would be later is not sent.
    public var lateness: Int64?
    /// The longest pause between recorded times; longer ones are shortened.
    public var gap: Int64?
    /// The most requests per second that may be due.
    public var rate: Double?
    /// The most requests that may be in flight.
    public var inFlight: Int?
    /// The share of errors among the requests that have ended beyond which the replay stops.
    public var errorShare: Double?
    /// How long requests in flight may take to end when the replay is stopped.
    public var drain: Int64 = 0

    /// No limits but the usual timeout.
    public init(timeout: Int64 = 30_000_000_000) {
        self.timeout = timeout
    }
}

/// Whether event loops spin before a request is due.
public enum Spinning: String, CaseIterable, Sendable {
    /// When enough processor cores are free that nobody is in the way.
    case automatic = "auto"
    /// Always.
    case on
    /// Never: they sleep, and are woken by a timer.
    case off
}

/// A change to the fields of every request.
public enum FieldEdit: Equatable, Sendable {
    /// The field has this value, whether it was there or not.
    case set(name: String, value: String)
    /// The field is not sent.
    case remove(name: String)

    /// The name of the field that is changed.
    var name: String {
        switch self {
        case .set(let name, _), .remove(let name): name
        }
    }
}
