internal import TraceFormat

/// What is kept of an answer, to tell later whether another one was the same.
///
/// The fingerprint is of the body as it came, so two encodings of one text differ.
struct Answer: Equatable {
    /// The first half of the body's fingerprint; zero where bodies say nothing.
    let key: UInt64
    /// Bytes of the body.
    let byteCount: UInt64
    /// Zero if no whole answer came.
    let status: UInt16
    /// How it compares with the one in the recording.
    let recorded: Likeness?

    /// How alike two answers are.
    enum Likeness: UInt8 {
        case same, otherBody, otherStatus
    }

    /// Takes what is needed of an outcome.
    ///
    /// - Parameters:
    ///   - outcome: What a request did.
    ///   - isVolatile: Whether its body differs every time by nature.
    init(_ outcome: Outcome, isVolatile: Bool) {
        let isWhole = outcome.result == .completed
        status = isWhole ? outcome.status ?? 0 : 0
        byteCount = outcome.responseBodyByteCount
        let saysSomething = isWhole && !isVolatile && !Self.isWordedFreely(status)
        key = saysSomething ? outcome.fingerprint.map { $0.high | 1 } ?? 0 : 0
        let recordedKey = outcome.recordedFingerprint.map { $0.high | 1 } ?? 0
        recorded = outcome.recordedStatus.flatMap { [status, key] recordedStatus in
            Self.likeness(status, key, recordedStatus, recordedKey)
        }
    }

    /// How another answer compares with this one; `nil` if one of them is not whole.
    func likeness(to other: Answer) -> Likeness? {
        Self.likeness(status, key, other.status, other.key)
    }

    private static func likeness(
        _ status: UInt16,
        _ key: UInt64,
        _ otherStatus: UInt16,
        _ otherKey: UInt64
    ) -> Likeness? {
        guard status != 0, otherStatus != 0 else { return nil }
        guard status == otherStatus else { return .otherStatus }
        return key == 0 || otherKey == 0 || key == otherKey ? .same : .otherBody
    }

    /// Whether the text of an answer with this status has numbers and paths of the machine in it.
    static func isWordedFreely(_ status: UInt16) -> Bool {
        status == 429 || (500...503).contains(status)
    }
}

extension Route {
    /// Whether what answers has the time or counters in it, so that no two bodies are the same.
    var hasVolatileBody: Bool {
        handler == .server && ["/health", "/metrics", "/_mik"].contains(name)
    }
}
