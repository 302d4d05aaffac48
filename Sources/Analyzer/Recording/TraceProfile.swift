public import TraceFormat

/// What is in a trace: the report value behind `info`.
public struct TraceProfile: Equatable, Sendable {
    /// How many exchanges began in each part of the trace's duration.
    public struct Rate: Equatable, Sendable {
        /// The length of a part in nanoseconds.
        public internal(set) var partDuration: Int64
        /// Exchanges by part, from the first request on.
        public internal(set) var counts: [UInt64]
    }

    /// The bodies of one direction.
    public struct Bodies: Equatable, Sendable {
        /// Messages with a body of at least a byte.
        public internal(set) var count: UInt64 = 0
        /// The bytes of all bodies, without transfer coding.
        public internal(set) var byteCount: UInt64 = 0
        /// The bytes of the largest body.
        public internal(set) var greatest: UInt64 = 0
        /// How many of the bodies have their bytes in the trace.
        public internal(set) var keptCount: UInt64 = 0
    }

    /// The exchanges of one route.
    public struct Group: Equatable, Sendable {
        /// The route, or what stands for all those beyond the limit.
        public let name: String
        /// How many exchanges.
        public internal(set) var count: UInt64 = 0
        /// How many by the status of their response.
        public internal(set) var statuses: [UInt16: UInt64] = [:]
        /// How many without a response.
        public internal(set) var withoutResponse: UInt64 = 0
        /// From the first byte of the request to the last byte of a whole response.
        var durations = RecordedDurations()

        /// A percentile of the recorded response times in nanoseconds; `nil` if there are too few.
        public func duration(_ quantile: Quantile) -> Int64? { durations.value(quantile) }
    }

    /// The percentiles that are told of recorded times.
    public static let quantiles: [Quantile] = [.p50, .p90, .p99, .max]

    /// All exchanges.
    public internal(set) var overall = Group(name: "all")
    /// The routes, those with the most exchanges first.
    public internal(set) var routes: [Group] = []
    /// How many exchanges there are of each method, the most frequent first.
    public internal(set) var methods: [(name: String, count: UInt64)] = []
    /// How exchanges ended.
    public internal(set) var ends: [ExchangeEnd: UInt64] = [:]
    /// The bodies of requests.
    public internal(set) var requestBodies = Bodies()
    /// The bodies of responses.
    public internal(set) var responseBodies = Bodies()
    /// How many exchanges began when.
    public internal(set) var rate: Rate
    /// The most connections that were open at once.
    public internal(set) var peakOpenConnections = 0
    /// The most exchanges that were in progress at once.
    public internal(set) var peakInProgress = 0

    /// The exchanges that are not whole, by how they ended.
    public var incomplete: [(end: ExchangeEnd, count: UInt64)] {
        ExchangeEnd.allCases.compactMap { end in
            guard end != .complete, end != .upgraded, let count = ends[end] else { return nil }
            return (end, count)
        }
    }

    public static func == (left: TraceProfile, right: TraceProfile) -> Bool {
        left.overall == right.overall && left.routes == right.routes && left.ends == right.ends
            && left.methods.elementsEqual(right.methods, by: ==)
            && left.requestBodies == right.requestBodies
            && left.responseBodies == right.responseBodies && left.rate == right.rate
            && left.peakOpenConnections == right.peakOpenConnections
            && left.peakInProgress == right.peakInProgress
    }
}
