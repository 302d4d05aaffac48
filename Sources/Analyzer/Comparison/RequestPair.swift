internal import TraceFormat

/// The two outcomes of one request of the trace.
struct RequestPair {
    let baseline: RequestRecord
    let candidate: RequestRecord

    /// Whether the pair says something about the warm latency, or why not.
    ///
    /// - Parameters:
    ///   - hasSchedule: Whether response times are compared, or else service times.
    ///   - isSameRoute: Whether the request has the same route in both runs.
    ///   - isDiverged: Whether the answers of the route are not what they were any more.
    /// - Returns: What the pair is good for.
    func use(hasSchedule: Bool, isSameRoute: Bool, isDiverged: Bool) -> PairUse {
        guard isSameRoute else { return .leftOut(.differentRoute) }
        guard !baseline.isUnsent, !candidate.isUnsent else { return .leftOut(.unsent) }
        guard baseline.ending == .succeeded, candidate.ending == .succeeded else {
            return .leftOut(.notSucceeded)
        }
        guard !isDiverged else { return .leftOut(.diverged) }
        guard baseline.temperature == candidate.temperature else {
            return .leftOut(.temperatureFlip)
        }
        guard baseline.isSteady else {
            guard let before = baseline.serviceTime, let after = candidate.serviceTime,
                baseline.temperature == .cold, before > 0, after > 0
            else { return .leftOut(.cold) }
            return .cold(baseline: before, candidate: after)
        }
        let baselineTime = hasSchedule ? baseline.responseTime : baseline.serviceTime
        let candidateTime = hasSchedule ? candidate.responseTime : candidate.serviceTime
        guard let baselineTime, let candidateTime, baselineTime > 0, candidateTime > 0 else {
            return .leftOut(.unusableTime)
        }
        return .used(baseline: baselineTime, candidate: candidateTime)
    }

    /// How success changed between the runs; `nil` if it did not, or if a run did not really try.
    var flip: FailureFlips.Direction? {
        guard baseline.wasTried, candidate.wasTried else { return nil }
        return switch (baseline.ending == .succeeded, candidate.ending == .succeeded) {
        case (true, false): .newFailure
        case (false, true): .repaired
        default: nil
        }
    }
}

extension RequestRecord {
    /// Whether the target had its chance: the request was sent and not interrupted by the user.
    var wasTried: Bool { !isUnsent && ending != .censored(.interrupted) }
}

/// What a pair is good for.
enum PairUse {
    /// Both succeeded at the same temperature: nanoseconds to compare, both above zero.
    case used(baseline: Int64, candidate: Int64)
    /// Cold in both: nanoseconds of service time, which are compared apart.
    case cold(baseline: Int64, candidate: Int64)
    case leftOut(LeftOut)

    /// Whether the request has no counterpart that was sent.
    var isMissing: Bool {
        switch self {
        case .leftOut(.onlyInOneRun), .leftOut(.differentRoute), .leftOut(.unsent): true
        default: false
        }
    }
}

/// Why a pair is not part of the effect; every pair is used or left out for exactly one reason.
public enum LeftOut: String, CaseIterable, Sendable {
    /// Only one of the runs holds the request.
    case onlyInOneRun = "only_in_one_run"
    /// The two requests have different routes, as can be when the traces differ.
    case differentRoute = "different_route"
    /// It was not sent in one of the runs.
    case unsent
    /// It did not succeed in both runs.
    case notSucceeded = "not_succeeded"
    /// The answers of its route are not what they were, so its latency is that of other work.
    case diverged
    /// A load was paid for in one run and not in the other.
    case temperatureFlip = "temperature_flip"
    /// Cold or shadow in both runs.
    case cold
    /// A time is missing or not above zero.
    case unusableTime = "unusable_time"
}

/// How many requests changed between success and failure, and whether chance explains it.
public struct FailureFlips: Equatable, Sendable {
    /// Which way a request changed.
    enum Direction {
        /// It succeeded in the baseline and not in the candidate.
        case newFailure
        /// It succeeded in the candidate and not in the baseline.
        case repaired
    }

    /// Requests that succeeded in the baseline and not in the candidate.
    public private(set) var newFailures = 0
    /// Requests that succeeded in the candidate and not in the baseline.
    public private(set) var repaired = 0

    /// The exact two-sided McNemar probability of a split at least as uneven.
    public var probability: Double { mcNemarProbability(newFailures, repaired) }
    /// Whether there are more new failures than chance explains (p < 0.05).
    public var areRegression: Bool { newFailures > repaired && probability < 0.05 }
    /// Whether there may be: three or more in one direction, but too few to be sure (p ≤ 0.25).
    public var areSuspicious: Bool { newFailures > repaired && probability <= 0.25 }

    /// Adds up the changes of several pairs of runs.
    static func + (first: FailureFlips, second: FailureFlips) -> FailureFlips {
        var sum = first
        sum.newFailures += second.newFailures
        sum.repaired += second.repaired
        return sum
    }

    mutating func add(_ direction: Direction) {
        switch direction {
        case .newFailure: newFailures += 1
        case .repaired: repaired += 1
        }
    }
}
