import SeededRandom

extension SplitMix64 {
    /// The next value scaled to 0 ..< `bound`: the upper half of `next() × bound`.
    ///
    /// Values differ in probability by less than `bound ÷ 2⁶⁴`, far below what resampling shows.
    mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
