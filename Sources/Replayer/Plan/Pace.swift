/// By what the times of a replay are made.
public enum Pace: Equatable, Sendable {
    /// Recorded times divided by a positive, finite speed: an open loop.
    case arrival(speed: Double)
    /// Each request follows the end of the response before it on its connection by the recorded
    /// time between the two, divided by a positive, finite speed; the first one on a connection is
    /// due as with `arrival`.
    case think(speed: Double)
    /// The order of the recording with new times, made at this rate.
    case rate(ArrivalRate, Spacing)
    /// Each request as soon as the order on its connection allows: a closed loop.
    case maximum
}

extension Pace {
    /// The pace as it stands in a run file, and as two runs must share it to be compared: a factor
    /// such as `4`, `think 4x`, `500/s exponential`, or `max`.
    public var text: String {
        switch self {
        case .arrival(let speed): plain(speed)
        case .think(let speed): "think \(plain(speed))x"
        case .rate(let rate, let spacing): "\(rate.text) \(spacing.rawValue)"
        case .maximum: "max"
        }
    }

    /// Whether a request is due when it can leave, and not at a time of its own.
    var isClosedLoop: Bool { self == .maximum }

    /// Whether steps wait on their lanes for what is before them, and not in the plan for their
    /// time, so that all of them are handed to their lanes at once.
    var waitsOnLanes: Bool {
        switch self {
        case .think, .maximum: true
        case .arrival, .rate: false
        }
    }

    /// Whether the recorded times of openings and closings mean something in the replay.
    var keepsRecordedTimes: Bool {
        switch self {
        case .arrival, .think: true
        case .rate, .maximum: false
        }
    }
}

/// A number as a user would write it: without a fraction when it has none.
func plain(_ number: Double) -> String {
    number.rounded() == number && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
}
