/// What a number of a run should be, and what it must be.
///
/// Written as `p99<50ms`, `errors<0.1%`, `/run/cart p50<5ms`, `rate>500/s` or `cold.p50<100ms`;
/// see ``ThresholdParser``.
public struct Threshold: Equatable, Sendable {
    /// The requests that it is about.
    public let scope: ThresholdScope
    /// The number of theirs.
    public let metric: ThresholdMetric
    /// On which side of the limits the number shall be.
    public let comparison: Comparison
    /// What the number should be; on the wrong side, the threshold warns.
    public let target: Quantity
    /// What it must be; on the wrong side, the threshold is missed.
    ///
    /// It is the target, if no other is given.
    public let critical: Quantity

    /// On which side of a limit a number shall be.
    public enum Comparison: String, Sendable {
        /// Less than the limit.
        case below = "<"
        /// The limit or less.
        case atMost = "<="
        /// More than the limit.
        case above = ">"
        /// The limit or more.
        case atLeast = ">="
    }

    /// Makes a threshold; without a critical limit, missing the target is missing the threshold.
    public init(
        _ metric: ThresholdMetric,
        of scope: ThresholdScope = .all,
        _ comparison: Comparison,
        _ target: Quantity,
        critical: Quantity? = nil
    ) {
        self.scope = scope
        self.metric = metric
        self.comparison = comparison
        self.target = target
        self.critical = critical ?? target
    }

    /// The requests and the number: `/run/cart p50`.
    public var subject: String { scope == .all ? "\(metric)" : "\(scope) \(metric)" }

    /// Whether a miss of the target is only a warning.
    public var hasWarning: Bool { target != critical }
}

extension Threshold.Comparison {
    /// Whether a number is on the right side of a limit.
    func holds(_ value: Double, _ limit: Double) -> Bool {
        switch self {
        case .below: value < limit
        case .atMost: value <= limit
        case .above: value > limit
        case .atLeast: value >= limit
        }
    }

    /// Whether small numbers are good.
    var wantsLess: Bool { self == .below || self == .atMost }
}

/// The requests that a threshold is about: all, or those of the routes that match a pattern.
///
/// A pattern is a route's name as the report shows it, or its start and `*`.
public enum ThresholdScope: Hashable, Sendable {
    /// Every request of the run.
    case all
    /// The requests of routes that match one of the patterns.
    case routes([String])

    /// Whether requests of a route belong to it.
    func contains(_ route: String) -> Bool {
        switch self {
        case .all: true
        case .routes(let patterns):
            patterns.contains { pattern in
                pattern.hasSuffix("*") ? route.hasPrefix(pattern.dropLast()) : route == pattern
            }
        }
    }
}

extension ThresholdScope: CustomStringConvertible {
    /// The patterns with commas between them, or `all`.
    public var description: String {
        switch self {
        case .all: "all"
        case .routes(let patterns): patterns.joined(separator: ",").printable
        }
    }
}

/// A number that a threshold can be set for.
public enum ThresholdMetric: Hashable, Sendable {
    /// A percentile of some of the times.
    case latency(Times, Quantile)
    /// The share of the requests that were sent and did not succeed.
    case errors
    /// Requests that succeeded, per second of the run.
    case rate

    /// Which times a percentile is of.
    public enum Times: String, CaseIterable, Sendable {
        /// The run's headline: response times, or service times at speed `max`.
        case headline = ""
        /// end − due.
        case response
        /// end − sent.
        case service
        /// Service times of the requests that paid for a load.
        case cold
        /// Service times of requests for modules that were loaded.
        case warm
    }
}

extension ThresholdMetric: CustomStringConvertible {
    /// The metric as it is written: `p99`, `cold.p50`, `errors`, `rate`.
    public var description: String {
        switch self {
        case .latency(.headline, let quantile): quantile.name
        case .latency(let times, let quantile): "\(times.rawValue).\(quantile.name)"
        case .errors: "errors"
        case .rate: "rate"
        }
    }
}
