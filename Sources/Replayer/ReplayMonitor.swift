import Synchronization
import TraceFormat

/// What a replay has done so far, in numbers.
public struct ReplayCounts: Equatable, Sendable {
    /// Requests whose first byte was handed to the kernel, and those whose connection failed.
    public internal(set) var sent: UInt64 = 0
    /// Whole responses, whatever their status.
    public internal(set) var completed: UInt64 = 0
    /// Known failures.
    public internal(set) var failed: UInt64 = 0
    /// Whole responses with a status from 500.
    public internal(set) var serverErrors: UInt64 = 0
    /// Requests that were given up before their end was known.
    public internal(set) var censored: UInt64 = 0
    /// Requests that have come due, whether they could leave or not; none when they have no due
    /// times of their own.
    public internal(set) var due: UInt64 = 0
    /// Requests that were looked at and not sent.
    public internal(set) var unsent: UInt64 = 0
    /// Connections that were opened.
    public internal(set) var connections: UInt64 = 0
    /// Connections that were tried.
    public internal(set) var connectionAttempts: UInt64 = 0
    /// Bytes of requests that were sent.
    public internal(set) var requestBytes: UInt64 = 0
    /// Bytes of response heads and bodies that came.
    public internal(set) var responseBytes: UInt64 = 0
    /// How many of these were of bodies.
    public internal(set) var responseBodyBytes: UInt64 = 0
    /// How many requests failed to connect since the last one that had a connection.
    public internal(set) var connectFailuresInARow: UInt64 = 0
    /// How late the event loop came back to its regular work at worst, in nanoseconds: it was
    /// busy or had no processor, and everything that it saw in that time it saw late.
    public internal(set) var longestStall: Int64 = 0
    /// How the causes of requests came out.
    public internal(set) var causal = CausalCounts()
    /// Whether the run was stopped before its plan was through.
    public internal(set) var isPartial = false
    /// From the start of the run to its last event, in nanoseconds; zero while it goes on.
    public internal(set) var duration: Int64 = 0

    /// Requests that were sent and have no end yet.
    public var inFlight: UInt64 { sent - completed - failed - censored }

    /// Nothing yet.
    init() {}

    /// What several event loops did together.
    init(addingUp parts: [ReplayCounts]) {
        for part in parts {
            sent += part.sent
            due += part.due
            completed += part.completed
            serverErrors += part.serverErrors
            failed += part.failed
            censored += part.censored
            unsent += part.unsent
            connections += part.connections
            connectionAttempts += part.connectionAttempts
            requestBytes += part.requestBytes
            responseBytes += part.responseBytes
            responseBodyBytes += part.responseBodyBytes
            connectFailuresInARow += part.connectFailuresInARow
            longestStall = max(longestStall, part.longestStall)
            causal += part.causal
            isPartial = isPartial || part.isPartial
            duration = max(duration, part.duration)
        }
    }

    /// Whether more than this share of the requests that have ended are errors: failed, given
    /// up, or answered with a status from 500; once there are enough of them to say so.
    func exceeds(_ errorShare: Double?) -> Bool {
        let ended = completed + failed + censored
        guard let errorShare, ended >= Self.leastForErrorShare else { return false }
        return Double(failed + censored + serverErrors) > errorShare * Double(ended)
    }

    private static let leastForErrorShare: UInt64 = 100

    mutating func count(_ outcome: Outcome) {
        switch outcome.result {
        case .completed:
            completed += 1
            if outcome.status ?? 0 >= 500 { serverErrors += 1 }
            connectFailuresInARow = 0
        case .failed(let failure) where failure.isConnectFailure:
            sent += 1
            failed += 1
            connectFailuresInARow += 1
        case .failed:
            failed += 1
            connectFailuresInARow = 0
        case .censored:
            censored += 1
            connectFailuresInARow = 0
        case .unsent: unsent += 1
        }
        requestBytes += outcome.requestByteCount
        responseBytes += outcome.responseHeadByteCount + outcome.responseBodyByteCount
        responseBodyBytes += outcome.responseBodyByteCount
    }
}

extension ReplayCounts {
    /// What the client itself did and used, for the run file.
    func ledger(filledBodyCount: UInt64, usage: ProcessorUsage) -> Ledger {
        var ledger = Ledger()
        ledger["connections", "attempted"] = connectionAttempts
        ledger["connections", "opened"] = connections
        ledger["bytes", "requests"] = requestBytes
        ledger["bytes", "responses"] = responseBytes
        ledger["bytes", "response_bodies"] = responseBodyBytes
        ledger["requests", "bodies_filled"] = filledBodyCount
        ledger["client", "longest_stall_microseconds"] = UInt64(max(0, longestStall) / 1000)
        ledger["client", "user_microseconds"] = usage.user
        ledger["client", "system_microseconds"] = usage.system
        return ledger
    }
}

/// Lets other threads watch a replay, and adds up what its event loops do.
public final class ReplayMonitor: Sendable {
    private struct State {
        var counts: [ReplayCounts] = []
        var elapsed: Int64 = 0
        var start: UInt64?
    }

    private let state = Mutex(State())

    /// Makes a monitor for one replay.
    public init() {}

    /// The counts as of a short while ago, and the time since the start of the run then, in
    /// nanoseconds.
    public var snapshot: (counts: ReplayCounts, elapsed: Int64) {
        state.withLock { (ReplayCounts(addingUp: $0.counts), $0.elapsed) }
    }

    /// Time zero of the run, in nanoseconds of the monotonic clock; `nil` before it is set.
    var start: UInt64? { state.withLock { $0.start } }

    /// Notes time zero of the run.
    func began(at start: UInt64) {
        state.withLock { $0.start = start }
    }

    /// Makes room for the counts of so many event loops.
    func begin(loopCount: Int) {
        state.withLock {
            $0.counts = Array(repeating: ReplayCounts(), count: loopCount)
        }
    }

    /// Takes the counts of one event loop, and gives back those of all of them.
    func update(_ counts: ReplayCounts, ofLoop number: Int, elapsed: Int64) -> ReplayCounts {
        state.withLock { state in
            state.counts[number] = counts
            state.elapsed = max(state.elapsed, elapsed)
            return ReplayCounts(addingUp: state.counts)
        }
    }
}
