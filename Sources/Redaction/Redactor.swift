public import TraceFormat

/// Replaces what is sensitive in recorded exchanges by keyed placeholders of the same length.
///
///     var redactor = Redactor(.standard, key: .random())
///     redactor.redact(&exchange)      // Cookie: sid=Zx4 in place of Cookie: sid=abc
///
/// Equal values get equal placeholders wherever they stand, so that a cookie that a response sets
/// and a later request sends can still be joined; lengths stay, and so does all framing.
public struct Redactor: Sendable {
    /// What was replaced so far.
    public private(set) var counts = RedactionCounts()
    private let heads: HeadRedaction
    private let bodies: BodyRedaction

    /// Makes a redactor; the same policy and key replace the same values by the same placeholders.
    public init(_ policy: RedactionPolicy, key: RedactionKey) {
        let placeholder = Placeholder(key)
        let query = QueryRedaction(names: policy.queryNames, placeholder: placeholder)
        heads = HeadRedaction(policy, query, placeholder)
        bodies = BodyRedaction(policy, query, placeholder)
    }

    /// Redacts the heads, trailers and kept bodies of an exchange.
    ///
    /// The fingerprint of a body in which something was replaced is that of the redacted bytes:
    /// from the original one, short secrets could be guessed.
    public mutating func redact(_ exchange: inout Exchange) {
        redact(&exchange.request, .request)
        for index in exchange.interim.indices {
            heads.redact(&exchange.interim[index].head, .status, counting: &counts)
        }
        if exchange.response != nil, var message = exchange.response?.message {
            redact(&message, .status)
            exchange.response?.message = message
        }
    }

    private mutating func redact(
        _ message: inout RecordedMessage,
        _ startLine: HeadRedaction.StartLine
    ) {
        bodies.redact(&message, counting: &counts)
        heads.redact(&message.head, startLine, counting: &counts)
        heads.redact(&message.trailers, .none, counting: &counts)
    }
}
