import TraceFormat

extension Ledger {
    /// Notes what was found of the order of cause and effect, and what came of it.
    mutating func add(_ overview: CausalOverview, _ counts: CausalCounts) {
        self["causal", "edges"] = overview.edges
        self["causal", "followed"] = counts.followed
        self["causal", "violated"] = counts.violated
        self["causal", "substituted"] = counts.substituted
        self["causal", "unsubstituted"] = counts.unsubstituted
        self["causal", "elsewhere"] = overview.elsewhere
        self["causal", "values"] = overview.values
        self["causal", "forgotten_values"] = overview.forgottenValues
        self["causal", "forgotten_edges"] = overview.forgottenEdges
        self["causal", "unread_bodies"] = overview.unreadBodies
    }
}
