/// What the next exchange of each connection of a block is expected to have as its sequence.
///
/// Connections are small numbers that were given out by the recorder, or hostile ones, so they
/// are looked up by a plain dictionary; the connection of the record before is remembered.
struct ConnectionSequences: Sendable {
    private var next: [UInt64: UInt64] = [:]

    /// The sequence expected on a connection: 0 for the first exchange of a block.
    mutating func expected(_ connection: UInt64) -> UInt64 { next[connection, default: 0] }

    mutating func note(_ connection: UInt64, _ sequence: UInt64) {
        next[connection] = sequence &+ 1
    }
}
