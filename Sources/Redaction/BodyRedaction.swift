internal import TraceFormat

/// Replaces what is sensitive in the body of a message.
struct BodyRedaction {
    /// What a body is taken for.
    private enum Kind {
        case json, form
        /// Nobody can look into it: its bytes were not kept, or are compressed.
        case unreadable
        /// Nothing that the policy speaks of.
        case other
    }

    private let jsonPaths: [JSONPath]
    private let query: QueryRedaction
    private let placeholder: Placeholder

    /// Redacts what the policy calls sensitive.
    init(_ policy: RedactionPolicy, _ query: QueryRedaction, _ placeholder: Placeholder) {
        jsonPaths = policy.jsonPaths
        self.query = query
        self.placeholder = placeholder
    }

    /// Redacts the body of a message, of which the head is not redacted yet.
    func redact(_ message: inout RecordedMessage, counting counts: inout RedactionCounts) {
        guard !jsonPaths.isEmpty || !query.names.isEmpty, message.body.length > 0 else { return }
        switch kind(of: message) {
        case .other: break
        case .unreadable: seal(&message.body, &counts)
        case .form:
            guard var bytes = message.body.bytes else { return }
            let count = query.redactPairs(bytes.indices, of: &bytes)
            counts.queryValues += count
            if count > 0 { message.body.replace(bytes) }
        case .json:
            guard let bytes = message.body.bytes else { return }
            var redaction = JSONRedaction(bytes, jsonPaths, placeholder)
            do {
                let redacted = try redaction.run()
                counts.jsonValues += redaction.replacedCount
                if redaction.replacedCount > 0 { message.body.replace(redacted) }
            } catch {
                seal(&message.body, &counts)
            }
        }
    }

    /// Leaves out the bytes of a body that may hold secrets, and whatever they could be guessed by.
    private func seal(_ body: inout RecordedBody, _ counts: inout RedactionCounts) {
        body.bytes = nil
        body.fingerprint = placeholder.replacement(of: body.fingerprint)
        counts.sealedBodies += 1
    }

    private func kind(of message: RecordedMessage) -> Kind {
        let facts = BodyFacts(ofHead: message.head)
        let isForm = !query.names.isEmpty && facts.type.contains("x-www-form-urlencoded")
        let isNamedJSON = facts.type.isEmpty || facts.type.contains("json")
        guard let bytes = message.body.bytes, !facts.isCoded else {
            return isForm || !jsonPaths.isEmpty && isNamedJSON ? .unreadable : .other
        }
        if isForm { return .form }
        guard !jsonPaths.isEmpty else { return .other }
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let looksLikeJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        return looksLikeJSON || facts.type.contains("json") ? .json : .other
    }
}

extension RecordedBody {
    fileprivate mutating func replace(_ redacted: [UInt8]) {
        bytes = redacted
        fingerprint = Fingerprint(of: redacted)
    }
}

/// What the head of a message says of its body.
private struct BodyFacts {
    /// The media type in lower case; empty without one.
    private(set) var type = ""
    /// Whether the body is compressed, or coded in another way (RFC 9110, section 8.4).
    private(set) var isCoded = false

    init(ofHead head: [UInt8]) {
        for line in head.split(separator: 0x0A).dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard name == "content-type" || name == "content-encoding" else { continue }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self).lowercased()
                .filter { !$0.isWhitespace }
            if name == "content-type" {
                type = value
            } else if value != "identity", !value.isEmpty {
                isCoded = true
            }
        }
    }
}
