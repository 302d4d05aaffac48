/// A relative change with its 95 % interval, and how large a change has to be to matter.
public protocol ChangeEstimate {
    /// The change as a fraction: 0.29 is 29 % slower.
    var change: Double { get }
    /// The lower end of the interval, as a fraction.
    var low: Double { get }
    /// The upper end of the interval, as a fraction.
    var high: Double { get }
    /// The smallest change that matters here, as a fraction.
    var margin: Double { get }
}

extension ChangeEstimate {
    /// What the interval says: REGRESSED if it lies wholly above the margin, IMPROVED if wholly
    /// below its negative, EQUIVALENT if wholly between the two, else INCONCLUSIVE.
    public var verdict: Verdict {
        if low > margin { return .regressed }
        if high < -margin { return .improved }
        return low >= -margin && high <= margin ? .equivalent : .inconclusive
    }

    /// The best guess is a regression, but the interval does not settle it.
    public var isProbablyRegression: Bool { verdict == .inconclusive && change > margin }

    /// Slower for sure, but perhaps by less than matters.
    public var isSlowerBySomeAmount: Bool { verdict == .inconclusive && low > 0 }
}
