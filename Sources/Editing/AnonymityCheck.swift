public import Redaction
public import TraceFormat

/// Looks for secrets of an original trace in one that is meant to be without them.
///
/// A secret is whatever the policy replaces in the original, if it has at least eight bytes. To
/// find them, the original is redacted with several keys: where one of the results differs from
/// it, something was replaced. All secrets are kept in memory, each once.
public struct AnonymityCheck: Sendable {
    /// A secret that was found.
    public struct Leak: Equatable, Sendable {
        /// The connection of the exchange that holds it.
        public var connection: UInt64
        /// The exchange's position on its connection.
        public var sequence: UInt64
        /// The part that holds it, such as `request head`.
        public var part: String
        /// Where it starts in the part.
        public var offset: Int
    }

    /// The fewest bytes that a secret has.
    public static let leastByteCount = 8
    /// How many leaks are kept; beyond, they are only counted.
    public static let leakLimit = 20

    /// The first leaks.
    public private(set) var leaks: [Leak] = []
    /// How often a secret was found.
    public private(set) var leakCount: UInt64 = 0
    /// How many different secrets there are.
    public private(set) var secretCount = 0
    private var redactors: [Redactor]
    /// The secrets by their first eight bytes.
    private var secrets: [UInt64: [[UInt8]]] = [:]

    /// Looks for what this policy replaces.
    public init(_ policy: RedactionPolicy) throws(RedactionError) {
        // A placeholder has a byte of its original by chance once in 64 times: of four in a row
        // that never happens in practice.
        redactors = []
        for number in 0..<4 as Range<UInt8> {
            let secret = [UInt8](repeating: number, count: RedactionKey.leastByteCount)
            redactors.append(Redactor(policy, key: try RedactionKey(secret: secret)))
        }
    }

    /// Learns the secrets of an exchange of the original.
    public mutating func learn(_ exchange: Exchange) {
        let parts = exchange.parts
        var isReplaced = parts.map { [Bool](repeating: false, count: $0.bytes.count) }
        for index in redactors.indices {
            var redacted = exchange
            redactors[index].redact(&redacted)
            for (part, (original, other)) in zip(parts, redacted.parts).enumerated()
            where original.bytes.count == other.bytes.count {
                for offset in original.bytes.indices
                where original.bytes[offset] != other.bytes[offset] {
                    isReplaced[part][offset] = true
                }
            }
        }
        for (part, mask) in zip(parts, isReplaced) { learn(part.bytes, where: mask) }
    }

    private mutating func learn(_ bytes: [UInt8], where isReplaced: [Bool]) {
        var start = 0
        while let first = isReplaced[start...].firstIndex(of: true) {
            let end = isReplaced[first...].firstIndex(of: false) ?? bytes.count
            start = end
            guard end - first >= Self.leastByteCount else { continue }
            let secret = Array(bytes[first..<end])
            let key = word(secret, at: 0)
            guard !secrets[key, default: []].contains(secret) else { continue }
            secrets[key, default: []].append(secret)
            secretCount += 1
        }
    }

    /// Looks through an exchange of the trace that is meant to be without secrets.
    public mutating func check(_ exchange: Exchange) {
        for part in exchange.parts where part.bytes.count >= Self.leastByteCount {
            for offset in 0...part.bytes.count - Self.leastByteCount {
                guard let candidates = secrets[word(part.bytes, at: offset)],
                    candidates.contains(where: { part.bytes[offset...].starts(with: $0) })
                else { continue }
                leakCount += 1
                guard leaks.count < Self.leakLimit else { continue }
                leaks.append(
                    Leak(
                        connection: exchange.connection,
                        sequence: exchange.sequence,
                        part: part.name,
                        offset: offset
                    )
                )
            }
        }
    }

    private func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for byte in bytes[offset..<offset + Self.leastByteCount] { word = word << 8 | UInt64(byte) }
        return word
    }
}

extension Exchange {
    /// Everything in an exchange that clients and servers wrote, always in the same order.
    fileprivate var parts: [(name: String, bytes: [UInt8])] {
        var parts = request.parts(named: "request")
        for interim in interim { parts.append(("interim response", interim.head)) }
        if let response { parts += response.message.parts(named: "response") }
        return parts
    }
}

extension RecordedMessage {
    fileprivate func parts(named name: String) -> [(name: String, bytes: [UInt8])] {
        [
            ("\(name) head", head), ("\(name) body", body.bytes ?? []),
            ("\(name) trailers", trailers),
        ]
    }
}
