/// How one run did against thresholds: the value behind every table of them.
///
/// It fails closed: a number that is not there, that is withheld, or that is only a bound on the
/// wrong side of a limit never passes.
public struct ThresholdReport: Equatable, Sendable {
    /// One result for each threshold, in the order given.
    public let results: [ThresholdResult]
    /// Whether a missed target counts like a missed critical limit.
    public let isStrict: Bool
    /// Whether the run can be trusted; if not, nothing is passed.
    public let isRunValid: Bool

    /// What all of it says together.
    public enum Verdict: String, Sendable {
        /// Every threshold holds. Exit status 0.
        case passed
        /// A target is missed, but no critical limit. Exit status 0.
        case warned
        /// A threshold is missed. Exit status 1.
        case missed
        /// None is missed, but of some it can't be told. Exit status 4.
        case undecided
        /// The run is not to be trusted, so neither are its numbers. Exit status 3.
        case invalid
    }

    /// The first that holds of: invalid, missed, undecided, warned, passed.
    public var verdict: Verdict {
        let outcomes = results.map(\.outcome)
        guard isRunValid else { return .invalid }
        if outcomes.contains(.missed) { return .missed }
        if outcomes.contains(.undecided) || outcomes.isEmpty { return .undecided }
        return outcomes.contains(.warned) ? .warned : .passed
    }

    /// How many results came out in this way.
    func count(of outcome: ThresholdResult.Outcome) -> Int {
        results.count { $0.outcome == outcome }
    }
}

/// How one threshold came out.
public struct ThresholdResult: Equatable, Sendable {
    /// The threshold.
    public let threshold: Threshold
    /// What was measured.
    public let measurement: Measurement
    /// How it came out.
    public let outcome: Outcome
    /// What a reader should know of the number, in one sentence without a full stop.
    public let note: String?

    /// How a threshold came out.
    public enum Outcome: String, CaseIterable, Sendable {
        /// The target is kept.
        case passed
        /// The target is missed and the critical limit kept.
        case warned
        /// The critical limit is missed.
        case missed
        /// It can't be told.
        case undecided
    }

    /// Judges a measurement.
    init(_ threshold: Threshold, _ measurement: Measurement, isStrict: Bool, note: String? = nil) {
        self.threshold = threshold
        self.measurement = measurement
        let outcome = Self.outcome(threshold, measurement)
        self.outcome = outcome == .warned && isStrict ? .missed : outcome
        self.note = measurement.reason ?? note
    }

    private static func outcome(_ threshold: Threshold, _ measurement: Measurement) -> Outcome {
        guard let value = measurement.value else { return .undecided }
        let holds = { (limit: Quantity) -> Bool? in
            let holds = threshold.comparison.holds(value.number, limit.number)
            // The true number is this or more: enough to break an upper limit, not to keep one.
            let isCertain = !measurement.isLowerBound || holds != threshold.comparison.wantsLess
            return isCertain ? holds : nil
        }
        switch (holds(threshold.target), holds(threshold.critical)) {
        case (_, false): return .missed
        case (true, true): return .passed
        case (false, true): return .warned
        default: return .undecided
        }
    }
}

/// A number of a run, or why there is none.
public struct Measurement: Equatable, Sendable {
    /// The number; `nil` if nothing honest can be said.
    public let value: Quantity?
    /// Whether the true number may be larger, because requests were given up before their end.
    public let isLowerBound: Bool
    /// How many requests it rests on.
    public let count: Int
    /// Why there is no number.
    public let reason: String?

    /// A number.
    static func known(_ value: Quantity, isLowerBound: Bool = false, count: Int) -> Measurement {
        Measurement(value: value, isLowerBound: isLowerBound, count: count, reason: nil)
    }

    /// No number, and why.
    static func missing(_ reason: String, count: Int) -> Measurement {
        Measurement(value: nil, isLowerBound: false, count: count, reason: reason)
    }
}
