import DequeModule

/// The lanes of one event loop where any of them may carry the next request, and what waits for one.
///
/// A lane that the target keeps waiting is not given another request, so it delays nobody else.
struct LanePool {
    /// Something to do, and the lane that is to do it.
    struct Assignment: Equatable {
        let lane: LaneID
        let task: LaneTask
        let start: TaskStart
        /// Since when it has waited for a lane; `nil` when one was free.
        let waitingSince: Int64?
    }

    /// In the order in which they became free, so that they take turns.
    private var free: Deque<LaneID>
    private var taken: Set<LaneID> = []
    private var waiting: Deque<(task: LaneTask, start: TaskStart, since: Int64?)> = []

    /// A pool of free lanes.
    ///
    /// - Parameters:
    ///   - laneCount: How many lanes all event loops have together.
    ///   - number: Which of the event loops this is, from 0.
    ///   - loopCount: How many there are.
    init(laneCount: Int, ofLoop number: Int, of loopCount: Int) {
        free = Deque(stride(from: LaneID(number), to: LaneID(laneCount), by: loopCount))
    }

    /// The plan has something for whichever lane comes to it first.
    mutating func add(_ task: LaneTask, start: TaskStart, at time: Int64) {
        waiting.append((task, start, free.isEmpty ? time : nil))
    }

    /// What a lane is to do now; `nil` when nothing waits or no lane is free.
    mutating func next() -> Assignment? {
        guard !waiting.isEmpty, let lane = free.popFirst() else { return nil }
        taken.insert(lane)
        let (task, start, since) = waiting.removeFirst()
        return Assignment(lane: lane, task: task, start: start, waitingSince: since)
    }

    /// A lane has nothing to do.
    mutating func becameIdle(_ lane: LaneID) {
        if taken.remove(lane) != nil { free.append(lane) }
    }

    /// Nothing more is to be sent: gives back the requests that wait.
    mutating func withdraw() -> [PlannedRequest] {
        defer { waiting.removeAll() }
        return waiting.compactMap { waiting in
            if case .request(let request) = waiting.task { request } else { nil }
        }
    }
}
