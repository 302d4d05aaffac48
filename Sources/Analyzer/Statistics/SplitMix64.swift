/// The seeded generator behind every resampling, so that equal input gives equal bytes.
///
/// Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (OOPSLA 2014).
struct SplitMix64 {
    private var state: UInt64

    /// Starts the sequence that belongs to the seed.
    init(seed: UInt64) {
        state = seed
    }

    /// The next value of the sequence.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The next value scaled to 0 ..< `bound`: the upper half of `next() × bound`.
    ///
    /// Values differ in probability by less than `bound ÷ 2⁶⁴`, far below what resampling shows.
    mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
