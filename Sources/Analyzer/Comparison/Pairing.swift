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

    private let twin: BaselineAnswers?
    private var allAnswers = AnswerChanges()
    private var answersOfRoutes: [String: AnswerChanges] = [:]
    private(set) var worst: WorstPairs

    init(baseline: RunAnalysis, candidate: RunAnalysis, twin: BaselineAnswers? = nil) {
        self.twin = twin
        self.baseline = baseline
        self.candidate = candidate
        hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        worst = WorstPairs()
        run()
    }

    /// How answers differ: all together, then by route in order of name.
    var answers: [RouteAnswers] {
        [RouteAnswers(route: GroupEstimate.nameOfAll, changes: allAnswers)]
            + answersOfRoutes.sorted { $0.key < $1.key }
            .map { RouteAnswers(route: $0.key, changes: $0.value) }
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
        for (one, other) in RecordPairs(baseline, candidate) {
            switch (one, other) {
            case (let one?, let other?): add(RequestPair(baseline: one, candidate: other))
            case (let one?, nil): leaveOut(baseline.routeNames[Int(one.route)])
            case (nil, let other?): leaveOut(candidate.routeNames[Int(other.route)])
            case (nil, nil): break
            }
        }
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
        let use = pair.use(hasSchedule: hasSchedule, isSameRoute: isSameRoute)
        count(use, under: route)
        worst.add(use, index: pair.baseline.index, route: route)
        guard isSameRoute else { return }
        all.addEnds(of: pair)
        routes[route, default: PairCollector()].addEnds(of: pair)
        let again = twin?[pair.baseline.index]
        allAnswers.add(pair.baseline, pair.candidate, twin: again)
        answersOfRoutes[route, default: AnswerChanges()]
            .add(pair.baseline, pair.candidate, twin: again)
        guard pair.baseline.labelKey != pair.candidate.labelKey else { return }
        changes[[pair.baseline.endingName, pair.candidate.endingName], default: 0] += 1
    }
}
