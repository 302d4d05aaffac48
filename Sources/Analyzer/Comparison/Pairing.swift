/// Walks along two runs by ascending index and hands each pair of outcomes to its groups.
struct Pairing {
    private let baseline: RunAnalysis
    private let candidate: RunAnalysis
    /// Whether response times are compared; service times if one of the runs had no schedule.
    private let hasSchedule: Bool
    private let commonRoutes: CommonRoutes
    private let divergences: RouteDivergences
    private(set) var all = PairCollector()
    private var pairsOfRoutes: [PairCollector]
    private var changes: [[String]: Int] = [:]
    /// Requests that were looked at, and those of them without a counterpart that was sent.
    private var counts = (all: 0, missing: 0)

    private let twin: BaselineAnswers?
    private var allAnswers = AnswerChanges()
    private var answersOfRoutes: [AnswerChanges]
    private var worst = WorstPairs()

    init(baseline: RunAnalysis, candidate: RunAnalysis, twin: BaselineAnswers? = nil) {
        self.twin = twin
        self.baseline = baseline
        self.candidate = candidate
        hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        commonRoutes = CommonRoutes(baseline, candidate)
        divergences = RouteDivergences(baseline, candidate, routes: commonRoutes)
        pairsOfRoutes = commonRoutes.names.indices.map { [divergences] in
            PairCollector(divergence: divergences[$0])
        }
        answersOfRoutes = Array(repeating: AnswerChanges(), count: commonRoutes.names.count)
        run()
    }

    /// The pairs of each route.
    var routes: [String: PairCollector] {
        Dictionary(uniqueKeysWithValues: zip(commonRoutes.names, pairsOfRoutes))
    }

    /// How answers differ: all together, then by route in order of name.
    var answers: [RouteAnswers] {
        [RouteAnswers(route: GroupEstimate.nameOfAll, changes: allAnswers)]
            + zip(commonRoutes.names, answersOfRoutes).sorted { $0.0 < $1.0 }
            .map { RouteAnswers(route: $0.0, changes: $0.1) }
    }

    /// The pairs that became slower by most.
    var worstPairs: [WorstPairs.Pair] { worst.pairs(baseline, candidate, routes: commonRoutes) }

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
            case (let one?, nil): leaveOut(commonRoutes.number(ofBaseline: one))
            case (nil, let other?): leaveOut(commonRoutes.number(ofCandidate: other))
            case (nil, nil): break
            }
        }
    }

    private mutating func leaveOut(_ route: Int) {
        count(.leftOut(.onlyInOneRun), under: route)
    }

    private mutating func count(_ use: PairUse, under route: Int) {
        counts.all += 1
        if use.isMissing { counts.missing += 1 }
        all.add(use)
        pairsOfRoutes[route].add(use)
    }

    private mutating func add(_ pair: RequestPair) {
        let route = commonRoutes.number(ofBaseline: pair.baseline)
        let isSameRoute = route == commonRoutes.number(ofCandidate: pair.candidate)
        let use = pair.use(
            hasSchedule: hasSchedule,
            isSameRoute: isSameRoute,
            isDiverged: divergences.isBeyond(pair.baseline.index, route: route)
        )
        count(use, under: route)
        worst.add(use, index: pair.baseline.index, route: route)
        guard isSameRoute else { return }
        all.addEnds(of: pair)
        pairsOfRoutes[route].addEnds(of: pair)
        let again = twin?[pair.baseline.index]
        allAnswers.add(pair.baseline, pair.candidate, twin: again)
        answersOfRoutes[route].add(pair.baseline, pair.candidate, twin: again)
        guard pair.baseline.labelKey != pair.candidate.labelKey else { return }
        changes[[pair.baseline.endingName, pair.candidate.endingName], default: 0] += 1
    }
}
