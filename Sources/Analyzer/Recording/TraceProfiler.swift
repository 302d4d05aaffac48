internal import HTTPWire
internal import HeapModule
public import TraceFormat

/// Adds up a profile from the records of a trace in the order of their times.
///
/// Memory is bounded by the exchanges that are in progress at once, and by limits for routes and
/// methods: what goes beyond is counted under one name.
public struct TraceProfiler: Sendable {
    /// The name under which routes and methods beyond the limit are counted.
    public static let otherName = "(others)"
    private static let partCount = 60

    private let routeLimit: Int
    private let methodLimit: Int
    private let firstRequestTime: Int64
    private var profile: TraceProfile
    private var routes: [String: TraceProfile.Group] = [:]
    private var methods: [String: UInt64] = [:]
    private var openConnections = 0
    /// When the exchanges that are in progress end.
    private var ends = Heap<Int64>()

    /// Starts with a trace of these totals.
    public init(_ summary: TraceSummary, routeLimit: Int = 500, methodLimit: Int = 50) {
        self.routeLimit = routeLimit
        self.methodLimit = methodLimit
        firstRequestTime = summary.firstRequestTime ?? 0
        let duration = max(0, summary.duration)
        let partDuration = duration / Int64(Self.partCount) + 1
        profile = TraceProfile(
            rate: TraceProfile.Rate(
                partDuration: partDuration,
                counts: Array(repeating: 0, count: Int(duration / partDuration) + 1)
            )
        )
    }

    /// Adds the next record.
    public mutating func add(_ record: TraceRecord) {
        switch record {
        case .opened:
            openConnections += 1
            profile.peakOpenConnections = max(profile.peakOpenConnections, openConnections)
        case .closed:
            openConnections = max(0, openConnections - 1)
        case .exchange(let exchange):
            add(exchange)
        }
    }

    /// The profile of all records so far.
    public func finish() -> TraceProfile {
        var profile = profile
        profile.routes = routes.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        profile.methods = methods.map { (name: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        return profile
    }

    private mutating func add(_ exchange: Exchange) {
        let line = StartLine(ofRequest: exchange.request.head)
        let method = text(exchange.request.head[line.first])
        let route = Route(target: text(exchange.request.head[line.second])).name
        profile.overall.add(exchange)
        let routeName = routes[route] != nil || routes.count < routeLimit ? route : Self.otherName
        routes[routeName, default: TraceProfile.Group(name: routeName)].add(exchange)
        let isKnown = methods[method] != nil || methods.count < methodLimit
        methods[isKnown ? method : Self.otherName, default: 0] += 1
        profile.ends[exchange.end, default: 0] += 1
        profile.requestBodies.add(exchange.request.body)
        if let response = exchange.response { profile.responseBodies.add(response.message.body) }
        addToRate(exchange.request.firstByteTime)
        addToProgress(exchange)
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).printable
    }

    private mutating func addToRate(_ time: Int64) {
        let part = max(0, time &- firstRequestTime) / profile.rate.partDuration
        profile.rate.counts[min(Int(part), profile.rate.counts.count - 1)] += 1
    }

    /// Counts an exchange as in progress up to its last byte that was seen.
    private mutating func addToProgress(_ exchange: Exchange) {
        let start = exchange.request.firstByteTime
        while let first = ends.min, first <= start { ends.removeMin() }
        ends.insert(
            max(exchange.request.lastByteTime, exchange.response?.message.lastByteTime ?? start)
        )
        profile.peakInProgress = max(profile.peakInProgress, ends.count)
    }
}

extension TraceProfile.Group {
    fileprivate mutating func add(_ exchange: Exchange) {
        count += 1
        guard let response = exchange.response else {
            withoutResponse += 1
            return
        }
        statuses[response.status, default: 0] += 1
        guard response.message.isComplete else { return }
        durations.add(response.message.lastByteTime &- exchange.request.firstByteTime)
    }
}

extension TraceProfile.Bodies {
    fileprivate mutating func add(_ body: RecordedBody) {
        guard body.length > 0 else { return }
        count += 1
        byteCount &+= body.length
        greatest = max(greatest, body.length)
        if body.bytes != nil { keptCount += 1 }
    }
}

extension TraceSummary {
    /// From the first request byte to the last thing that was recorded, in nanoseconds.
    public var duration: Int64 {
        guard let firstRequestTime, let lastTime else { return 0 }
        return lastTime.subtractingReportingOverflow(firstRequestTime).partialValue
    }
}
