internal import TraceFormat

/// What is kept of an answer, to tell later whether another one was the same.
///
/// The fingerprint is of the body as it came, so two compressions of one text differ, unless the run
/// has kept the body: what a gzip'd one holds counts then.
struct Answer: Equatable {
    /// The first half of the body's fingerprint; zero where bodies say nothing.
    let key: UInt64
    /// The same of what is in a gzip'd body that was kept; `key` where there is none.
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
        let key = saysSomething ? outcome.fingerprint.map { $0.high | 1 } ?? 0 : 0
        self.key = key
        contentKey = key == 0 ? 0 : Self.contentKey(of: outcome.keptBody) ?? key
        let recordedKey = outcome.recordedFingerprint.map { $0.high | 1 } ?? 0
        recorded = outcome.recordedStatus.flatMap { [status, contentKey] recordedStatus in
            Self.likeness(
                (status, key, contentKey),
                (recordedStatus, recordedKey, recordedKey)
            )
        }
    }

    /// The first half of the fingerprint of what a gzip'd body holds; `nil` for other bodies.
    private static func contentKey(of body: [UInt8]?) -> UInt64? {
        guard let body, body.starts(with: GzipReader.magic),
            let content = GzipReader.inflated(body, limit: ContentCodings.limit)
        else { return nil }
        return Fingerprint(of: content).high | 1
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
