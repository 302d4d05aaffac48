public import TraceFormat

/// How many requests ended how.
public struct RequestCounts: Equatable, Sendable {
    /// All requests of the group, those included that a stopped run never came to.
    public internal(set) var total = 0
    /// Requests whose first byte left, or for which a connection was tried.
    public internal(set) var sent = 0
    /// Requests with a whole response.
    public internal(set) var completed = 0
    /// Completed requests whose status counts as success: under 400, or the client error (not
    /// 429) that the recording shows too.
    public internal(set) var succeeded = 0
    /// Known failures by class.
    public internal(set) var failures: [Outcome.Failure: Int] = [:]
    /// Requests that were given up before their end was known, by reason.
    public internal(set) var censorings: [Outcome.Censoring: Int] = [:]
    /// Requests that were never sent, by reason.
    public internal(set) var unsentReasons: [Outcome.UnsentReason: Int] = [:]
    /// Completed requests by status.
    public internal(set) var statuses: [UInt16: Int] = [:]

    /// All known failures.
    public var failed: Int { failures.values.reduce(0, +) }
    /// All requests given up before their end was known.
    public var censored: Int { censorings.values.reduce(0, +) }
    /// All requests that were never sent.
    public var unsent: Int { unsentReasons.values.reduce(0, +) }
    /// The share of the requests that were sent and succeeded, from 0 to 1; `nil` if none was.
    public var successShare: Double? { sent > 0 ? Double(succeeded) / Double(sent) : nil }
    /// Whether every request that was sent is in exactly one of the three places it can be in.
    public var addUp: Bool {
        sent == completed + failed + censored && total == sent + unsent
    }

    /// Counts the requests of the plan that a stopped run never came to, of which its file has
    /// no outcome.
    mutating func addNeverPlanned(beyond planned: UInt64, isStopped: Bool) {
        let missing = Int(clamping: planned) - total
        guard isStopped, missing > 0 else { return }
        total += missing
        unsentReasons[.interrupted, default: 0] += missing
    }

    /// Counts a request, but for what the one before it mostly shares: `run` is how many had its status
    /// lately.
    mutating func add(_ record: RequestRecord, _ run: inout StatusRun) {
        total += 1
        if record.sent != nil { sent += 1 }
        switch record.ending {
        case .succeeded, .rejected:
            if record.status != run.status {
                add(run)
                run = StatusRun(status: record.status)
            }
            run.count += 1
            if record.ending == .succeeded { succeeded += 1 }
        case .failed(let failure): failures[failure, default: 0] += 1
        case .censored(let reason): censorings[reason, default: 0] += 1
        case .unsent(let reason): unsentReasons[reason, default: 0] += 1
        }
    }

    /// Counts a run of completed requests.
    mutating func add(_ run: StatusRun) {
        guard run.count > 0 else { return }
        completed += run.count
        statuses[run.status, default: 0] += run.count
    }

    /// Completed requests with one status, one behind the other.
    struct StatusRun {
        var status: UInt16 = 0
        var count = 0
    }
}
