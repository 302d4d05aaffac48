/// The few warm pairs that became slower by most, to be looked at one by one.
public struct WorstPairs: Sendable {
    /// One request in both runs.
    public struct Pair: Equatable, Sendable {
        /// The request's position in the trace.
        public let index: UInt64
        /// Its route.
        public let route: String
        /// Its headline latency in the baseline, in nanoseconds.
        public let baseline: Int64
        /// The same in the candidate.
        public let candidate: Int64

        var json: JSONValue {
            .object([
                .init("index", .unsigned(index)),
                .init("route", .string(route)),
                .init("baseline_ns", .integer(baseline)),
                .init("candidate_ns", .integer(candidate)),
            ])
        }
    }

    private static let limit = 10

    /// The one that became slower by most first.
    private(set) var pairs: [Pair] = []

    /// Looks at one pair, by ascending index.
    mutating func add(_ use: PairUse, index: UInt64, route: String) {
        guard case .used(let baseline, let candidate) = use, candidate > baseline else { return }
        let difference = candidate - baseline
        if pairs.count == Self.limit, let last = pairs.last,
            difference <= last.candidate - last.baseline
        {
            return
        }
        let pair = Pair(index: index, route: route, baseline: baseline, candidate: candidate)
        let place = pairs.firstIndex { $0.candidate - $0.baseline < difference }
        pairs.insert(pair, at: place ?? pairs.endIndex)
        if pairs.count > Self.limit { pairs.removeLast() }
    }
}
