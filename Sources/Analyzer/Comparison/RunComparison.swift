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
    /// How answers differ: all together, then by route; empty for runs of different traces.
    public let answers: [RouteAnswers]
    /// Where answers differ; `nil` if the runs kept too little of them.
    public let contents: ContentChanges?
    /// The pairs that became slower by most, at most ten.
    public let worstPairs: [WorstPairs.Pair]
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

    /// Whether the same requests were compared; otherwise the runs replayed different traces.
    public var isPaired: Bool { baseline.traceHash == candidate.traceHash }

    /// Whether response times were compared; service times if one of the runs had no schedule.
    public var hasSchedule: Bool { baseline.hasSchedule && candidate.hasSchedule }

    /// Compares two runs.
    ///
    /// - Parameters:
    ///   - baseline: The run that is compared against.
    ///   - candidate: The run that is compared.
    ///   - twin: The answers of a second run of the baseline, to know noise by.
    ///   - contents: What came of comparing what both runs kept of their answers.
    ///   - options: What counts as a change.
    /// - Throws: `ComparisonError` if they are not runs of the same trace under the same conditions,
    ///   and the options do not allow that.
    public init(
        baseline: RunAnalysis,
        candidate: RunAnalysis,
        twin: BaselineAnswers? = nil,
        contents: ContentChanges? = nil,
        options: ComparisonOptions = .init()
    ) throws(ComparisonError) {
        try refuseDifferences(baseline.info, candidate.info, options: options)
        precondition(options.resamples > 0, "a bootstrap draws at least once")
        let groups = GroupedRuns(baseline: baseline, candidate: candidate, twin: twin)
        self.baseline = baseline.info
        self.candidate = candidate.info
        self.options = options
        overall = groups.all.compared(as: GroupEstimate.nameOfAll, options: options)
        routes = groups.routes.map { $0.value.compared(as: $0.key, options: options) }
            .sorted(by: GroupComparison.isShownBefore)
        statusChanges = groups.statusChanges
        answers = groups.answers
        self.contents = contents
        worstPairs = groups.worstPairs
        coldChanges = groups.coldChanges
        (verdict, reasons) = Self.judge(overall, routes: routes, problems: groups.problems)
    }

    /// Decides, failing closed.
    ///
    /// In this order: runs that are not to be trusted, a regression overall or of any route, too
    /// few pairs, and doubts (overall, or a route that is not judged, probably regressed, or may fail
    /// more).
    /// Other routes that are not decided, or have too few pairs, decide nothing alone.
    private static func judge(
        _ overall: GroupComparison,
        routes: [GroupComparison],
        problems: [String]
    ) -> (Verdict, [String]) {
        guard problems.isEmpty else { return (.invalid, problems) }
        let groups = routes + [overall]
        let regressed = groups.filter { $0.verdict == .regressed }
        guard regressed.isEmpty else { return (.regressed, regressed.flatMap(\.reasons)) }
        guard overall.effect != nil else { return (.invalid, overall.reasons) }
        let doubtful = groups.filter { group in
            group.flips.areSuspicious || group.verdict == .notJudged
                || group.effect?.isProbablyRegression == true
                || (group == overall && group.verdict == .inconclusive)
        }
        guard doubtful.isEmpty else { return (.inconclusive, doubtful.flatMap(\.reasons)) }
        return (overall.verdict, overall.reasons)
    }
}
