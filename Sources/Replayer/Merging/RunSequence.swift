public import TraceFormat

/// Puts the runs of slices of a trace together to the run of all of them, one behind the other.
///
/// Outcomes are taken over as they are, but for the times of all, which count from the start of the
/// first slice.
public struct RunSequence: Equatable, Sendable {
    /// The run of one slice.
    public struct Part: Equatable, Sendable {
        /// What it says of itself at its start.
        public var info: RunInfo
        /// What it says at its end.
        public var ending: RunEnding
        /// When it begins, in nanoseconds since the start of the first one.
        public var start: Int64

        /// Makes a part.
        public init(info: RunInfo, ending: RunEnding, start: Int64) {
            self.info = info
            self.ending = ending
            self.start = start
        }
    }

    /// What the whole run says of itself at its start.
    public let info: RunInfo
    /// What it says at its end.
    public let ending: RunEnding
    private let starts: [Int64]
    /// What is added to the connection numbers of each part.
    private let firstConnections: [UInt64]

    /// Puts parts together, at least one; `mode` says in words how the trace was cut.
    public init(_ parts: [Part], mode: String) {
        precondition(!parts.isEmpty, "a run has at least one part")
        var info = parts[0].info
        info.planned = parts.reduce(0) { $0 &+ $1.info.planned }
        info.environment["modes"] = mode
        let peaks = parts.compactMap { part in
            part.info.environment["recorded_peak_connections"].flatMap { UInt64($0) }
        }
        info.environment["recorded_peak_connections"] = peaks.max().map { "\($0)" }
        var ending = RunEnding(isPartial: false, duration: 0)
        var firstConnections: [UInt64] = []
        for part in parts {
            firstConnections.append(ending.ledger["connections", "opened"])
            var partEnding = part.ending
            partEnding.duration += part.start
            ending.add(partEnding) {
                $0 == "trace" || $0 == "descriptors" || $1 == "peak_open"
            }
        }
        self.info = info
        self.ending = ending
        self.firstConnections = firstConnections
        starts = parts.map(\.start)
    }

    /// The outcome as it stands in the whole run; `part` counts from 0.
    public func outcome(_ outcome: Outcome, ofPart part: Int) -> Outcome {
        var outcome = outcome
        outcome.due += starts[part]
        outcome.sent = outcome.sent.map { $0 + starts[part] }
        outcome.firstByte = outcome.firstByte.map { $0 + starts[part] }
        outcome.end = outcome.end.map { $0 + starts[part] }
        outcome.liveConnection = outcome.liveConnection.map { $0 &+ firstConnections[part] }
        return outcome
    }
}
