/// How a quantity was distributed over all requests of one run.
///
/// It describes just these requests and is no guess at others, so nothing is withheld.
public struct Spread: Equatable, Sendable {
    /// The median in nanoseconds.
    public let p50: Int64
    /// The 99th percentile in nanoseconds.
    public let p99: Int64
    /// The largest value in nanoseconds.
    public let max: Int64

    /// The spread of nanoseconds in any order; `nil` if there are none.
    init?(_ values: [Int64]) {
        let sorted = values.ascending()
        guard let p50 = Quantile.p50.value(ofSorted: sorted),
            let p99 = Quantile.p99.value(ofSorted: sorted), let max = sorted.last
        else { return nil }
        self.p50 = p50
        self.p99 = p99
        self.max = max
    }
}

/// How late requests left, and whose doing it was.
public struct LagSummary: Equatable, Sendable {
    /// sent − due.
    public let lag: Spread
    /// The part spent waiting for the target.
    public let blocked: Spread
    /// The rest: the replayer's own part.
    public let clientLag: Spread
    /// How many requests were sent.
    public let count: Int
    /// How many of them have a client lag of over one millisecond.
    public let lateRequests: Int
    /// Their share.
    public var shareOfLateRequests: Double { Double(lateRequests) / Double(count) }

    /// Summarises the requests that were sent; `nil` if none was.
    init?(_ records: ContiguousArray<RequestRecord>) {
        let clientLags = records.compactMap(\.clientLag)
        guard let lag = Spread(records.compactMap(\.lag)),
            let blocked = Spread(records.compactMap(\.blockedTime)),
            let clientLag = Spread(clientLags)
        else { return nil }
        self.lag = lag
        self.blocked = blocked
        self.clientLag = clientLag
        count = clientLags.count
        lateRequests = clientLags.count { $0 > Validity.lateAfter }
    }
}
