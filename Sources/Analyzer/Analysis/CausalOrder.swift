internal import TraceFormat

/// How a replay kept to cause and effect: requests that carry a value of an earlier response.
public struct CausalOrder: Equatable, Sendable {
    /// How often a request of the plan carries a value that a response of the plan gave first.
    public let edges: UInt64
    /// How often the request had waited for that response.
    public let followed: UInt64
    /// How often there was no whole response to wait for.
    public let violated: UInt64
    /// How often the target's value was sent in place of the recorded one.
    public let substituted: UInt64
    /// How often the recorded value was sent though the target's was wanted.
    public let unsubstituted: UInt64
    /// How often the response was no part of the replay.
    public let elsewhere: UInt64
    /// How many different values there are.
    public let values: UInt64
    /// How many values were forgotten while they were looked for.
    public let forgottenValues: UInt64
    /// How many edges were too many to be followed.
    public let forgottenEdges: UInt64
    /// How many JSON bodies of responses could not be looked at.
    public let unreadBodies: UInt64

    /// Reads the run's ledger; `nil` when the replay did not look for such values.
    init?(_ ending: RunEnding?) {
        guard let ledger = ending?.ledger,
            ledger.groups.contains(where: { $0.name == "causal" })
        else { return nil }
        edges = ledger["causal", "edges"]
        followed = ledger["causal", "followed"]
        violated = ledger["causal", "violated"]
        substituted = ledger["causal", "substituted"]
        unsubstituted = ledger["causal", "unsubstituted"]
        elsewhere = ledger["causal", "elsewhere"]
        values = ledger["causal", "values"]
        forgottenValues = ledger["causal", "forgotten_values"]
        forgottenEdges = ledger["causal", "forgotten_edges"]
        unreadBodies = ledger["causal", "unread_bodies"]
    }

    /// The numbers in words, without those that are zero and say nothing then.
    var numbers: [String] {
        var numbers = ["\(followed) of \(edges) causes followed", "\(violated) violated"]
        if substituted + unsubstituted > 0 {
            numbers.append("\(substituted) values of the target sent")
            numbers.append("\(unsubstituted) as recorded")
        }
        if elsewhere > 0 { numbers.append("\(elsewhere) of responses elsewhere") }
        if forgottenValues > 0 { numbers.append("\(forgottenValues) values forgotten") }
        if forgottenEdges > 0 { numbers.append("\(forgottenEdges) beyond the limit") }
        if unreadBodies > 0 { numbers.append("\(unreadBodies) JSON bodies not looked at") }
        return numbers
    }
}
