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

/// Keeps the slowest of many outcomes, with the server's identifiers of them, for which records have no
/// room.
struct SlowestOutcomes {
    private static let shownCount = 10
    /// So many keep their identifiers.
    private static let limit = 4096
    private let hasSchedule: Bool
    private var members: [Member] = []
    /// The last one that is slow enough, once there are more than enough.
    private var last: Member?

    private struct Member {
        let time: Int64
        let index: UInt64
        let requestID: String?

        /// The slower one, of equally slow ones the earlier one, is first.
        func isBefore(_ other: Member) -> Bool { (other.time, index) < (time, other.index) }
    }

    init(hasSchedule: Bool) {
        self.hasSchedule = hasSchedule
    }

    /// Looks at one outcome, in any order.
    mutating func add(_ outcome: Outcome) {
        guard let end = outcome.end, let sent = outcome.sent else { return }
        let time = end &- (hasSchedule ? outcome.due : sent)
        if let last, (last.time, outcome.index) >= (time, last.index) { return }
        members.append(Member(time: time, index: outcome.index, requestID: outcome.requestID))
        guard members.count == 2 * Self.limit else { return }
        members = Array(members.sorted { $0.isBefore($1) }.prefix(Self.limit))
        last = members.last
    }

    /// The server's identifiers of the slowest, by index.
    var requestIDs: [UInt64: String] {
        let named = members.compactMap { member in member.requestID.map { (member.index, $0) } }
        return Dictionary(named) { first, _ in first }
    }

    /// The slowest first.
    func requests(
        _ records: ContiguousArray<RequestRecord>,
        routeNames: [String]
    ) -> [SlowRequest] {
        members.sorted { $0.isBefore($1) }.prefix(Self.shownCount).compactMap { member in
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
