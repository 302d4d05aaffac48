/// A share of the connections, chosen by a seed: the same ones every time.
public struct ConnectionSample: Equatable, Sendable {
    private let share: Double
    private let seed: UInt64

    /// Keeps this share, from 0 to 1.
    public init(share: Double, seed: UInt64) {
        self.share = share
        self.seed = seed
    }

    /// Whether a connection is in the sample.
    ///
    /// - Parameters:
    ///   - connection: Its identifier.
    ///   - input: Which of several inputs it is of.
    /// - Returns: The same for equal seeds and arguments.
    public func contains(connection: UInt64, input: Int = 0) -> Bool {
        // Two steps of the generator, so that neither neighbours nor inputs are chosen together.
        var inputs = SplitMix64(seed: seed &+ UInt64(input))
        var connections = SplitMix64(seed: inputs.next() ^ connection)
        return Double(connections.next() >> 11) * 0x1p-53 < share
    }
}
