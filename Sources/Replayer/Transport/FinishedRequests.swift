import TraceFormat

/// Outcomes in order, and those bodies of their responses that are still to be looked into.
struct FinishedRequests: Sendable {
    private(set) var outcomes: [Outcome] = []
    private var bodies: [(position: Int, body: CodedBody)] = []
    /// Bytes of the bodies.
    private(set) var bodyByteCount = 0

    var isEmpty: Bool { outcomes.isEmpty }
    var count: Int { outcomes.count }

    /// None yet, with memory for so many.
    init(capacity: Int = 0) {
        outcomes.reserveCapacity(capacity)
    }

    /// Adds an outcome, and the body of its response if there is one to look into.
    mutating func append(_ outcome: consuming Outcome, _ body: CodedBody?) {
        if let body {
            bodies.append((outcomes.count, body))
            bodyByteCount += body.bytes.count
        }
        outcomes.append(outcome)
    }

    /// Looks into the bodies and lets go of them, so that the outcomes say all that is known.
    mutating func lookIntoBodies(_ contents: inout KnownContents) {
        for (position, body) in bodies {
            guard let fingerprint = outcomes[position].fingerprint else { continue }
            outcomes[position].contentFingerprint = contents.fingerprint(
                of: body,
                known: fingerprint
            )
        }
        bodies = []
        bodyByteCount = 0
    }
}
