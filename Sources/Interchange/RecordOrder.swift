internal import HeapModule
internal import TraceFormat

/// Puts records back into the order that they had in their file.
///
/// An export is in order of time, in which an exchange stands where it began; a file has it where
/// it ended. So only exchanges that were in progress together change places, and few records have
/// to wait for those before them.
struct RecordOrder {
    private struct Waiting: Comparable {
        let position: UInt64
        /// The order in which records of the same position came.
        let arrival: UInt64
        let record: TraceRecord
        let byteCount: Int

        static func < (left: Waiting, right: Waiting) -> Bool {
            (left.position, left.arrival) < (right.position, right.arrival)
        }

        static func == (left: Waiting, right: Waiting) -> Bool { left.arrival == right.arrival }
    }

    private var heap = Heap<Waiting>()
    private var byteCount = 0
    private var arrivalCount: UInt64 = 0
    private var nextPosition: UInt64 = 0
    private let countLimit: Int
    private let byteLimit: Int
    /// How many records came after one that stood behind them had been given out.
    private(set) var misplacedCount: UInt64 = 0

    /// Lets so many records wait, with so many bytes of heads and bodies.
    init(countLimit: Int = 16_384, byteLimit: Int = 64 << 20) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    /// Takes a record and gives out those whose turn has come.
    ///
    /// Positions may be missing, as in a file that someone filtered: then the records behind the
    /// gap come when the limits are reached, and still in order.
    mutating func add(_ record: TraceRecord, at position: UInt64, to records: inout [TraceRecord]) {
        let waiting = Waiting(
            position: position,
            arrival: arrivalCount,
            record: record,
            byteCount: record.keptByteCount
        )
        arrivalCount += 1
        byteCount += waiting.byteCount
        heap.insert(waiting)
        while let first = heap.min,
            first.position <= nextPosition || heap.count > countLimit || byteCount > byteLimit
        {
            giveOutFirst(to: &records)
        }
    }

    /// Gives out all that is left.
    mutating func finish(to records: inout [TraceRecord]) {
        while !heap.isEmpty { giveOutFirst(to: &records) }
    }

    private mutating func giveOutFirst(to records: inout [TraceRecord]) {
        let first = heap.removeMin()
        byteCount -= first.byteCount
        if first.position &+ 1 < nextPosition { misplacedCount += 1 }
        nextPosition = max(nextPosition, first.position &+ 1)
        records.append(first.record)
    }
}

extension TraceRecord {
    /// The bytes of heads and bodies, which are most of what a record takes in memory.
    var keptByteCount: Int {
        guard case .exchange(let exchange) = self else { return 0 }
        return [exchange.request, exchange.response?.message].reduce(0) { sum, message in
            sum + (message.map { $0.head.count + ($0.body.bytes?.count ?? 0) } ?? 0)
        }
    }
}
