internal import TraceFormat

/// How far what was sent and what came is of the size and the mix of the recording.
public struct TrafficFidelity: Equatable, Sendable {
    /// Bytes in the recording and in the run.
    public struct Sizes: Equatable, Sendable {
        /// In the recording, of the exchanges of the plan.
        public let recorded: UInt64
        /// In the run.
        public let replayed: UInt64

        /// By how much it is more in the run, as a fraction; `nil` where nothing was recorded.
        public var change: Double? {
            recorded > 0 ? Double(replayed) / Double(recorded) - 1 : nil
        }
    }

    /// How much of the traffic a route is.
    public struct RouteShare: Equatable, Sendable {
        /// The route's name.
        public let route: String
        /// Its share of the requests of the plan, from 0 to 1.
        public let recorded: Double
        /// Its share of the requests that were sent.
        public let sent: Double

        /// By how much it is more of what was sent.
        public var difference: Double { sent - recorded }
    }

    /// Of requests, with their heads; `nil` where the file does not say.
    public let requests: Sizes?
    /// Of the bodies of responses; `nil` where the file does not say.
    public let responseBodies: Sizes?
    /// The routes in the order of the report.
    public let routes: [RouteShare]

    /// The route whose share differs most; `nil` where all are as they were recorded.
    public var worstRoute: RouteShare? {
        routes.max { abs($0.difference) < abs($1.difference) }
            .flatMap { $0.difference == 0 ? nil : $0 }
    }

    /// Looks at a run; `nil` when nothing was sent.
    init?(overall: RequestCounts, routes groups: [GroupSummary], ending: RunEnding?) {
        guard overall.sent > 0 else { return nil }
        let planned = groups.reduce(0) { $0 + $1.counts.total }
        routes = groups.map { group in
            RouteShare(
                route: group.name,
                recorded: Double(group.counts.total) / Double(planned),
                sent: Double(group.counts.sent) / Double(overall.sent)
            )
        }
        requests = Self.sizes("requests", ending)
        responseBodies = Self.sizes("response_bodies", ending)
    }

    private static func sizes(_ name: String, _ ending: RunEnding?) -> Sizes? {
        guard let ledger = ending?.ledger, ledger["bytes", "recorded_requests"] > 0 else {
            return nil
        }
        return Sizes(recorded: ledger["bytes", "recorded_\(name)"], replayed: ledger["bytes", name])
    }

    /// In words, for a line.
    var numbers: [String] {
        var numbers: [String] = []
        for (name, sizes) in [("requests", requests), ("response bodies", responseBodies)] {
            guard let sizes else { continue }
            numbers.append(
                "\(name) \(byteCount(sizes.replayed)), recorded \(byteCount(sizes.recorded))"
                    + (sizes.change.map { " (\(signedPercentage($0)))" } ?? "")
            )
        }
        if let worst = worstRoute {
            numbers.append(
                "mix off by at most \(percentage(abs(worst.difference))): \(worst.route.printable) "
                    + "\(percentage(worst.sent)), recorded \(percentage(worst.recorded))"
            )
        } else {
            numbers.append("mix of routes as recorded")
        }
        return numbers
    }
}
