/// Which share of the requests failed on each side, and how far apart the two are.
public struct FailureShares: Equatable, Sendable {
    /// How many requests the baseline was sent, and how many of them did not succeed.
    public private(set) var baseline = Count()
    /// The same of the candidate.
    public private(set) var candidate = Count()

    /// Requests of one side.
    public struct Count: Equatable, Sendable {
        /// Those that were sent and not interrupted by the user.
        public internal(set) var tried = 0
        /// Those of them that did not succeed.
        public internal(set) var failed = 0
    }

    /// candidate − baseline as a share; `nil` if one side was sent nothing.
    public var difference: Double? {
        proportions.map { $0.candidate.share - $0.baseline.share }
    }

    /// The 95 % interval of the difference by Newcombe's method, which takes requests as
    /// independent; `nil` if one side was sent nothing.
    public var interval: ClosedRange<Double>? {
        proportions.map { $0.baseline.difference(to: $0.candidate) }
    }

    private var proportions: (baseline: Proportion, candidate: Proportion)? {
        guard baseline.tried > 0, candidate.tried > 0 else { return nil }
        return (
            Proportion(count: baseline.failed, trials: baseline.tried),
            Proportion(count: candidate.failed, trials: candidate.tried)
        )
    }

    mutating func add(baseline record: RequestRecord) {
        Self.add(record, to: &baseline)
    }

    mutating func add(candidate record: RequestRecord) {
        Self.add(record, to: &candidate)
    }

    private static func add(_ record: RequestRecord, to count: inout Count) {
        guard record.wasTried else { return }
        count.tried += 1
        if record.ending != .succeeded { count.failed += 1 }
    }

    /// Adds up the shares of several pairs of runs.
    static func + (first: FailureShares, second: FailureShares) -> FailureShares {
        var sum = first
        sum.baseline.tried += second.baseline.tried
        sum.baseline.failed += second.baseline.failed
        sum.candidate.tried += second.candidate.tried
        sum.candidate.failed += second.candidate.failed
        return sum
    }
}
