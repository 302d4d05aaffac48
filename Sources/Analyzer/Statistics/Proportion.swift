/// A share of some trials, such as requests that failed, with its 95 % interval.
struct Proportion: Equatable {
    /// How many of the trials.
    let count: Int
    /// The number of trials, at least 1.
    let trials: Int

    /// The quantile of the normal distribution for 95 % on both sides.
    private static let quantile = 1.959963984540054

    /// The share itself.
    var share: Double { Double(count) / Double(trials) }

    /// Wilson's score interval (Wilson 1927): never outside of 0...1, and honest for small counts.
    var interval: ClosedRange<Double> {
        let trials = Double(trials)
        let square = Self.quantile * Self.quantile
        let center = (share + square / (2 * trials)) / (1 + square / trials)
        let spread = share * (1 - share) / trials + square / (4 * trials * trials)
        let half = Self.quantile * spread.squareRoot() / (1 + square / trials)
        // At the ends the score interval starts at exactly 0 or ends at exactly 1.
        return (count == 0 ? 0 : center - half)...(count == self.trials ? 1 : center + half)
    }

    /// What the share is at most, with 95 % confidence, when nothing was counted: 1 − 0.05^(1/n), the
    /// exact form of the rule of three.
    var upperLimitOfNone: Double? {
        count == 0 ? 1 - exponential(logarithm(0.05) / Double(trials)) : nil
    }

    /// The interval of the difference `later − self`, from both score intervals (Newcombe 1998,
    /// method 10).
    func difference(to later: Proportion) -> ClosedRange<Double> {
        let (before, after) = (interval, later.interval)
        let difference = later.share - share
        let down = hypotenuse(later.share - after.lowerBound, before.upperBound - share)
        let up = hypotenuse(after.upperBound - later.share, share - before.lowerBound)
        return (difference - down)...(difference + up)
    }

    private func hypotenuse(_ first: Double, _ second: Double) -> Double {
        (first * first + second * second).squareRoot()
    }
}
