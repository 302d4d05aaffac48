import HTTPWire
import TraceFormat

/// How the causes of requests came out, in numbers.
public struct CausalCounts: Equatable, Sendable {
    /// How often a request had waited for the end of the response that gave a value of it.
    public internal(set) var followed: UInt64 = 0
    /// How often there was no whole response to wait for, so that the order is not the recorded one.
    public internal(set) var violated: UInt64 = 0
    /// How often a value of the target was sent in place of the recorded one.
    public internal(set) var substituted: UInt64 = 0
    /// How often the recorded value was sent, because the target gave none at that place or one that
    /// can't stand in the request.
    public internal(set) var unsubstituted: UInt64 = 0

    static func += (left: inout CausalCounts, right: CausalCounts) {
        left.followed += right.followed
        left.violated += right.violated
        left.substituted += right.substituted
        left.unsubstituted += right.unsubstituted
    }
}

extension PlannedRequest {
    /// The request as it leaves, now that all of its causes have ended.
    ///
    /// - Parameters:
    ///   - ends: What came of each of the causes, in order.
    ///   - causality: What is done about them.
    /// - Returns: The request, which waits for nothing any more, and how its causes came out.
    func settled(
        by ends: [CauseEnd],
        _ causality: Causality
    ) -> (request: PlannedRequest, counts: CausalCounts) {
        var counts = CausalCounts()
        var replacements: [Substitution.Replacement] = []
        for (cause, end) in zip(causal?.causes ?? [], ends) {
            var value: [UInt8]?
            switch end {
            case .answered(let given):
                counts.followed += 1
                value = given
            case .failed: counts.violated += 1
            }
            guard causality == .substitution else { continue }
            guard let value, !cause.spots.isEmpty,
                cause.spots.allSatisfy({ $0.place.allows(value) })
            else {
                counts.unsubstituted += 1
                continue
            }
            counts.substituted += 1
            replacements += cause.spots.map { .init(range: $0.range, value: value) }
        }
        var settled = Substitution(bytes: bytes, delivery: delivery)
        settled.apply(replacements)
        return (settledCopy(settled), counts)
    }

    private func settledCopy(_ settled: Substitution) -> PlannedRequest {
        var outcome = outcome
        if settled.bytes != bytes, let head = settled.head { outcome.target = head.target }
        var causal = causal
        causal?.causes = []
        return PlannedRequest(
            outcome: outcome,
            bytes: settled.bytes,
            delivery: settled.delivery,
            answeredMethod: answeredMethod,
            isPipelined: isPipelined,
            endsConnection: endsConnection,
            causal: causal,
            plannedByteCount: plannedByteCount
        )
    }
}

/// Puts values in the place of others in the bytes of a request, and keeps its framing true.
struct Substitution {
    /// A value for a range of the bytes.
    struct Replacement: Equatable {
        var range: Range<Int>
        var value: [UInt8]
    }

    private(set) var bytes: [UInt8]
    private(set) var delivery: BodyDelivery?

    init(bytes: [UInt8], delivery: BodyDelivery? = nil) {
        self.bytes = bytes
        self.delivery = delivery
    }

    /// The head of the request.
    var head: RequestHead? {
        headEnd.flatMap { RequestHead(Array(bytes[..<$0])) }
    }

    private var headEnd: Int? {
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") {
            var next = offset + 1
            if next < bytes.count, bytes[next] == UInt8(ascii: "\r") { next += 1 }
            if next < bytes.count, bytes[next] == UInt8(ascii: "\n") { return next + 1 }
        }
        return nil
    }

    /// Replaces ranges that do not overlap.
    mutating func apply(_ replacements: [Replacement]) {
        guard !replacements.isEmpty, let head, let bodyOffset = headEnd else { return }
        let body = RequestBodyPlace(head, bytes, bodyOffset)
        var all = replacements
        let added = replacements.filter { $0.range.lowerBound >= bodyOffset }
            .reduce(0) { $0 + $1.value.count - $1.range.count }
        if added != 0 { all += lengthReplacements(head, body, bodyOffset, adding: added) }
        all.sort { $0.range.lowerBound > $1.range.lowerBound }
        var addedToHead = 0
        for replacement in all {
            if replacement.range.lowerBound < bodyOffset {
                addedToHead += replacement.value.count - replacement.range.count
            }
            bytes.replaceSubrange(replacement.range, with: replacement.value)
        }
        delivery?.offset += addedToHead
    }

    /// What tells the length of a body that becomes longer or shorter.
    private func lengthReplacements(
        _ head: RequestHead,
        _ body: RequestBodyPlace,
        _ bodyOffset: Int,
        adding added: Int
    ) -> [Replacement] {
        let count = body.range.count + added
        if body.isChunked {
            let size = bodyOffset..<body.range.lowerBound
            return [Replacement(range: size, value: Array("\(String(count, radix: 16))\r\n".utf8))]
        }
        return (0..<head.fields.count).compactMap { index in
            guard head.fields.isLine(at: index, named: "content-length") else { return nil }
            return Replacement(
                range: head.fields.valueRange(at: index),
                value: Array("\(count)".utf8)
            )
        }
    }
}
