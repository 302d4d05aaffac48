public import TraceFormat

/// Whether a run can be trusted, and why not.
///
/// Each check passes, fails, or says that it could not be made; the last is never counted as a
/// pass. One that fails makes the run invalid.
public struct Validity: Equatable, Sendable {
    /// One check and how it came out.
    public struct Check: Equatable, Sendable {
        /// The check's name in JSON, lower case with underscores.
        public let name: String
        /// How it came out.
        public let result: Result
        /// The numbers that decided, in one sentence without a full stop.
        public let detail: String
        /// Whether it could not be made because the run file says nothing of the machine.
        var isUntold = false
        /// Whether it passed so narrowly that a reader should know.
        var isNarrow = false
    }

    /// How a check came out.
    public enum Result: String, Sendable {
        /// The run is fine in this respect.
        case passed
        /// The run is not to be trusted.
        case failed
        /// The run does not have what the check needs.
        case notApplicable = "not_applicable"
    }

    /// All checks in a fixed order.
    public let checks: [Check]
    /// Whether no check failed.
    public var isValid: Bool { checks.allSatisfy { $0.result != .failed } }
    /// What failed, one sentence each.
    public var reasons: [String] { checks.filter { $0.result == .failed }.map(\.detail) }

    /// What did not pass or only just; of checks with the same reason only the first.
    var doubts: [Check] {
        var doubts: [Check] = []
        // That a short run has no ticks to look at says nothing against it.
        for check in checks where (check.result != .passed || check.isNarrow) && !check.isUntold {
            if !doubts.contains(where: { $0.detail == check.detail }) { doubts.append(check) }
        }
        return doubts
    }

    /// What failed of what a comparison rests on.
    var reasonsAgainstComparing: [String] {
        checks.filter { $0.result == .failed && $0.name != Self.successName }.map(\.detail)
    }

    private static let successName = "succeeded"

    /// A request is late if the replayer itself held it back for longer than this, in nanoseconds.
    static let lateAfter: Int64 = 1_000_000
    /// No more of the requests than this may be late.
    static let lateShareLimit = 0.01
    /// No more of the requests than this may be unsent or given up.
    static let lostShareLimit = 0.001

    /// The 99th percentile of the client lag may be a millisecond, or a twentieth of the median
    /// response time where that is more; in nanoseconds.
    static func lagLimit(responseMedian: Int64) -> Int64 {
        max(1_000_000, responseMedian / 20)
    }

    init(
        info: RunInfo,
        ending: RunEnding?,
        counts: RequestCounts,
        lag: LagSummary?,
        latency: LatencySummary,
        contradictions: Int
    ) {
        checks = [
            Self.completeness(info: info, ending: ending, counts: counts),
            Self.consistency(counts: counts, contradictions: contradictions),
            Self.answers(counts),
            Self.successes(counts),
            Self.lostRequests(counts),
            Self.clientLag(info: info, lag: lag, latency: latency),
            Self.lateRequests(info: info, lag: lag),
            Self.stalls(ending),
            Self.wholeTrace(ending),
            Self.stolenTime(ending),
            Self.ownWork(info: info, ending: ending),
            Self.descriptors(ending),
        ]
    }

    private static func completeness(
        info: RunInfo,
        ending: RunEnding?,
        counts: RequestCounts
    ) -> Check {
        let problem: String? =
            if ending == nil {
                "the run file has no ending: the replay was killed or the file is cut off"
            } else if ending?.isPartial == true {
                "the run was stopped before its plan was through"
            } else if UInt64(counts.total) != info.planned {
                "the run file holds \(counts.total) of \(info.planned) planned requests"
            } else {
                nil
            }
        return check("complete", problem: problem, otherwise: "the whole plan was worked off")
    }

    private static func consistency(counts: RequestCounts, contradictions: Int) -> Check {
        let problem: String? =
            if !counts.addUp {
                "sent (\(counts.sent)) is not completed (\(counts.completed)) + failed "
                    + "(\(counts.failed)) + censored (\(counts.censored))"
            } else if contradictions > 0 {
                "\(contradictions) outcomes contradict themselves: twice in the file, or ended "
                    + "before they were sent"
            } else {
                nil
            }
        return check(
            "consistent",
            problem: problem,
            otherwise: "sent = completed + failed + censored"
        )
    }

    private static func answers(_ counts: RequestCounts) -> Check {
        let problem: String? =
            if counts.total == 0 {
                "the run holds no request"
            } else if counts.completed == 0 {
                "no request got a whole response: was the target up?"
            } else {
                nil
            }
        return check("answered", problem: problem, otherwise: "\(counts.completed) responses")
    }

    /// A run without any success says nothing about a target's speed.
    ///
    /// For a comparison it is a finding and no fault of the measurement.
    private static func successes(_ counts: RequestCounts) -> Check {
        check(
            successName,
            problem: counts.completed > 0 && counts.succeeded == 0
                ? "none of \(counts.completed) responses was a success: is it the right target?"
                : nil,
            otherwise: "\(counts.succeeded) successes"
        )
    }

    /// Requests that the recording does not hold whole could never be sent; they are no loss of
    /// the replay, and are counted under their own name.
    private static func lostRequests(_ counts: RequestCounts) -> Check {
        let lost =
            counts.censored + (counts.unsentReasons[.interrupted] ?? 0)
            + (counts.unsentReasons[.clientExhausted] ?? 0) + (counts.unsentReasons[.tooLate] ?? 0)
        let share = counts.total > 0 ? Double(lost) / Double(counts.total) : 0
        let text = "\(lost) of \(counts.total) requests (\(percentage(share))) unsent or given up"
        return check(
            "lost_requests",
            problem: share > lostShareLimit ? "\(text), over the limit of 0.1 %" : nil,
            otherwise: text
        )
    }

    private static func clientLag(
        info: RunInfo,
        lag: LagSummary?,
        latency: LatencySummary
    ) -> Check {
        let name = "client_lag"
        guard info.hasSchedule else { return withoutSchedule(name) }
        guard let lag else { return nothingSent(name) }
        let limit = lagLimit(responseMedian: latency[.p50].nanoseconds ?? 0)
        let text = "client lag p99 is \(duration(lag.clientLag.p99))"
        return check(
            name,
            problem: lag.clientLag.p99 > limit
                ? "\(text), over the limit of \(duration(limit))" : nil,
            otherwise: "\(text), limit \(duration(limit))"
        )
    }

    private static func lateRequests(info: RunInfo, lag: LagSummary?) -> Check {
        let name = "late_requests"
        guard info.hasSchedule else { return withoutSchedule(name) }
        guard let lag else { return nothingSent(name) }
        let share = lag.shareOfLateRequests
        let text =
            "\(lag.lateRequests) of \(lag.count) requests (\(percentage(share))) left over 1 ms late "
            + "by the client's doing"
        return check(
            name,
            problem: share > lateShareLimit ? "\(text), over the limit of 1 %" : nil,
            otherwise: text
        )
    }

    /// What the event loop sees after a stall it sees late, and it can't tell its own delay from
    /// the target's then.
    private static func stalls(_ ending: RunEnding?) -> Check {
        let microseconds = ending?.ledger["client", "longest_stall_microseconds"] ?? 0
        let worst = duration(Int64(clamping: min(microseconds, 1 << 40) * 1000))
        let text = "the client's event loop stalled for \(worst) at worst"
        return check(
            "stalls",
            problem: microseconds > 100_000 ? "\(text), over the limit of 100 ms" : nil,
            otherwise: text
        )
    }

    /// A block that is missing shifts the positions of all requests behind it, by which runs are
    /// paired.
    private static func wholeTrace(_ ending: RunEnding?) -> Check {
        let damages = ending?.ledger["trace", "damages"] ?? 0
        return check(
            "whole_trace",
            problem: damages > 0
                ? "\(damages) parts of the trace were damaged and not replayed" : nil,
            otherwise: "the trace was read whole, or up to where its recording stopped"
        )
    }

    /// What the host of a virtual machine took away shows in every time, and in no other check.
    private static func stolenTime(_ ending: RunEnding?) -> Check {
        let name = "stolen_time"
        guard let ticks = processorTicks(ending) else { return untold(name) }
        let share = Double(ending?.ledger["machine", "stolen_ticks"] ?? 0) / ticks
        let text = "the host took away \(percentage(min(share, 1))) of the processors' time"
        return check(
            name,
            problem: share > 0.05 ? "\(text), over the limit of 5 %" : nil,
            otherwise: text
        )
    }

    /// A client that needs nearly all of the processors that it may use measures itself.
    private static func ownWork(info: RunInfo, ending: RunEnding?) -> Check {
        let name = "own_work"
        guard info.hasSchedule else { return withoutSchedule(name) }
        guard !info.isSpinning else {
            let detail = "not checked: a client that spins uses its processors on purpose"
            return Check(name: name, result: .notApplicable, detail: detail, isUntold: true)
        }
        guard let ticks = processorTicks(ending), let ledger = ending?.ledger else {
            return untold(name)
        }
        let microseconds = [
            ledger["client", "user_microseconds"], ledger["client", "system_microseconds"],
        ].reduce(0.0) { $0 + Double($1) }
        let share = microseconds / 10_000 / ticks
        let text = "the client used \(percentage(min(share, 1))) of the processors' time"
        return check(
            name,
            problem: share > 0.8 ? "\(text), over the limit of 80 %" : nil,
            otherwise: text
        )
    }

    /// Requests that found no descriptor left are among the lost ones; here it is only said how
    /// near that was.
    private static func descriptors(_ ending: RunEnding?) -> Check {
        let name = "descriptors"
        let limit = ending?.ledger["descriptors", "limit"] ?? 0
        guard let peak = ending?.ledger["descriptors", "peak"], limit > 0 else {
            let detail = "not checked: the run file tells of no descriptors"
            return Check(name: name, result: .notApplicable, detail: detail, isUntold: true)
        }
        let isNarrow = Double(peak) >= 0.9 * Double(limit)
        let text = "the client had \(peak) of \(limit) descriptors open at most"
        return Check(
            name: name,
            result: .passed,
            detail: isNarrow ? "\(text): near the limit (ulimit -Hn)" : text,
            isNarrow: isNarrow
        )
    }

    /// The ticks of 10 ms of all processors that the client may use; `nil` when the run file does not
    /// tell, or tells of less than a second, for which ticks are too coarse.
    private static func processorTicks(_ ending: RunEnding?) -> Double? {
        let ticks = ending?.ledger["machine", "processor_ticks"] ?? 0
        return ticks >= 100 ? Double(ticks) : nil
    }

    private static func untold(_ name: String) -> Check {
        Check(
            name: name,
            result: .notApplicable,
            detail:
                "not checked: the run file tells of no processors, or is too short for their ticks",
            isUntold: true
        )
    }

    private static func check(_ name: String, problem: String?, otherwise: String) -> Check {
        Check(
            name: name,
            result: problem == nil ? .passed : .failed,
            detail: problem ?? otherwise
        )
    }

    private static func withoutSchedule(_ name: String) -> Check {
        Check(
            name: name,
            result: .notApplicable,
            detail: "not checked: speed max has no schedule to be late for"
        )
    }

    private static func nothingSent(_ name: String) -> Check {
        Check(name: name, result: .failed, detail: "no request was sent, so its lag is not known")
    }
}

extension RunInfo {
    /// Whether the client's threads looked at the clock instead of sleeping.
    fileprivate var isSpinning: Bool { environment["spin"]?.hasSuffix("(on)") ?? false }

    /// Whether requests had a time at which they were due: not so at speed `max`.
    public var hasSchedule: Bool { speed != "max" }
}
