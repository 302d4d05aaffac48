import Redaction
import Testing
import TraceFormat

/// A key of which the tests know that it stays the same.
func testKey(_ secret: String = "a secret of the tests") throws -> RedactionKey {
    try RedactionKey(secret: Array(secret.utf8))
}

/// A message with a body, of which the bytes are kept unless that is unwanted.
func message(_ head: String, _ body: String = "", isKept: Bool = true) -> RecordedMessage {
    let bytes = Array(body.utf8)
    return RecordedMessage(
        head: Array(head.replacing("\n", with: "\r\n").utf8),
        body: RecordedBody(
            length: UInt64(bytes.count),
            wireLength: UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: isKept ? bytes : nil
        ),
        firstByteTime: 0,
        lastByteTime: 0,
        isComplete: true
    )
}

/// An exchange of a request and, perhaps, a response.
func exchange(_ request: RecordedMessage, _ response: RecordedMessage? = nil) -> Exchange {
    Exchange(
        connection: 0,
        sequence: 0,
        request: request,
        response: response.map { RecordedResponse(status: 200, message: $0) },
        end: .complete
    )
}

extension RedactionPolicy {
    /// What a policy makes of an exchange.
    func redacted(_ original: Exchange, key: RedactionKey? = nil) throws -> Exchange {
        var redactor = Redactor(self, key: try key ?? testKey())
        var exchange = original
        redactor.redact(&exchange)
        return exchange
    }

    /// What a policy makes of the head of a request, with bare line feeds.
    func redacted(_ head: String) throws -> String {
        try redacted(exchange(message(head))).request.headText
    }

    /// What a policy makes of the body of a request.
    func redacted(body: String, type: String? = "application/json") throws -> String? {
        let field = type.map { "Content-Type: \($0)\n" } ?? ""
        let original = exchange(message("POST / HTTP/1.1\n\(field)\n", body))
        let redacted = try redacted(original).request.body
        #expect(redacted.length == original.request.body.length)
        if let bytes = redacted.bytes {
            #expect(bytes.count == body.utf8.count)
            #expect(redacted.fingerprint == Fingerprint(of: bytes))
        } else {
            #expect(redacted.fingerprint != original.request.body.fingerprint)
        }
        return redacted.bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension RecordedMessage {
    var headText: String { String(decoding: head, as: UTF8.self).replacing("\r\n", with: "\n") }
}

extension String {
    /// The value of a field in the text of a head.
    func value(of name: String) throws -> String {
        let line = try #require(split(separator: "\n").first { $0.hasPrefix("\(name):") })
        return String(line.dropFirst(name.count + 2))
    }
}
