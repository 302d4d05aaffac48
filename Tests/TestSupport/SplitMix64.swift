public import SeededRandom

/// The seeded generator of the tests, so that random ones can be repeated from the seed they print.
public typealias SplitMix64 = SeededRandom.SplitMix64
