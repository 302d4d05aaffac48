/// Why a replay could not be done at all.
public enum ReplayError: Error, Equatable, Sendable {
    /// The target's URL can't be used.
    case unusableTarget(url: String, reason: String)
    /// The target can't be reached before the first request.
    case targetUnreachable(url: String, reason: String)
    /// The trace has no exchange to replay.
    case emptyTrace
}

extension ReplayError: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .unusableTarget(let url, let reason): "the target '\(url)' can't be used: \(reason)"
        case .targetUnreachable(let url, let reason):
            "the target \(url) can't be reached: \(reason)"
        case .emptyTrace: "the trace has no exchanges, so there is nothing to replay"
        }
    }
}
