internal import TraceFormat

/// What is kept of an answer, to tell later whether another one was the same.
///
/// Two bodies are the same if they came as the same bytes, or hold the same under their content codings
/// as far as that is known.
struct Answer: Equatable {
    /// The first half of the fingerprint of the body as it came; zero where bodies say nothing.
    let key: UInt64
    /// The same of what is in a compressed body; `key` where that is not known, or it is not compressed.
    let contentKey: UInt64
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
    init(_ outcome: borrowing Outcome, isVolatile: Bool) {
        let isWhole = outcome.result == .completed
        status = isWhole ? outcome.status ?? 0 : 0
        byteCount = outcome.responseBodyByteCount
        let saysSomething = isWhole && !isVolatile && !Self.isWordedFreely(status)
        let key = saysSomething ? Self.key(outcome.fingerprint) ?? 0 : 0
        self.key = key
        contentKey = key == 0 ? 0 : Self.contentKey(of: outcome) ?? key
        let recordedKey = Self.key(outcome.recordedFingerprint) ?? 0
        let recordedContentKey = Self.key(outcome.recordedContentFingerprint) ?? recordedKey
        recorded = outcome.recordedStatus.flatMap { [status, contentKey] recordedStatus in
            Self.likeness(
                (status, key, contentKey),
                (recordedStatus, recordedKey, recordedContentKey)
            )
        }
    }

    private static func key(_ fingerprint: Fingerprint?) -> UInt64? {
        fingerprint.map { $0.high | 1 }
    }

    /// The key of what a compressed body holds; `nil` for other bodies.
    private static func contentKey(of outcome: borrowing Outcome) -> UInt64? {
        if let fingerprint = outcome.contentFingerprint { return key(fingerprint) }
        // Runs of before version 2.2 say it only by a gzip'd body that they have kept.
        guard let body = outcome.keptBody, body.starts(with: GzipReader.magic) else { return nil }
        return key(GzipReader.fingerprintOfContent(body, limit: Outcome.contentLimit))
    }

    /// How another answer compares with this one; `nil` if one of them is not whole.
    func likeness(to other: Answer) -> Likeness? {
        Self.likeness(
            (status, key, contentKey),
            (other.status, other.key, other.contentKey)
        )
    }

    private typealias Parts = (status: UInt16, key: UInt64, contentKey: UInt64)

    private static func likeness(_ one: Parts, _ other: Parts) -> Likeness? {
        guard one.status != 0, other.status != 0 else { return nil }
        guard one.status == other.status else { return .otherStatus }
        let isSame =
            one.key == 0 || other.key == 0 || one.key == other.key
            || one.contentKey == other.contentKey
        return isSame ? .same : .otherBody
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
