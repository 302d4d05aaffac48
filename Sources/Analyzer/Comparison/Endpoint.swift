/// One of the few numbers that decide whether a candidate passes, declared before any run.
///
/// Being few, they are corrected by Holm's method: the chance that any of them raises a false alarm
/// stays under 5 %.
public struct Endpoint: Equatable, Sendable {
    /// Which number.
    public enum Kind: String, CaseIterable, Sendable {
        /// The median of the pairs' changes over all warm requests.
        case median = "p50"
        /// The p99 of all warm requests.
        case tail = "p99"
        /// The share of requests that fail.
        case failures = "errors"
        /// The median change of requests that were cold in both runs.
        case cold = "cold_p50"
    }

    /// Which number.
    public let kind: Kind
    /// The change over the repetitions; `nil` for failures.
    public let effect: RepeatedEffect?
    /// For failures, those that appeared and vanished.
    public let flips: FailureFlips?
    /// How likely it is by chance.
    public let probability: Double
    /// The same, corrected for the number of endpoints.
    public internal(set) var correctedProbability: Double

    init(_ kind: Kind, effect: RepeatedEffect) {
        self.kind = kind
        self.effect = effect
        flips = nil
        probability = effect.probability
        correctedProbability = probability
    }

    init(failures: FailureFlips) {
        kind = .failures
        effect = nil
        flips = failures
        probability = failures.probability
        correctedProbability = probability
    }

    /// What the endpoint says.
    public var verdict: Verdict {
        let isSignificant = correctedProbability <= ComparisonOptions.significance
        if let flips {
            if flips.newFailures > flips.repaired, isSignificant { return .regressed }
            if flips.repaired > flips.newFailures, isSignificant { return .improved }
            return flips.areSuspicious ? .inconclusive : .equivalent
        }
        guard let effect else { return .inconclusive }
        return effect.verdict == .regressed && !isSignificant ? .inconclusive : effect.verdict
    }

    /// What is behind the verdict, in words without a full stop; `nil` if nothing changed.
    var reason: String? {
        if let flips {
            guard verdict != .equivalent else { return nil }
            return "\(kind.rawValue): \(flips.newFailures) requests fail that did not, "
                + "\(flips.repaired) the other way round (p \(probabilityText(probability)))"
        }
        return effect?.reason.map { "\(kind.rawValue): \($0)" }
    }

    /// Whether it keeps the whole comparison from passing.
    ///
    /// The median has to be decided. The others need more repetitions than there mostly are, and count
    /// when their best guess is a regression.
    var isDoubtful: Bool {
        guard verdict == .inconclusive else { return false }
        return kind == .median || kind == .failures || effect.map { $0.change > $0.margin } ?? false
    }

    /// Corrects the endpoints for their number.
    static func corrected(_ endpoints: [Endpoint]) -> [Endpoint] {
        let corrected = Multiplicity.holm.adjusted(endpoints.map(\.probability))
        return zip(endpoints, corrected).map { endpoint, probability in
            var endpoint = endpoint
            endpoint.correctedProbability = probability
            return endpoint
        }
    }
}
