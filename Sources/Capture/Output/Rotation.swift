/// When a recording goes on in a new trace.
public enum Rotation: Equatable, Sendable {
    /// When this many nanoseconds have passed since the trace was begun.
    case interval(nanoseconds: Int64)
    /// When the trace has this many bytes.
    case byteCount(Int64)

    /// Whether a trace has had its time, or its size.
    func isDue(after nanoseconds: Int64, byteCount: Int64) -> Bool {
        switch self {
        case .interval(let limit): nanoseconds >= limit
        case .byteCount(let limit): byteCount >= limit
        }
    }
}

/// One of the traces that a recording consists of.
public struct RecordingPart: Equatable, Sendable {
    /// Its place, from 1.
    public var number: Int
    /// When it begins, in nanoseconds of Unix time.
    public var startTime: Int64
}
