import HeapModule
import SeededRandom
import TraceFormat

/// Plays each connection several times: the same records, each copy a little later than the
/// recorded one, by a shift that is drawn once for each copy of a connection, or once for all
/// connections of a copy.
struct ConnectionCopies {
    /// The longest shift, in nanoseconds of recorded time: long enough that copies do not arrive
    /// as one, and short enough that the shape of the traffic stays.
    static let longestShift: UInt64 = 1_000_000_000

    private let count: UInt64
    private let exchangeCount: UInt64
    private let seed: UInt64
    private let shiftsTogether: Bool
    /// The copies that are later than what was added last.
    private var waiting = Heap<Waiting>()
    /// The next record when there is but one copy of each, so that nothing has to wait.
    private var ready: PlayedRecord?
    private var addedCount: UInt64 = 0
    private var latest = Int64.min

    /// Plays each connection `count` times, of a trace with so many exchanges.
    ///
    /// With `shiftsTogether`, all requests of a copy keep their order.
    init(count: UInt64, exchangeCount: UInt64, seed: UInt64, shiftsTogether: Bool = false) {
        self.shiftsTogether = shiftsTogether
        self.count = count
        self.exchangeCount = exchangeCount
        self.seed = seed
    }

    /// Adds a record in order of time.
    mutating func add(_ record: TraceRecord, at time: Int64, index: UInt64?, loop: UInt64) {
        latest = time
        let firstCopy = loop &* count
        for copy in firstCopy..<firstCopy &+ count {
            let connection = ConnectionCopy(connection: record.connection, copy: copy)
            let shift = copy == firstCopy ? 0 : shift(of: connection)
            let played = PlayedRecord(
                time: time > Schedule.limit ? time : time + shift,
                connection: connection,
                record: record,
                index: index.map { $0 &+ copy &* exchangeCount }
            )
            guard count > 1 else {
                ready = played
                return
            }
            waiting.insert(Waiting(record: played, position: addedCount))
            addedCount += 1
        }
    }

    /// The next record of any copy, if nothing that is still to be added can be before it.
    mutating func next(isLast: Bool) -> PlayedRecord? {
        if count == 1 { return ready.take() }
        guard let first = waiting.min, isLast || first.record.time <= latest else { return nil }
        return waiting.removeMin().record
    }

    private func shift(of connection: ConnectionCopy) -> Int64 {
        var random = SplitMix64(seed: shiftsTogether ? seed : seed ^ connection.connection)
        var ofCopy = SplitMix64(seed: random.next() ^ connection.copy)
        return Int64(ofCopy.next() % Self.longestShift)
    }

    /// A record in the order of times, and of addition at the same time.
    private struct Waiting: Comparable {
        var record: PlayedRecord
        var position: UInt64

        static func < (left: Waiting, right: Waiting) -> Bool {
            (left.record.time, left.position) < (right.record.time, right.position)
        }

        static func == (left: Waiting, right: Waiting) -> Bool {
            left.position == right.position
        }
    }
}
