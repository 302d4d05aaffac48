/// How one route's requests, or all of them, changed from baseline to candidate.
public struct GroupComparison: Equatable, Sendable {
    /// The route's name; `all` for the whole trace.
    public let name: String
    /// The number of pairs that the effect rests on; without pairs, the requests of the smaller side.
    public let pairs: Int
    /// The pairs that it does not, by reason.
    public let leftOut: [LeftOut: Int]
    /// The paired change; `nil` with fewer than ``ComparisonOptions/minimumPairs`` pairs.
    public let effect: Effect?
    /// Percentiles of the same pairs in both runs.
    public let shifts: [PercentileShift]
    /// Changes between success and failure.
    public let flips: FailureFlips
    /// The shares of requests that failed.
    public let failures: FailureShares
    /// From where on the answers are not what they were; `nil` if they are, and for all requests.
    public let divergence: Divergence?
    /// What can be said of runs of different traces; `nil` if requests were paired.
    public let unpaired: UnpairedStatistics?

    /// What the group's numbers say together.
    ///
    /// Significant new failures are a regression whatever the times say. Suspicious ones keep
    /// good times from being a pass. Times of other work are not judged.
    public var verdict: Verdict {
        let verdict = effect?.verdict ?? .inconclusive
        if flips.areRegression || moreFail { return .regressed }
        if divergence != nil { return .notJudged }
        let isDoubtful = flips.areSuspicious || medianContradictsPairs
        return isDoubtful && verdict != .regressed ? .inconclusive : verdict
    }

    /// Whether, without pairs, a larger share fails than chance explains.
    private var moreFail: Bool {
        unpaired != nil && failures.interval.map { $0.lowerBound > 0 } ?? false
    }

    /// Whether the medians of both runs moved by more than twice the margin although the median
    /// of the pairs did not move by the margin: requests changed places, as with two groups of
    /// times of which one took requests from the other, and one number does not tell it.
    private var medianContradictsPairs: Bool {
        guard let effect, abs(effect.change) <= effect.margin,
            let shift = shifts.first(where: { $0.quantile == .p50 })?.change
        else { return false }
        return abs(shift) > 2 * effect.margin
    }

    private var medianReason: String? {
        guard medianContradictsPairs, let shift = shifts.first?.change
        else { return nil }
        return "p50 moved by \(signedPercentage(shift)) while the pairs did not: look at the times"
    }

    /// What is behind the verdict, one sentence each without a full stop; empty if nothing changed.
    public var reasons: [String] {
        let times = divergence.map { [$0.reason] } ?? [medianReason, effectReason]
        return ([failureReason] + times).compactMap { $0.map { "\(name): \($0)" } }
    }

    private var failureReason: String? {
        if moreFail, let difference = failures.difference {
            return "\(percentage(difference)) more of the requests fail"
        }
        guard flips.areSuspicious else { return nil }
        let failures = "\(flips.newFailures) requests fail that did not, \(flips.repaired) the "
        return "\(failures)other way round (p \(probabilityText(flips.probability)))"
    }

    private var effectReason: String? {
        guard let effect else {
            return "too few pairs (\(pairs), needs \(ComparisonOptions.minimumPairs))"
        }
        let change = "\(signedPercentage(effect.change)) \(effect.interval)"
        return switch effect.verdict {
        case .regressed: "slower, \(change)"
        case .improved: "faster, \(change)"
        case .equivalent: nil
        default:
            effect.isSlowerBySomeAmount
                ? "slower, size uncertain, \(change)" : "not decided, \(change)"
        }
    }

    /// The order of reports: regressions first, then the slower before the faster, and groups
    /// without an effect last.
    static func isShownBefore(_ first: GroupComparison, _ second: GroupComparison) -> Bool {
        let ranks = [first, second].map { $0.verdict == .regressed ? 0 : $0.effect == nil ? 2 : 1 }
        guard ranks[0] == ranks[1] else { return ranks[0] < ranks[1] }
        let changes = [first, second].map { $0.effect?.change ?? -1 }
        return changes[0] == changes[1] ? first.name < second.name : changes[0] > changes[1]
    }
}
