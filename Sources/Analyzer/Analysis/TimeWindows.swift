/// What happened when in a run: equal parts of its time, each with its rate, errors and percentiles.
///
/// Percentiles are those of the requests of a window themselves, withheld where they are too few.
public struct TimeWindows: Equatable, Sendable {
    /// How long each window is, in nanoseconds: 1, 2 or 5 of a unit, so that there are 32 at most.
    public let width: Int64
    /// The windows in order, also those without a request; the first begins with the run.
    public let windows: [Window]

    private static let limit: Int64 = 32

    /// One part of the run's time.
    public struct Window: Equatable, Sendable {
        /// When it begins, in nanoseconds since the start of the run.
        public let start: Int64
        /// How many requests were due in it.
        public let due: Int
        /// How many requests left in it.
        public let sent: Int
        /// How many of those that were due in it were sent at all.
        public let tried: Int
        /// How many of these succeeded.
        public let succeeded: Int
        /// The headline latency of those that were due in it.
        public let latency: LatencySummary
        /// The greatest client lag of those that were due in it, in nanoseconds.
        public let clientLag: Int64
        /// The longest that one of them was blocked by the target, in nanoseconds.
        public let blocked: Int64

        /// The share of those that were tried and did not succeed; `nil` without any.
        public var errorShare: Double? {
            tried > 0 ? Double(tried - succeeded) / Double(tried) : nil
        }
    }

    /// Divides a run; `nil` when it has no extent in time.
    init?(_ records: ContiguousArray<RequestRecord>, hasSchedule: Bool) {
        // A file may say anything: what is not within the years of a replay is not shown.
        let plausible = 0...(Int64.max / 4)
        let last = records.reduce(0 as Int64) { last, record in
            let times = (record.due, record.sent ?? record.due)
            return Swift.max(
                last,
                plausible.contains(times.0) ? times.0 : 0,
                plausible.contains(times.1) ? times.1 : 0
            )
        }
        guard last > 0 else { return nil }
        let width = Self.width(for: last)
        var parts = [Part](repeating: Part(), count: Int(last / width) + 1)
        for record in records where plausible.contains(record.due) {
            parts[Int(record.due / width)].add(record, hasSchedule: hasSchedule)
            if let sent = record.sent, plausible.contains(sent) {
                parts[Int(sent / width)].sent += 1
            }
        }
        self.width = width
        windows = parts.enumerated().map { $1.window(start: Int64($0) * width) }
    }

    /// The shortest of 1, 2, 5, 10, … nanoseconds with which the windows are few enough.
    private static func width(for last: Int64) -> Int64 {
        var unit: Int64 = 1
        while true {
            for step in [1, 2, 5] as [Int64] where last / (unit * step) < limit {
                return unit * step
            }
            unit *= 10
        }
    }

    private struct Part {
        var due = 0
        var sent = 0
        private var tried = 0
        private var times: [Int64] = []
        private var ages: [Int64] = []
        private var clientLag: Int64 = 0
        private var blocked: Int64 = 0

        mutating func add(_ record: RequestRecord, hasSchedule: Bool) {
            due += 1
            if record.sent != nil { tried += 1 }
            clientLag = max(clientLag, record.clientLag ?? 0)
            blocked = max(blocked, record.blockedTime ?? 0)
            let time = hasSchedule ? record.responseTime : record.serviceTime
            if record.isCensored {
                ages.append(time ?? 0)
            } else if record.ending == .succeeded, let time {
                times.append(time)
            }
        }

        func window(start: Int64) -> Window {
            Window(
                start: start,
                due: due,
                sent: sent,
                tried: tried,
                succeeded: times.count,
                latency: LatencySummary(succeeded: times, censored: ages),
                clientLag: clientLag,
                blocked: blocked
            )
        }
    }
}

extension TimeWindows {
    /// Requests that left in a second, in one of the windows.
    public func rate(of window: Window) -> Double { Double(window.sent) * 1e9 / Double(width) }
}
