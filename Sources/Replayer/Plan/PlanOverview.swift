import TraceFormat

/// What a replay is about to do, in numbers: known before anything is sent.
public struct PlanOverview: Equatable, Sendable {
    /// The requests of the plan.
    public internal(set) var requests: UInt64 = 0
    /// Those of them with a method that may change something on the target (RFC 9110, 9.2.1).
    public internal(set) var writes: UInt64 = 0
    /// Those of the writes that do more when they are done twice (RFC 9110, section 9.2.2).
    public internal(set) var nonIdempotent: UInt64 = 0
    /// The recorded connections that carry requests.
    public internal(set) var connections: UInt64 = 0
    /// The most connections that are open at a time, if the target is as fast as it was.
    public internal(set) var peakConnections: UInt64 = 0
    /// The most requests that are due within one second; `nil` when they leave as fast as they can.
    public internal(set) var peakRate: UInt64?
    /// When the last request is due, in nanoseconds since the start; `nil` when nothing is due at a
    /// time of its own.
    public internal(set) var duration: Int64?
    /// How many pauses of the recording are shortened (`--max-gap`).
    public internal(set) var shortenedGaps: UInt64 = 0
    /// By how much in all, in nanoseconds of recorded time.
    public internal(set) var shortenedBy: Int64 = 0
    /// How many requests are put off to keep to the highest rate (`--max-rate`).
    public internal(set) var putOff: UInt64 = 0
    /// The addresses of the servers that the trace was recorded from, sorted.
    public internal(set) var recordedServers: [String] = []
    /// The order of cause and effect in the recording; `nil` when it is not followed.
    public internal(set) var causal: CausalOverview?
}

extension PlanOverview {
    /// The same so many times, one after the other.
    func repeated(_ count: UInt64) -> PlanOverview {
        var overview = self
        overview.requests &*= count
        overview.writes &*= count
        overview.nonIdempotent &*= count
        overview.connections &*= count
        return overview
    }
}

/// Goes through a playback without sending anything.
struct PlanSurvey {
    /// The most servers of a trace that are remembered.
    private static let serverLimit = 4096

    private var overview = PlanOverview()
    private var timetable: Timetable
    private let hasDueTimes: Bool
    private let connectionLimit: UInt64
    private var openConnections: Set<ConnectionCopy> = []
    private var servers: Set<String> = []
    private var second = (number: Int64.min, count: 0 as UInt64)

    init(_ configuration: ReplayConfiguration) {
        timetable = Timetable(configuration)
        hasDueTimes = !configuration.pace.waitsOnLanes
        connectionLimit =
            switch configuration.connections {
            case .capped(let count), .shared(let count): UInt64(count)
            case .recorded: .max
            }
    }

    /// Looks at everything that is played.
    mutating func run(
        _ playback: consuming TracePlayback
    ) throws(TraceError) -> PlanOverview {
        while let played = try playback.next() {
            add(played)
            if timetable.isOver { break }
        }
        overview.peakConnections = min(overview.peakConnections, connectionLimit)
        overview.shortenedGaps = timetable.schedule.shortenedGapCount
        overview.shortenedBy = timetable.schedule.shortenedBy
        overview.putOff = timetable.schedule.putOffCount
        overview.recordedServers = servers.sorted()
        if hasDueTimes, overview.peakRate == nil { overview.peakRate = 0 }
        return overview
    }

    private mutating func add(_ played: PlayedRecord) {
        if case .opened(let opening) = played.record, servers.count < Self.serverLimit {
            servers.insert(opening.server)
        }
        guard let due = timetable.due(of: played) else { return }
        switch played.record {
        case .opened(let opening):
            if opening.time != nil { open(played.connection) }
        case .exchange(let exchange):
            open(played.connection)
            count(exchange, due: due)
        case .closed:
            openConnections.remove(played.connection)
        }
    }

    private mutating func open(_ connection: ConnectionCopy) {
        guard openConnections.insert(connection).inserted else { return }
        overview.connections += 1
        overview.peakConnections = max(overview.peakConnections, UInt64(openConnections.count))
    }

    private mutating func count(_ exchange: Exchange, due: Int64) {
        overview.requests += 1
        let method = MethodKind(ofHead: exchange.request.head)
        if method != .safe { overview.writes += 1 }
        if method == .other { overview.nonIdempotent += 1 }
        guard hasDueTimes else { return }
        overview.duration = max(overview.duration ?? 0, due)
        let number = due / 1_000_000_000
        second = number == second.number ? (number, second.count + 1) : (number, 1)
        overview.peakRate = max(overview.peakRate ?? 0, second.count)
    }
}

/// What a request may do to its target, as far as its method says (RFC 9110, section 9.2).
enum MethodKind: Equatable {
    /// It only reads.
    case safe
    /// It may write, and twice is the same as once.
    case idempotent
    /// Anything else.
    case other

    init(ofHead head: [UInt8]) {
        let method = head.prefix(8).prefix { $0 != UInt8(ascii: " ") }
        switch String(decoding: method, as: UTF8.self) {
        case "GET", "HEAD", "OPTIONS", "TRACE": self = .safe
        case "PUT", "DELETE": self = .idempotent
        default: self = .other
        }
    }
}
