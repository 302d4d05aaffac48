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
        if let causal = plan.causal {
            lines.add("causal", causalText(causal))
        }
        if plan.putOff > 0 { lines.add("put off", "\(plan.putOff) requests by --max-rate") }
        lines.add(
            "duration",
            (plan.duration ?? configuration.limits.duration).map { duration($0) }
                ?? "as long as the target takes"
        )
        return lines.text
    }

    private func causalText(_ causal: CausalOverview) -> String {
        var parts = [
            "\(causal.edges) times a value of an earlier response (\(causal.values) values)"
        ]
        if causal.elsewhere > 0 { parts.append("\(causal.elsewhere) of responses elsewhere") }
        if causal.forgottenValues > 0 { parts.append("\(causal.forgottenValues) values forgotten") }
        if causal.forgottenEdges > 0 { parts.append("\(causal.forgottenEdges) not followed") }
        if causal.unreadBodies > 0 {
            parts.append(
                "\(causal.unreadBodies) JSON responses without a body to look at (--bodies all)"
            )
        }
        return parts.joined(separator: ", ")
    }

    private var peak: String { "\(plan.peakConnections)" }

    private var paceText: String {
        let text = configuration.pace.text
        return Double(text) == nil ? text : "\(text)x"
    }

    private func json(_ causal: CausalOverview) -> JSONValue {
        .object([
            .init("edges", .unsigned(causal.edges)),
            .init("values", .unsigned(causal.values)),
            .init("elsewhere", .unsigned(causal.elsewhere)),
            .init("forgotten_values", .unsigned(causal.forgottenValues)),
            .init("forgotten_edges", .unsigned(causal.forgottenEdges)),
            .init("unread_bodies", .unsigned(causal.unreadBodies)),
        ])
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
            .init("causal", plan.causal.map(json) ?? .null),
        ]).text
    }
}
