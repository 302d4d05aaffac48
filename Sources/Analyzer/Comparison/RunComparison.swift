public import TraceFormat

/// What changed between two replays of the same trace.
///
/// Two runs are one pair of runs. Whatever differed between them as a whole (the machine's mood,
/// the order of starting) looks like a change of the target, and no statistics inside the runs can
/// tell. So this is a screening; interleaved repetitions make it firm.
public struct RunComparison: Sendable {
    /// The run that is compared against.
    public let baseline: RunInfo
    /// The run that is compared.
    public let candidate: RunInfo
    /// What counted as a change.
    public let options: ComparisonOptions
    /// What was found.
    public let verdict: Verdict
    /// What led to the verdict, one sentence each without a full stop.
    public let reasons: [String]
    /// All requests together.
    public let overall: GroupComparison
    /// One comparison for each route: regressions first, then the slowest.
    public let routes: [GroupComparison]
    /// Requests whose status or failure differs, the most frequent change first.
    public let statusChanges: [StatusChange]
    /// First uses of modules that succeeded in both runs, in order of name.
    public let coldChanges: [ColdChange]

    /// One way in which statuses or failures differ.
    public struct StatusChange: Equatable, Sendable {
        /// The status, or the name of the failure, in the baseline.
        public let baseline: String
        /// The same in the candidate.
        public let candidate: String
        /// How many requests changed so.
        public let count: Int
    }

    /// The first use of one module in both runs.
    public struct ColdChange: Equatable, Sendable {
        /// The module, as in ``Route/Handler``.
        public let module: String
        /// The service time in the baseline, in nanoseconds.
        public let baseline: Int64
        /// The service time in the candidate, in nanoseconds.
        public let candidate: Int64
    }

    /// Whether response times were compared; service times if one of the runs had no schedule.
    public var hasSchedule: Bool { baseline.hasSchedule && candidate.hasSchedule }

    /// Compares two runs; throws if they are not runs of the same trace under the same conditions
    /// and the options do not allow that.
    public init(
        baseline: RunAnalysis,
        candidate: RunAnalysis,
        options: ComparisonOptions = .init()
    ) throws(ComparisonError) {
        try Self.refuseDifferences(baseline.info, candidate.info, options: options)
        precondition(options.resamples > 0, "a bootstrap draws at least once")
        let hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        var pairing = Pairing(baseline: baseline, candidate: candidate, hasSchedule: hasSchedule)
        pairing.run()
        self.baseline = baseline.info
        self.candidate = candidate.info
        self.options = options
        overall = pairing.all.compared(as: "all", options: options)
        routes = pairing.routes.map { $0.value.compared(as: $0.key, options: options) }
            .sorted(by: GroupComparison.isShownBefore)
        statusChanges = pairing.statusChanges
        coldChanges = baseline.modules.compactMap { module in
            let other = candidate.modules.first { $0.module == module.module }
            guard let before = module.cold, let after = other?.cold else { return nil }
            return ColdChange(module: module.module, baseline: before, candidate: after)
        }
        (verdict, reasons) = Self.judge(
            overall,
            routes: routes,
            problems: baseline.validity.reasonsAgainstComparing.map { "baseline: \($0)" }
                + candidate.validity.reasonsAgainstComparing.map { "candidate: \($0)" }
        )
    }

    private static func refuseDifferences(
        _ baseline: RunInfo,
        _ candidate: RunInfo,
        options: ComparisonOptions
    ) throws(ComparisonError) {
        if baseline.traceHash != candidate.traceHash, !options.allowDifferentTraces {
            throw .differentTraces(
                baseline: baseline.traceHash,
                candidate: candidate.traceHash
            )
        }
        guard !options.allowDifferentConditions else { return }
        if baseline.speed != candidate.speed {
            throw .differentSpeeds(baseline: baseline.speed, candidate: candidate.speed)
        }
        if baseline.connections != candidate.connections {
            throw .differentConnections(
                baseline: baseline.connections,
                candidate: candidate.connections
            )
        }
    }

    /// Decides, failing closed.
    ///
    /// In this order: runs that are not to be trusted, a regression overall or of any route, too
    /// few pairs, and doubts (overall, or a route that probably regressed or may fail more).
    /// Other routes that are not decided, or have too few pairs, decide nothing alone.
    private static func judge(
        _ overall: GroupComparison,
        routes: [GroupComparison],
        problems: [String]
    ) -> (Verdict, [String]) {
        var problems = problems
        let missing =
            (overall.leftOut[.onlyInOneRun] ?? 0) + (overall.leftOut[.unsent] ?? 0)
            + (overall.leftOut[.differentRoute] ?? 0)
        let all = overall.pairs + overall.leftOut.values.reduce(0, +)
        if missing * 20 > all {
            problems.append("\(missing) of \(all) requests have no counterpart that was sent")
        }
        guard problems.isEmpty else { return (.invalid, problems) }
        let groups = routes + [overall]
        let regressed = groups.filter { $0.verdict == .regressed }
        guard regressed.isEmpty else { return (.regressed, regressed.flatMap(\.reasons)) }
        guard overall.effect != nil else { return (.invalid, overall.reasons) }
        let doubtful = groups.filter { group in
            group.flips.areSuspicious || group.effect?.isProbablyRegression == true
                || (group == overall && group.verdict == .inconclusive)
        }
        guard doubtful.isEmpty else { return (.inconclusive, doubtful.flatMap(\.reasons)) }
        return (overall.verdict, overall.reasons)
    }
}

/// Walks along both runs by ascending index and hands each pair to its groups.
private struct Pairing {
    let baseline: RunAnalysis
    let candidate: RunAnalysis
    let hasSchedule: Bool
    var all = PairCollector()
    var routes: [String: PairCollector] = [:]
    private var changes: [[String]: Int] = [:]

    init(baseline: RunAnalysis, candidate: RunAnalysis, hasSchedule: Bool) {
        self.baseline = baseline
        self.candidate = candidate
        self.hasSchedule = hasSchedule
    }

    /// The counted changes of status or failure, the most frequent first.
    var statusChanges: [RunComparison.StatusChange] {
        changes.map { labels, count in
            RunComparison.StatusChange(baseline: labels[0], candidate: labels[1], count: count)
        }.sorted {
            ($1.count, $0.baseline, $0.candidate) < ($0.count, $1.baseline, $1.candidate)
        }
    }

    mutating func run() {
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
        all.add(.leftOut(.onlyInOneRun))
        routes[route, default: PairCollector()].add(.leftOut(.onlyInOneRun))
    }

    private mutating func add(_ pair: RequestPair) {
        let route = baseline.routeNames[Int(pair.baseline.route)]
        let isSameRoute = route == candidate.routeNames[Int(pair.candidate.route)]
        let use = pair.use(hasSchedule: hasSchedule, isSameRoute: isSameRoute)
        all.add(use)
        routes[route, default: PairCollector()].add(use)
        guard isSameRoute else { return }
        if let flip = pair.flip {
            all.add(flip)
            routes[route, default: PairCollector()].add(flip)
        }
        let labels = [pair.baseline.label, pair.candidate.label]
        if labels[0] != labels[1] { changes[labels, default: 0] += 1 }
    }
}
