import SeededRandom

import func Glibc.log

/// Makes the due times of a replay at a rate, one after the other: seeded, so equal every time.
struct ArrivalProcess {
    private let rate: ArrivalRate
    private let spacing: Spacing
    private var random: SplitMix64
    /// How many requests were expected to be due up to the next one.
    private var expectedCount = 0.0

    /// Starts with a request at time zero.
    init(rate: ArrivalRate, spacing: Spacing, seed: UInt64) {
        self.rate = rate
        self.spacing = spacing
        random = SplitMix64(seed: seed)
    }

    /// When the next request is due, in nanoseconds since the start of the run.
    mutating func next() -> Double {
        defer {
            switch spacing {
            case .uniform: expectedCount += 1
            case .exponential: expectedCount -= log(1 - Double.random(in: 0..<1, using: &random))
            }
        }
        return rate.time(ofExpectedCount: expectedCount)
    }
}
