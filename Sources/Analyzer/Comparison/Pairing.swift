/// Walks along two runs by ascending index and hands each pair of outcomes to its groups.
struct Pairing {
    private let baseline: RunAnalysis
    private let candidate: RunAnalysis
    /// Whether response times are compared; service times if one of the runs had no schedule.
    private let hasSchedule: Bool
    private(set) var all = PairCollector()
    private(set) var routes: [String: PairCollector] = [:]
    private var changes: [[String]: Int] = [:]
    /// Requests that were looked at, and those of them without a counterpart that was sent.
    private var counts = (all: 0, missing: 0)

    init(baseline: RunAnalysis, candidate: RunAnalysis) {
        self.baseline = baseline
        self.candidate = candidate
        hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        run()
    }

    /// Whether too few requests have a counterpart, in one sentence; `nil` if enough have.
    var problem: String? {
        guard counts.missing * 20 > counts.all else { return nil }
        return "\(counts.missing) of \(counts.all) requests have no counterpart that was sent"
    }

    /// The counted changes of status or failure, the most frequent first.
    var statusChanges: [RunComparison.StatusChange] {
        changes.map { labels, count in
            RunComparison.StatusChange(baseline: labels[0], candidate: labels[1], count: count)
        }.sorted {
            ($1.count, $0.baseline, $0.candidate) < ($0.count, $1.baseline, $1.candidate)
        }
    }

    private mutating func run() {
        var first = baseline.records[...]
        var second = candidate.records[...]
        while let one = first.first, let other = second.first {
            if one.index < other.index {
                leaveOut(baseline.routeNames[Int(one.route)])
                first.removeFirst()
            } else if other.index < one.index {
                leaveOut(candidate.routeNames[Int(other.route)])
                second.removeFirst()
            } else {
                add(RequestPair(baseline: one, candidate: other))
                first.removeFirst()
                second.removeFirst()
            }
        }
        for record in first { leaveOut(baseline.routeNames[Int(record.route)]) }
        for record in second { leaveOut(candidate.routeNames[Int(record.route)]) }
    }

    private mutating func leaveOut(_ route: String) {
        count(.leftOut(.onlyInOneRun), under: route)
    }

    private mutating func count(_ use: PairUse, under route: String) {
        counts.all += 1
        if use.isMissing { counts.missing += 1 }
        all.add(use)
        routes[route, default: PairCollector()].add(use)
    }

    private mutating func add(_ pair: RequestPair) {
        let route = baseline.routeNames[Int(pair.baseline.route)]
        let isSameRoute = route == candidate.routeNames[Int(pair.candidate.route)]
        count(pair.use(hasSchedule: hasSchedule, isSameRoute: isSameRoute), under: route)
        guard isSameRoute else { return }
        all.addEnds(of: pair)
        routes[route, default: PairCollector()].addEnds(of: pair)
        guard pair.baseline.labelKey != pair.candidate.labelKey else { return }
        changes[[pair.baseline.endingName, pair.candidate.endingName], default: 0] += 1
    }
}
