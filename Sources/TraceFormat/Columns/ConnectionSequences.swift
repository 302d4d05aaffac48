/// What the next exchange of each connection of a block is expected to have as its sequence.
struct ConnectionSequences: Sendable {
    private var next: [UInt64: UInt64] = [:]

    /// The sequence expected on a connection: 0 for the first exchange of a block.
    mutating func expected(_ connection: UInt64) -> UInt64 { next[connection, default: 0] }

    mutating func note(_ connection: UInt64, _ sequence: UInt64) {
        next[connection] = sequence &+ 1
    }
}
