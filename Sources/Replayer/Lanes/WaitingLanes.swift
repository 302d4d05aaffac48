import DequeModule
import HeapModule

/// How many requests may be in flight at a time, and the lanes that wait until there are fewer,
/// first come, first served.
struct InFlightRoom {
    private let limit: Int
    private var count = 0
    private var waiting: Deque<LaneID> = []

    /// Room for so many requests.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether one more request may be in flight.
    var isLeft: Bool { count < limit }

    /// So many more requests are in flight, or fewer.
    mutating func count(_ change: Int) {
        count += change
    }

    /// A lane waits for room.
    mutating func add(_ lane: LaneID) {
        waiting.append(lane)
    }

    /// The lane that has waited longest, if there is room for it now; it waits no longer.
    mutating func next() -> LaneID? {
        isLeft ? waiting.popFirst() : nil
    }
}

/// The lanes that wait for a time.
struct TimedLanes {
    private struct Entry: Comparable {
        var time: Int64
        var lane: LaneID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.lane) < (right.time, right.lane)
        }
    }

    private var entries = Heap<Entry>()

    /// The first of the times; far away when no lane waits.
    var nextTime: Int64 { entries.min?.time ?? .max }

    /// A lane waits for a time.
    mutating func add(_ lane: LaneID, until time: Int64) {
        entries.insert(Entry(time: time, lane: lane))
    }

    /// The lane with the first time, if that has come; it waits no longer.
    mutating func next(at time: Int64) -> LaneID? {
        guard nextTime <= time else { return nil }
        return entries.removeMin().lane
    }
}
