import SeededRandom
import TraceFormat

/// Which part of a trace is played, how often, and by whom.
public struct TraceSelection: Equatable, Sendable {
    /// The requests recorded in this time, in nanoseconds since the first one; `nil` means all.
    public var slice: Range<Int64>?
    /// How often it is played, one time after the other; at least 1.
    public var loopCount: UInt64 = 1
    /// How often each connection is played, at the same time but for a small shift; at least 1.
    public var multiplier: UInt64 = 1
    /// Which part of the connections is this replayer's.
    public var shard: Shard?

    /// The whole trace, once.
    public init() {}

    /// How often each exchange is played in all.
    var copyCount: UInt64 { loopCount &* multiplier }
}

/// One of several parts of the connections of a trace; the same everywhere.
public struct Shard: Equatable, Sendable {
    /// Which part, from 1.
    public let number: UInt64
    /// How many parts there are.
    public let count: UInt64

    /// Makes a shard; `number` is from 1 to `count`.
    public init(_ number: UInt64, of count: UInt64) {
        precondition((1...count).contains(number), "a shard is one of those that there are")
        self.number = number
        self.count = count
    }

    /// Reads `2/4`; `nil` when it is no shard.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { UInt64($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1,
            number <= count, count <= Self.countLimit
        else { return nil }
        self.init(number, of: count)
    }

    private static let countLimit: UInt64 = 100_000

    /// Whether a recorded connection belongs to it: by a hash, so that the parts are about equal
    /// however connections were numbered.
    func contains(_ connection: UInt64) -> Bool {
        var hash = SplitMix64(seed: connection)
        return hash.next() % count == number - 1
    }
}

extension Shard: CustomStringConvertible {
    /// As given on the command line: `2/4`.
    public var description: String { "\(number)/\(count)" }
}

/// One of the times that a recorded connection is played in a replay.
struct ConnectionCopy: Hashable {
    /// The recorded connection.
    var connection: UInt64
    /// Which of its copies, from 0.
    var copy: UInt64
    /// Which of the streams that it carried side by side, from 0; over HTTP/1 there is one.
    var stream = 0

    /// The connection as it stands for its first stream.
    var withoutStream: ConnectionCopy { ConnectionCopy(connection: connection, copy: copy) }
}

/// A record of the trace with its place in a replay.
struct PlayedRecord {
    /// When it is to happen, in nanoseconds of recorded time since the start of what is played.
    var time: Int64
    /// The connection that it belongs to.
    var connection: ConnectionCopy
    /// The record.
    var record: TraceRecord
    /// The exchange's position in the plan, the same in every replay of this trace with this
    /// selection; `nil` for other records.
    var index: UInt64?
}
