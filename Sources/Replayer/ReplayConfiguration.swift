/// What a replay is to do with its trace.
public struct ReplayConfiguration: Sendable {
    /// Where the requests go.
    public var target: Target
    /// How recorded times become due times.
    public var speed: ReplaySpeed
    /// How recorded connections become live ones.
    public var connections: ConnectionPolicy
    /// How long a request may take from when it was sent, in nanoseconds, before it is given up;
    /// also the limit for opening a connection.
    public var timeout: Int64
    /// Fields to set or remove in every request, in order.
    public var fieldEdits: [FieldEdit]
    /// The seed of the trace identifiers that replace the recorded ones.
    public var seed: UInt64

    /// Makes a configuration; everything but the target has its usual value.
    public init(
        target: Target,
        speed: ReplaySpeed = .factor(1),
        connections: ConnectionPolicy = .recorded,
        timeout: Int64 = 30_000_000_000,
        fieldEdits: [FieldEdit] = [],
        seed: UInt64 = 0
    ) {
        self.target = target
        self.speed = speed
        self.connections = connections
        self.timeout = timeout
        self.fieldEdits = fieldEdits
        self.seed = seed
    }
}

/// How recorded times become due times.
public enum ReplaySpeed: Equatable, Sendable {
    /// Recorded times are divided by this factor, which is positive and finite.
    case factor(Double)
    /// Each request is due as soon as the order on its connection allows: a closed loop.
    case maximum
}

/// How recorded connections become live ones.
public enum ConnectionPolicy: Equatable, Sendable {
    /// One live connection for each recorded one.
    case recorded
    /// Recorded connections take turns on this many live ones, which stay open.
    case capped(Int)
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
