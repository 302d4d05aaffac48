public import TraceFormat

/// What one pair of runs, baseline and candidate, adds to a comparison over repetitions.
///
/// Small: the runs themselves need not stay in memory.
public struct Repetition: Sendable {
    /// The run that is compared against.
    public let baseline: RunInfo
    /// The run that is compared.
    public let candidate: RunInfo
    /// What makes one of the two unfit for a comparison, one sentence each.
    public let problems: [String]
    /// All requests together.
    public let overall: GroupEstimate
    /// One estimate for each route, in order of name.
    public let routes: [GroupEstimate]
    /// Requests whose status or failure differs.
    public let statusChanges: [RunComparison.StatusChange]
    /// How answers differ: all together, then by route.
    public let answers: [RouteAnswers]
    /// Where answers differ; `nil` if nobody looked, or the runs kept too little of them.
    public let contents: ContentChanges?
    /// First uses of modules that succeeded in both runs, in order of name.
    public let coldChanges: [RunComparison.ColdChange]
    /// How late the requests of both runs left; `nil` without a schedule.
    let lags: (baseline: LagSummary, candidate: LagSummary)?

    /// Takes what is needed of two runs.
    ///
    /// - Parameters:
    ///   - baseline: The run that is compared against.
    ///   - candidate: The run that is compared.
    ///   - twin: The answers of another run of the baseline, to know noise by.
    ///   - contents: What came of comparing what both runs kept of their answers.
    ///   - options: What counts as a change.
    /// - Throws: `ComparisonError` if they are not runs of the same trace under the same conditions,
    ///   and the options do not allow that.
    public init(
        baseline: RunAnalysis,
        candidate: RunAnalysis,
        twin: BaselineAnswers? = nil,
        contents: ContentChanges? = nil,
        options: ComparisonOptions
    ) throws(ComparisonError) {
        try refuseDifferences(baseline.info, candidate.info, options: options)
        let groups = GroupedRuns(baseline: baseline, candidate: candidate, twin: twin)
        self.baseline = baseline.info
        self.candidate = candidate.info
        problems = groups.problems
        overall = groups.all.estimated(as: GroupEstimate.nameOfAll, options: options)
        routes = groups.routes.sorted { $0.key < $1.key }
            .map { $0.value.estimated(as: $0.key, options: options) }
        statusChanges = groups.statusChanges
        answers = groups.answers
        self.contents = contents
        coldChanges = groups.coldChanges
        lags = baseline.lag.flatMap { lag in candidate.lag.map { (lag, $0) } }
    }
}

/// Throws unless both are runs of the same trace under the same conditions.
func refuseDifferences(
    _ baseline: RunInfo,
    _ candidate: RunInfo,
    options: ComparisonOptions
) throws(ComparisonError) {
    if baseline.traceHash != candidate.traceHash, !options.allowDifferentTraces {
        throw .differentTraces(baseline: baseline.traceHash, candidate: candidate.traceHash)
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
