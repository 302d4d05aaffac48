import SeededRandom

/// A change of execution times that depends on nothing but a seed, a name and a count.
///
/// The nth execution of a module takes the same time in every server with the same seed, however
/// the requests of different modules interleave: two servers that differ in one module's time
/// differ in nothing else.
struct Jitter {
    let seed: UInt64

    /// The time of the execution with the given count, at most `fraction` of it away from `time`.
    func vary(_ time: Duration, by fraction: Double, name: String, count: UInt64) -> Duration {
        guard fraction != 0 else { return time }
        var generator = SplitMix64(seed: seed ^ hash(name) &+ count)
        let change = Double.random(in: -1...1, using: &generator) * fraction
        return max(.zero, time * (1 + change))
    }

    /// FNV-1a, 64 bits: the same in every process, which Swift's own hash is not.
    private func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
