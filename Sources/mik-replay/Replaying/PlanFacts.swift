import Analyzer
import Replayer

/// What a replay is about to do, for its user to see before it does.
struct PlanFacts {
    private let plan: PlanOverview
    private let configuration: ReplayConfiguration

    init(_ plan: PlanOverview, _ configuration: ReplayConfiguration) {
        self.plan = plan
        self.configuration = configuration
    }

    /// In a few lines.
    var text: String {
        var lines = TextFacts(title: "plan for \(configuration.target.url)")
        var requests = "\(plan.requests), \(plan.writes) of them may write"
        if plan.nonIdempotent > 0 { requests += " (\(plan.nonIdempotent) not idempotent)" }
        lines.add("requests", requests)
        lines.add("connections", "\(plan.connections) recorded, \(peak) at a time at most")
        let rate = plan.peakRate.map { "\($0) requests in a second at most" }
        lines.add("pace", [paceText, rate].compactMap(\.self).joined(separator: ", "))
        if !configuration.modes.isEmpty {
            lines.add("modes", configuration.modes.joined(separator: ", "))
        }
        if plan.shortenedGaps > 0 {
            lines.add(
                "gaps",
                "\(plan.shortenedGaps) shortened, by \(duration(plan.shortenedBy)) in all"
            )
        }
        if plan.putOff > 0 { lines.add("put off", "\(plan.putOff) requests by --max-rate") }
        lines.add(
            "duration",
            (plan.duration ?? configuration.limits.duration).map { duration($0) }
                ?? "as long as the target takes"
        )
        return lines.text
    }

    private var peak: String { "\(plan.peakConnections)" }

    private var paceText: String {
        let text = configuration.pace.text
        return Double(text) == nil ? text : "\(text)x"
    }

    /// As one JSON object.
    var json: String {
        JSONValue.object([
            .init("kind", .string("plan")),
            .init("target", .string(configuration.target.url)),
            .init("pace", .string(configuration.pace.text)),
            .init("modes", .array(configuration.modes.map { .string($0) })),
            .init("requests", .unsigned(plan.requests)),
            .init("writes", .unsigned(plan.writes)),
            .init("non_idempotent", .unsigned(plan.nonIdempotent)),
            .init("connections", .unsigned(plan.connections)),
            .init("peak_connections", .unsigned(plan.peakConnections)),
            .init("peak_per_second", plan.peakRate.map { .unsigned($0) } ?? .null),
            .init("duration_ns", JSONValue(plan.duration)),
            .init("gaps_shortened", .unsigned(plan.shortenedGaps)),
            .init("gaps_shortened_by_ns", .integer(plan.shortenedBy)),
            .init("put_off", .unsigned(plan.putOff)),
        ]).text
    }
}
