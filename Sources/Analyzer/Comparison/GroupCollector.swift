internal import TraceFormat

/// What collects the requests of one group, and says at the end what changed.
protocol GroupCollector {
    /// The group's numbers with intervals from within this one pair of runs.
    func compared(as name: String, options: ComparisonOptions) -> GroupComparison
    /// The group's numbers without intervals: these come from repetitions.
    func estimated(as name: String, options: ComparisonOptions) -> GroupEstimate
}

/// The smallest changes of a group that matter: the margin, the floor as a fraction of the baseline's
/// quantile, or how far two runs of the same target lie apart, whichever is most.
struct GroupMargins: Equatable {
    /// For the median.
    let median: Double
    /// For the p99.
    let tail: Double
    /// How far the medians of two runs of the same target lie apart.
    let noise: Double

    /// The margins for a baseline's nanoseconds in ascending order.
    init(_ name: String, baselines: [Int64], options: ComparisonOptions) {
        let share = { (quantile: Quantile) in
            Double(options.floor) / Double(max(1, quantile.value(ofSorted: baselines) ?? .max))
        }
        noise = options.noiseFloor.median(of: name)
        median = max(options.margin, noise, share(.p50))
        tail = max(options.margin, options.noiseFloor.tail(of: name), share(.p99))
    }
}

/// The groups of two runs: all requests, and one for each route.
struct GroupedRuns {
    let all: any GroupCollector
    let routes: [String: any GroupCollector]
    /// What makes the runs unfit to be compared, one sentence each; empty if nothing does.
    let problems: [String]
    /// Ways in which statuses or failures differ, the most frequent first.
    let statusChanges: [RunComparison.StatusChange]
    /// How answers differ: all together, then by route; empty for runs of different traces.
    let answers: [RouteAnswers]
    /// The pairs that became slower by most.
    let worstPairs: [WorstPairs.Pair]
    /// First uses of modules that succeeded in both runs, in order of name.
    let coldChanges: [RunComparison.ColdChange]

    /// Pairs the requests of runs of the same trace; of different traces, only the groups are alike.
    init(baseline: RunAnalysis, candidate: RunAnalysis, twin: BaselineAnswers? = nil) {
        var problems =
            baseline.validity.reasonsAgainstComparing.map { "baseline: \($0)" }
            + candidate.validity.reasonsAgainstComparing.map { "candidate: \($0)" }
        if baseline.info.traceHash == candidate.info.traceHash {
            let pairing = Pairing(baseline: baseline, candidate: candidate, twin: twin)
            all = pairing.all
            routes = pairing.routes
            statusChanges = pairing.statusChanges
            answers = pairing.answers
            worstPairs = pairing.worstPairs
            problems += [pairing.problem].compactMap { $0 }
        } else {
            let sampling = Sampling(baseline: baseline, candidate: candidate)
            all = sampling.all
            routes = sampling.routes
            statusChanges = []
            answers = []
            worstPairs = []
        }
        self.problems = problems
        coldChanges = baseline.modules.compactMap { module in
            let other = candidate.modules.first { $0.module == module.module }
            guard let before = module.coldTimes.first, let after = other?.coldTimes.first
            else { return nil }
            return .init(module: module.module, baseline: before, candidate: after)
        }
    }
}

/// Puts the requests of two runs of different traces into groups.
private struct Sampling {
    private(set) var all = SampleCollector()
    private(set) var routes: [String: SampleCollector] = [:]

    init(baseline: RunAnalysis, candidate: RunAnalysis) {
        let hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        for record in baseline.records {
            let time = record.warmTime(hasSchedule: hasSchedule)
            all.add(baseline: record, time: time)
            routes[baseline.routeNames[Int(record.route)], default: SampleCollector()]
                .add(baseline: record, time: time)
        }
        for record in candidate.records {
            let time = record.warmTime(hasSchedule: hasSchedule)
            all.add(candidate: record, time: time)
            routes[candidate.routeNames[Int(record.route)], default: SampleCollector()]
                .add(candidate: record, time: time)
        }
    }
}

extension RequestRecord {
    /// The headline time of a warm request that succeeded; `nil` for others.
    fileprivate func warmTime(hasSchedule: Bool) -> Int64? {
        guard ending == .succeeded, isSteady,
            let time = hasSchedule ? responseTime : serviceTime, time > 0
        else { return nil }
        return time
    }
}
