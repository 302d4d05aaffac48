/// Turns the times of a plan into due times, in order.
///
/// Every due time is computed from the start and never from the one before it, so that nothing
/// adds up; only the caps that a user asked for move what comes after.
struct Schedule {
    /// The farthest due time, about 36 years, so that differences of times never overflow.
    static let limit: Int64 = 1 << 60

    private let pace: Pace
    private var gapCap: GapCap?
    private var arrivals: ArrivalProcess?
    private var rateCap: RateCap?
    /// The latest due time of a request.
    private var latest: Int64 = 0

    /// A schedule that begins at time zero.
    ///
    /// - Parameters:
    ///   - pace: By what times are made.
    ///   - maxGap: The longest pause between two recorded times, in nanoseconds.
    ///   - maxRate: The most requests per second.
    ///   - seed: The seed of times that are drawn.
    init(pace: Pace, maxGap: Int64? = nil, maxRate: Double? = nil, seed: UInt64 = 0) {
        self.pace = pace
        gapCap = maxGap.map { GapCap(longest: $0) }
        rateCap = maxRate.map { RateCap(perSecond: $0) }
        if case .rate(let rate, let spacing) = pace {
            arrivals = ArrivalProcess(rate: rate, spacing: spacing, seed: seed)
        }
    }

    /// How many pauses were shortened.
    var shortenedGapCount: UInt64 { gapCap?.count ?? 0 }
    /// By how much in all, in nanoseconds of recorded time.
    var shortenedBy: Int64 { gapCap?.removed ?? 0 }
    /// How many requests the rate cap has put off.
    var putOffCount: UInt64 { rateCap?.count ?? 0 }

    /// When a request recorded at `time` is due, in nanoseconds since the start of the run.
    ///
    /// - Parameter time: Nanoseconds since the start of what is played, in order of calls.
    /// - Returns: The due time.
    mutating func dueOfRequest(at time: Int64) -> Int64 {
        let time = gapCap?.shortened(time) ?? time
        var due = due(at: time)
        if var arrivals {
            due = bounded(arrivals.next())
            self.arrivals = arrivals
        }
        due = rateCap?.putOff(due) ?? due
        latest = due
        return due
    }

    /// When a connection is to be opened or closed for which `time` was recorded.
    ///
    /// Where times are made anew, it goes with the request before it.
    mutating func dueOfConnection(at time: Int64) -> Int64 {
        guard pace.keepsRecordedTimes, rateCap == nil else { return latest }
        return due(at: gapCap?.shortened(time) ?? time)
    }

    /// The time between two things on a connection, at the pace of this replay.
    func scaledGap(_ gap: Int64) -> Int64 {
        scaled(max(0, min(gap, gapCap?.longest ?? gap)))
    }

    /// At full speed there are no due times: everything is due at the start.
    private func due(at time: Int64) -> Int64 {
        switch pace {
        case .arrival, .think: scaled(time)
        case .rate, .maximum: 0
        }
    }

    private func scaled(_ time: Int64) -> Int64 {
        switch pace {
        case .arrival(let speed), .think(let speed):
            bounded(speed == 1 ? Double?.none : Double(time) / speed, or: time)
        case .rate, .maximum: 0
        }
    }

    private func bounded(_ value: Double?, or whole: Int64 = 0) -> Int64 {
        guard let value else { return min(max(whole, -Self.limit), Self.limit) }
        let rounded = value.rounded()
        return Int64(exactly: min(max(rounded, -0x1p60), 0x1p60)) ?? Self.limit
    }
}

/// Shortens long pauses: what comes after one is earlier by what was cut.
struct GapCap {
    /// The longest pause that stays, in nanoseconds.
    let longest: Int64
    private(set) var count: UInt64 = 0
    /// What was cut so far.
    private(set) var removed: Int64 = 0
    private var previous: Int64?

    /// Lets pauses of this length through.
    init(longest: Int64) {
        self.longest = longest
    }

    /// The time without what was cut before it; times come in order.
    mutating func shortened(_ time: Int64) -> Int64 {
        if let previous, time - previous > longest {
            count += 1
            removed += time - previous - longest
        }
        previous = time
        return time - removed
    }
}

/// Keeps due times so far apart that no more than a number of requests per second are due.
struct RateCap {
    /// The least time between two requests, in nanoseconds.
    private let interval: Double
    /// How many were put off.
    private(set) var count: UInt64 = 0
    /// The earliest time for the next request.
    private var next = -0x1p60

    /// Lets this many requests per second through, which is positive and finite.
    init(perSecond rate: Double) {
        precondition(rate > 0 && rate.isFinite)
        interval = 1e9 / rate
    }

    /// The due time, or the first later one that the cap allows; due times come in order.
    mutating func putOff(_ due: Int64) -> Int64 {
        if Double(due) >= next {
            next = Double(due) + interval
            return due
        }
        count += 1
        let due = min(next, 0x1p60)
        next = due + interval
        return Int64(due.rounded())
    }
}
