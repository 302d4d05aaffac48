public import Redaction
internal import TraceFormat

/// How a recording keeps secrets out of its trace.
public struct RecordingRedaction: Equatable, Sendable {
    /// What is sensitive.
    public var policy: RedactionPolicy
    /// The key of the placeholders; `nil` takes one of the capture's own packets, so that the same
    /// capture makes the same trace, and a random one for live traffic.
    public var key: RedactionKey?

    /// Replaces the credentials that every server knows, unless more is asked for.
    public init(policy: RedactionPolicy = .standard, key: RedactionKey? = nil) {
        self.policy = policy
        self.key = key
    }
}

extension RecordingRedaction? {
    /// What a trace says of its redaction, nothing without one; `fallback` is where a key that was not given is from.
    func statement(keyWithout fallback: String) -> String {
        guard let self else { return "" }
        return "\(self.policy); key: \(self.key == nil ? fallback : "given")"
    }
}

/// Redacts the records of a recording on their way into the trace.
struct RecordRedaction {
    private enum State {
        /// Nothing is redacted.
        case off
        /// The key comes out of the input before the first record.
        case deriving(RedactionPolicy, RedactionKey.Derivation)
        case on(Redactor)
    }

    private var state: State

    /// Redacts with a key that is there, or that the input has yet to give.
    init(derivingKeyFor redaction: RecordingRedaction?) {
        guard let redaction else {
            state = .off
            return
        }
        if let key = redaction.key {
            state = .on(Redactor(redaction.policy, key: key))
        } else {
            state = .deriving(redaction.policy, RedactionKey.Derivation())
        }
    }

    /// Redacts with a key that is given, or that nobody has.
    init(drawingKeyFor redaction: RecordingRedaction?) {
        guard let redaction else {
            state = .off
            return
        }
        state = .on(Redactor(redaction.policy, key: redaction.key ?? .random()))
    }

    /// Takes note of a packet of the input; those in front of the first record make the key.
    mutating func sawInput(_ bytes: Span<UInt8>, at time: Int64) {
        guard case .deriving(let policy, var derivation) = state else { return }
        state = .off
        let timeBytes = (0..<8).map { UInt8(truncatingIfNeeded: time >> ($0 * 8)) }
        derivation.update(timeBytes.span)
        derivation.update(bytes)
        state = .deriving(policy, derivation)
    }

    /// Redacts a record; call it with the records in their order.
    mutating func redact(_ record: TraceRecord) -> TraceRecord {
        if case .deriving(let policy, let derivation) = state {
            state = .on(Redactor(policy, key: derivation.finish()))
        }
        guard case .exchange(var exchange) = record, case .on(var redactor) = state else {
            return record
        }
        state = .off
        redactor.redact(&exchange)
        state = .on(redactor)
        return .exchange(exchange)
    }

    /// Puts what was replaced into a ledger.
    func write(to ledger: inout Ledger) {
        if case .on(let redactor) = state { redactor.counts.write(to: &ledger) }
    }
}
