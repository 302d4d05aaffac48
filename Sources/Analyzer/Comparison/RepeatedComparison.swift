internal import TraceFormat

/// What changed between two targets, from repetitions: pairs of runs of the same trace.
///
/// The repetitions are what is independent. Each gives one estimate for each group, and the verdict
/// comes from how these vary (docs/measurement.md).
public struct RepeatedComparison: Sendable {
    /// The pairs of runs, in order.
    public let repetitions: [Repetition]
    /// What counted as a change.
    public let options: ComparisonOptions
    /// What was found.
    public let verdict: Verdict
    /// What led to the verdict, one sentence each without a full stop.
    public let reasons: [String]
    /// The numbers that decide.
    public let endpoints: [Endpoint]
    /// All requests together.
    public let overall: RepeatedGroup
    /// One group for each route: regressions first, then the slowest.
    public let routes: [RepeatedGroup]
    /// Requests whose status or failure differs, in all repetitions, the most frequent change first.
    public let statusChanges: [RunComparison.StatusChange]

    /// How answers differ in the second repetition, for which the first one's baseline tells the noise.
    public var answers: [RouteAnswers] { repetitions[1].answers }
    /// Where they differ; `nil` if the runs kept too little of them.
    public var contents: ContentChanges? { repetitions[1].contents }

    /// Whether response times were compared; service times if the runs had no schedule.
    public var hasSchedule: Bool {
        repetitions.allSatisfy { $0.baseline.hasSchedule && $0.candidate.hasSchedule }
    }

    /// Compares; throws if the repetitions are not all of the same trace under the same conditions.
    public init(
        _ repetitions: [Repetition],
        options: ComparisonOptions = .init()
    ) throws(ComparisonError) {
        precondition(repetitions.count >= 2, "one pair of runs is a RunComparison")
        for repetition in repetitions.dropFirst() {
            try refuseDifferences(
                repetitions[0].baseline,
                repetition.baseline,
                options: options
            )
        }
        self.repetitions = repetitions
        self.options = options
        overall = RepeatedGroup(
            name: GroupEstimate.nameOfAll,
            estimates: repetitions.map(\.overall)
        )
        routes = Self.routes(of: repetitions, correction: options.routeCorrection)
        endpoints = Self.endpoints(overall, repetitions, margin: options)
        statusChanges = Self.sum(repetitions.flatMap(\.statusChanges))
        (verdict, reasons) = Self.judge(
            overall,
            routes: routes,
            endpoints: endpoints,
            problems: Self.problems(of: repetitions, margin: options.margin)
        )
    }

    private static func routes(
        of repetitions: [Repetition],
        correction: Multiplicity
    ) -> [RepeatedGroup] {
        var estimates: [String: [GroupEstimate]] = [:]
        for route in repetitions.flatMap(\.routes) {
            estimates[route.name, default: []].append(route)
        }
        // A route that a repetition does not have has no pairs there.
        let complete = estimates.filter { $0.value.count == repetitions.count }
        let groups = complete.sorted { $0.key < $1.key }
            .map { RepeatedGroup(name: $0.key, estimates: $0.value) }
        let compared = groups.indices.map { number in
            var (group, others) = (groups[number], groups)
            others.remove(at: number)
            group.compare(with: others)
            return group
        }
        return corrected(compared, by: correction).sorted(by: RepeatedGroup.isShownBefore)
    }

    private static func corrected(
        _ groups: [RepeatedGroup],
        by correction: Multiplicity
    ) -> [RepeatedGroup] {
        var groups = groups
        let judged = groups.indices.filter { groups[$0].probability != nil }
        let corrected = correction.adjusted(judged.compactMap { groups[$0].probability })
        for (position, probability) in zip(judged, corrected) {
            groups[position].correctedProbability = probability
        }
        let failures = correction.adjusted(groups.map(\.flips.probability))
        for (position, probability) in failures.enumerated() {
            groups[position].correctedFailureProbability = probability
        }
        return groups
    }

    private static func endpoints(
        _ overall: RepeatedGroup,
        _ repetitions: [Repetition],
        margin options: ComparisonOptions
    ) -> [Endpoint] {
        let colds = repetitions.compactMap(\.overall.coldMiddle)
        let cold =
            colds.count == repetitions.count
            ? RepeatedEffect(colds, margin: max(options.margin, options.noiseFloor.cold ?? 0)) : nil
        let endpoints = [
            overall.effect.map { Endpoint(.median, effect: $0) },
            overall.tail.map { Endpoint(.tail, effect: $0) },
            Endpoint(failures: overall.flips),
            cold.map { Endpoint(.cold, effect: $0) },
        ]
        return Endpoint.corrected(endpoints.compactMap { $0 })
    }

    private static func sum(
        _ changes: [RunComparison.StatusChange]
    ) -> [RunComparison.StatusChange] {
        var counts: [[String]: Int] = [:]
        for change in changes {
            counts[[change.baseline, change.candidate], default: 0] += change.count
        }
        return counts.map { .init(baseline: $0.key[0], candidate: $0.key[1], count: $0.value) }
            .sorted {
                ($1.count, $0.baseline, $0.candidate) < ($0.count, $1.baseline, $1.candidate)
            }
    }

    /// Decides, failing closed.
    ///
    /// In this order: runs that are not to be trusted, an endpoint or a route that regressed, too few
    /// pairs, and doubts. Otherwise, what the median over all requests says.
    private static func judge(
        _ overall: RepeatedGroup,
        routes: [RepeatedGroup],
        endpoints: [Endpoint],
        problems: [String]
    ) -> (Verdict, [String]) {
        guard problems.isEmpty else { return (.invalid, problems) }
        let slower = routes.filter { $0.verdict == .regressed }
        let failed = endpoints.filter { $0.verdict == .regressed }
        guard slower.isEmpty, failed.isEmpty else {
            return (.regressed, slower.flatMap(\.reasons) + failed.compactMap(\.reason))
        }
        guard let median = endpoints.first(where: { $0.kind == .median }) else {
            return (.invalid, overall.reasons)
        }
        let doubts =
            routes.filter(\.isDoubtful).flatMap(\.reasons)
            + endpoints.filter(\.isDoubtful).compactMap(\.reason)
        guard doubts.isEmpty, median.verdict != .inconclusive else {
            return (.inconclusive, doubts)
        }
        return (median.verdict, [median.reason].compactMap { $0 })
    }

    /// What makes the runs unfit to be compared, one sentence each.
    private static func problems(of repetitions: [Repetition], margin: Double) -> [String] {
        let problems = repetitions.enumerated().flatMap { position, repetition in
            repetition.problems.map { "repetition \(position + 1), \($0)" }
        }
        return problems + [LagAsymmetry(repetitions, margin: margin)?.problem].compactMap { $0 }
    }
}
