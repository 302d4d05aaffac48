/// Why a replay could not be done at all.
public enum ReplayError: Error, Equatable, Sendable {
    /// The target's URL can't be used.
    case unusableTarget(url: String, reason: String)
    /// The target can't be reached before the first request.
    case targetUnreachable(url: String, reason: String)
    /// What says whose certificates are believed can't be used.
    case unusableTrust(reason: String)
    /// The trace has no exchange to replay.
    case emptyTrace
    /// What was selected of the trace has no exchange to replay.
    case emptyPlan
    /// The trace was recorded from the target's address, and the user has not agreed to that.
    case recordedTarget(address: String)
    /// Requests that may change something would go to another machine, and the user has not agreed
    /// to that.
    case unconfirmedWrites(count: UInt64, url: String)
}

extension ReplayError: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .unusableTarget(let url, let reason): "the target '\(url)' can't be used: \(reason)"
        case .targetUnreachable(let url, let reason):
            "the target \(url) can't be reached: \(reason)"
        case .unusableTrust(let reason): reason
        case .emptyTrace: "the trace has no exchanges, so there is nothing to replay"
        case .emptyPlan:
            "what was selected of the trace has no exchanges, so there is nothing to replay"
        case .recordedTarget(let address):
            "the trace was recorded from \(address) itself, so it is perhaps production"
        case .unconfirmedWrites(let count, let url):
            "\(count) requests may change something on \(url), which is not this machine"
        }
    }
}
