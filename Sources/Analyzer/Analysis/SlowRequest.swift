internal import TraceFormat

/// One of the slowest requests of a run, to be looked at by itself.
public struct SlowRequest: Equatable, Sendable {
    /// The request's position in the trace.
    public let index: UInt64
    /// Its route.
    public let route: String
    /// Its status, or how it failed.
    public let ending: String
    /// Its headline latency, in nanoseconds.
    public let time: Int64
    /// From when it was sent until it ended, in nanoseconds.
    public let serviceTime: Int64?
    /// How long it was blocked by the target before it was sent, in nanoseconds.
    public let blocked: Int64?
    /// Whether a module had to be loaded for it; `nil` for what the server itself answers.
    public let temperature: Temperature?
    /// The server's identifier of it, to find it in the server's log.
    public let requestID: String?
}

/// Keeps the few slowest of many outcomes, with what records have no room for.
struct SlowestOutcomes {
    private static let limit = 10
    private let hasSchedule: Bool
    private var members: [(time: Int64, index: UInt64, requestID: String?)] = []

    init(hasSchedule: Bool) {
        self.hasSchedule = hasSchedule
    }

    /// Looks at one outcome, in any order; of equally slow ones the earlier stay.
    mutating func add(_ outcome: Outcome) {
        guard let end = outcome.end, let sent = outcome.sent else { return }
        let time = end &- (hasSchedule ? outcome.due : sent)
        let isFull = members.count == Self.limit
        if isFull, let last = members.last, (time, last.index) <= (last.time, outcome.index) {
            return
        }
        let place = members.firstIndex { ($0.time, outcome.index) < (time, $0.index) }
        members.insert((time, outcome.index, outcome.requestID), at: place ?? members.endIndex)
        if isFull { members.removeLast() }
    }

    /// The slowest first.
    func requests(
        _ records: ContiguousArray<RequestRecord>,
        routeNames: [String]
    ) -> [SlowRequest] {
        members.compactMap { member in
            guard let record = records.first(withIndex: member.index) else { return nil }
            return SlowRequest(
                index: record.index,
                route: routeNames[Int(record.route)],
                ending: record.endingName,
                time: member.time,
                serviceTime: record.serviceTime,
                blocked: record.blockedTime,
                temperature: record.temperature,
                requestID: member.requestID
            )
        }
    }
}

extension ContiguousArray<RequestRecord> {
    /// The record of this index among records by ascending index.
    func first(withIndex index: UInt64) -> RequestRecord? {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low].index == index ? self[low] : nil
    }
}
