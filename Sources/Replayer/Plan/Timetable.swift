import TraceFormat

/// Says which records of a playback are part of this replay, and when they are due.
struct Timetable {
    private let shard: Shard?
    /// From when on nothing is due any more.
    private let end: Int64
    private(set) var schedule: Schedule
    /// Whether all that follows is due after the end of the run.
    private(set) var isOver = false

    init(_ configuration: ReplayConfiguration) {
        shard = configuration.selection.shard
        // Where nothing is due at a time of its own, the event loops end the run themselves.
        end = configuration.pace.waitsOnLanes ? .max : configuration.limits.duration ?? .max
        schedule = Schedule(
            pace: configuration.pace,
            maxGap: configuration.limits.gap,
            maxRate: configuration.limits.rate,
            seed: configuration.seed
        )
    }

    /// When a record is due, in nanoseconds since the start of the run; `nil` when it is another
    /// replayer's or comes after the end.
    ///
    /// Every record of the playback is to be asked for, in order, whoever it belongs to: so all
    /// replayers of a trace have the same times.
    mutating func due(of played: PlayedRecord) -> Int64? {
        let due: Int64
        if case .exchange = played.record {
            due = schedule.dueOfRequest(at: played.time)
            isOver = isOver || due >= end
        } else {
            due = schedule.dueOfConnection(at: played.time)
        }
        guard due < end, shard?.contains(played.connection.connection) ?? true else { return nil }
        return due
    }
}
