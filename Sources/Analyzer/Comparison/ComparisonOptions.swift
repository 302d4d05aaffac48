/// What counts as a change, and what may differ between the two runs.
public struct ComparisonOptions: Equatable, Sendable {
    /// Compare runs of different traces, whose requests can't be paired.
    public var allowDifferentTraces = false
    /// Compare runs of different speed or connection policy.
    public var allowDifferentConditions = false
    /// The smallest relative change that matters: 0.05 is 5 %.
    public var margin = 0.05
    /// The smallest absolute change that matters, in nanoseconds.
    public var floor: Int64 = 50_000
    /// How many times the bootstrap draws.
    public var resamples = 2000
    /// The seed of the bootstrap; equal seeds give equal reports.
    public var seed: UInt64 = 42
    /// How far two runs of one target lie apart on this machine; no smaller change matters.
    public var noiseFloor = NoiseFloor.unknown
    /// How the probabilities of many routes are corrected for their number.
    public var routeCorrection = Multiplicity.benjaminiHochberg
    /// What the user let pass although it makes the comparison weaker, one sentence each without a
    /// full stop; the reports repeat it.
    public var caveats: [String] = []

    /// The fewest pairs of which a group is judged.
    public static let minimumPairs = 20
    /// The share of false findings that is tolerated, of endpoints and among routes.
    public static let significance = 0.05

    /// The defaults of docs/measurement.md.
    public init() {}
}

/// Why two runs cannot be compared.
public enum ComparisonError: Error, Equatable {
    /// The runs replayed different traces.
    case differentTraces(baseline: String, candidate: String)
    /// The runs had different speeds.
    case differentSpeeds(baseline: String, candidate: String)
    /// The runs made their connections differently.
    case differentConnections(baseline: String, candidate: String)
    /// The two sides have different numbers of runs, so that no pairs can be made of them.
    case unequalRepetitions(baseline: Int, candidate: Int)
}

extension ComparisonError: CustomStringConvertible {
    /// What differs, in one sentence without a full stop.
    public var description: String {
        switch self {
        case .differentTraces(let baseline, let candidate):
            "the runs replayed different traces: baseline \(baseline), candidate \(candidate)"
        case .differentSpeeds(let baseline, let candidate):
            "the runs had different speeds: baseline \(baseline), candidate \(candidate)"
        case .differentConnections(let baseline, let candidate):
            "the runs had different connections: baseline \(baseline), candidate \(candidate)"
        case .unequalRepetitions(let baseline, let candidate):
            "there are \(baseline) runs of the baseline and \(candidate) of the candidate; "
                + "repetitions are compared in pairs"
        }
    }
}

/// What a comparison found.
public enum Verdict: String, CaseIterable, Sendable {
    /// It got slower by more than the margin, or requests fail that did not. Exit status 1.
    case regressed
    /// It got faster by more than the margin. Exit status 0.
    case improved
    /// Any change is within the margin. Exit status 0.
    case equivalent
    /// The numbers do not decide. Exit status 4.
    case inconclusive
    /// Of a group: its times are those of other work, so they say nothing. Exit status 4.
    case notJudged = "not_judged"
    /// The measurement is not good enough to say anything. Exit status 3.
    case invalid
}
