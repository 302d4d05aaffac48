/// How one route's requests, or all of them, changed over the repetitions.
public struct RepeatedGroup: Equatable, Sendable {
    /// The route's name; `all` for the whole trace.
    public let name: String
    /// The number of pairs in all repetitions together.
    public let pairs: Int
    /// The pairs that are not among these, by reason, in all repetitions together.
    public let leftOut: [LeftOut: Int]
    /// Changes between success and failure, in all repetitions together.
    public let flips: FailureFlips
    /// The shares of requests that failed, in all repetitions together.
    public let failures: FailureShares
    /// From where on the answers of a repetition are not what they were, the earliest; `nil` if they
    /// are in all.
    public let divergence: Divergence?
    /// The change of the median of the pairs; `nil` if a repetition has fewer than
    /// ``ComparisonOptions/minimumPairs`` pairs.
    public let effect: RepeatedEffect?
    /// The change of the p99; `nil` if a repetition has too few pairs for one.
    public let tail: RepeatedEffect?
    /// The median over the repetitions of the median difference, in nanoseconds.
    public let medianDifference: Int64?
    /// The mean over the repetitions of the share of pairs in which the candidate was slower.
    public let shareSlower: Double?
    /// The change beside that of the other routes, from which falls out what a run as a whole was off
    /// by; `nil` for all requests, and with fewer than three other routes.
    public private(set) var relative: RepeatedEffect?
    /// The probability of the change, corrected for the number of routes; `nil` for all requests,
    /// and without an effect.
    public internal(set) var correctedProbability: Double?
    /// The probability of the failures, corrected in the same way.
    public internal(set) var correctedFailureProbability: Double?

    /// What each repetition says, as a logarithm; `nil` if one has too few pairs.
    let middles: [Double]?

    /// Sums up what the repetitions say of one group.
    init(name: String, estimates: [GroupEstimate]) {
        self.name = name
        pairs = estimates.reduce(0) { $0 + $1.pairs }
        leftOut = estimates.reduce(into: [:]) { $0.merge($1.leftOut, uniquingKeysWith: +) }
        flips = estimates.reduce(FailureFlips()) { $0 + $1.flips }
        failures = estimates.reduce(FailureShares()) { $0 + $1.failures }
        divergence = estimates.compactMap(\.divergence).min { $0.index < $1.index }
        let known = estimates.compactMap(\.middle)
        middles = known.count == estimates.count ? known : nil
        effect = Self.effect(estimates.map(\.middle), margins: estimates.map(\.margins.median))
        tail = Self.effect(estimates.map(\.tail), margins: estimates.map(\.margins.tail))
        let differences = estimates.compactMap(\.medianDifference).sorted()
        medianDifference = Quantile.p50.value(ofSorted: differences)
        let shares = estimates.compactMap(\.shareSlower)
        shareSlower = shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
    }

    private static func effect(_ values: [Double?], margins: [Double]) -> RepeatedEffect? {
        let known = values.compactMap { $0 }
        guard known.count == values.count, let margin = margins.max() else { return nil }
        return RepeatedEffect(known, margin: margin)
    }

    /// How likely a change at least as large is by chance; `nil` without an effect.
    ///
    /// Two tests are made, of the change itself and of that beside the other routes, so the smaller
    /// probability counts twice (Bonferroni). The second one alone does not tell which side moved, so it
    /// counts only where at least half of it is the route's own.
    var probability: Double? {
        guard let effect else { return nil }
        guard let relative else { return effect.probability }
        let (own, beside) = (logarithm(1 + effect.change), logarithm(1 + relative.change))
        let isOwn = beside < 0 ? own <= beside / 2 : own >= beside / 2
        return min(1, 2 * min(effect.probability, isOwn ? relative.probability : 1))
    }

    /// Sets the change beside that of the other routes: beside the median of theirs, which stays where it
    /// is as long as most of them do.
    mutating func compare(with others: [RepeatedGroup]) {
        let columns = others.compactMap(\.middles)
        guard let middles, let effect, columns.count >= Self.leastOthers else { return }
        let differences = middles.indices.compactMap { repetition in
            median(ofSorted: columns.map { $0[repetition] }.sorted())
                .map { middles[repetition] - $0 }
        }
        relative = RepeatedEffect(differences, margin: effect.margin)
    }

    private static let leastOthers = 3

    /// Whether the change of a route stands out from chance, with all routes looked at.
    public var isDiscovery: Bool {
        correctedProbability.map { $0 <= ComparisonOptions.significance } ?? false
    }

    /// Whether there are more new failures than chance explains, with all routes looked at.
    var hasNewFailures: Bool {
        let probability = correctedFailureProbability ?? flips.probability
        return flips.newFailures > flips.repaired
            && probability <= ComparisonOptions.significance
    }

    /// What the group's numbers say together.
    ///
    /// Significant new failures are a regression whatever the times say, and suspicious ones keep
    /// good times from being a pass. Times of other work are not judged. A route's regression counts if
    /// it is a discovery too.
    public var verdict: Verdict {
        if hasNewFailures { return .regressed }
        if divergence != nil { return .notJudged }
        let verdict = effect?.verdict ?? .inconclusive
        if verdict == .regressed, correctedProbability != nil, !isDiscovery { return .inconclusive }
        return flips.areSuspicious && verdict != .regressed ? .inconclusive : verdict
    }

    /// Whether the group keeps the whole comparison from passing.
    var isDoubtful: Bool {
        verdict == .notJudged
            || verdict == .inconclusive
                && (flips.areSuspicious || effect?.isProbablyRegression == true
                    || effect?.verdict == .regressed)
    }

    /// What is behind the verdict, one sentence each without a full stop; empty if nothing changed.
    public var reasons: [String] {
        [failureReason, divergence?.reason ?? effectReason]
            .compactMap { $0.map { "\(name): \($0)" } }
    }

    private var failureReason: String? {
        guard hasNewFailures || flips.areSuspicious else { return nil }
        let failures = "\(flips.newFailures) requests fail that did not, \(flips.repaired) the "
        return "\(failures)other way round (p \(probabilityText(flips.probability)))"
    }

    private var effectReason: String? {
        guard let effect else {
            return "too few pairs in a repetition (needs \(ComparisonOptions.minimumPairs))"
        }
        return effect.reason
    }

    /// The order of reports: regressions first, then the slower before the faster, and groups
    /// without an effect last.
    static func isShownBefore(_ first: RepeatedGroup, _ second: RepeatedGroup) -> Bool {
        let ranks = [first, second].map { $0.verdict == .regressed ? 0 : $0.effect == nil ? 2 : 1 }
        guard ranks[0] == ranks[1] else { return ranks[0] < ranks[1] }
        let changes = [first, second].map { $0.effect?.change ?? -1 }
        return changes[0] == changes[1] ? first.name < second.name : changes[0] > changes[1]
    }
}

extension RepeatedEffect {
    /// What the interval says, in words without a full stop; `nil` if nothing changed.
    var reason: String? {
        let change = "\(signedPercentage(change)) \(interval)"
        switch verdict {
        case .regressed: return "slower, \(change)"
        case .improved: return "faster, \(change)"
        case .equivalent: return nil
        default:
            let words = isSlowerBySomeAmount ? "slower, size uncertain" : "not decided"
            let needed = repetitionsNeeded.map { ", \(repetitionsText($0))" } ?? ""
            return "\(words), \(change)\(needed)"
        }
    }

    private func repetitionsText(_ count: Int) -> String {
        count >= Self.mostRepetitions
            ? "needs more than \(count) repetitions" : "needs about \(count) repetitions"
    }
}
