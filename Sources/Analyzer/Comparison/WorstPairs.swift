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
        /// The baseline's identifier of it, if it is among the slowest there.
        public let baselineRequestID: String?
        /// The candidate's identifier of it, if it is among the slowest there.
        public let candidateRequestID: String?

        /// Both identifiers, as far as they are known, for a table.
        var requestIDs: String {
            guard baselineRequestID != nil || candidateRequestID != nil else { return "" }
            return "\(baselineRequestID ?? "?") → \(candidateRequestID ?? "?")"
        }

        var json: JSONValue {
            .object([
                .init("index", .unsigned(index)),
                .init("route", .string(route)),
                .init("baseline_ns", .integer(baseline)),
                .init("candidate_ns", .integer(candidate)),
                .init("baseline_request_id", JSONValue(baselineRequestID)),
                .init("candidate_request_id", JSONValue(candidateRequestID)),
            ])
        }
    }

    private struct Member {
        let index: UInt64
        let route: Int
        let baseline: Int64
        let candidate: Int64

        var difference: Int64 { candidate - baseline }
    }

    private static let limit = 10

    /// The one that became slower by most first.
    private var members: [Member] = []

    /// Looks at one pair, by ascending index; its route is a number.
    mutating func add(_ use: PairUse, index: UInt64, route: Int) {
        guard case .used(let baseline, let candidate) = use, candidate > baseline else { return }
        let member = Member(index: index, route: route, baseline: baseline, candidate: candidate)
        if members.count == Self.limit, let last = members.last,
            member.difference <= last.difference
        {
            return
        }
        let place = members.firstIndex { $0.difference < member.difference }
        members.insert(member, at: place ?? members.endIndex)
        if members.count > Self.limit { members.removeLast() }
    }

    /// The pairs by name: those of the routes, and the runs' own for the requests.
    func pairs(_ baseline: RunAnalysis, _ candidate: RunAnalysis, routes: CommonRoutes) -> [Pair] {
        members.map { member in
            Pair(
                index: member.index,
                route: routes.names[member.route],
                baseline: member.baseline,
                candidate: member.candidate,
                baselineRequestID: baseline.requestIDs[member.index],
                candidateRequestID: candidate.requestIDs[member.index]
            )
        }
    }
}
