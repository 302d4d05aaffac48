import Redaction
import Testing
import TraceFormat

@testable import Editing

@Suite struct AnonymityCheckTests {
    private static let secret = "abcdefgh-secret-token"

    private func exchange(_ fields: String, body: String = "") -> Exchange {
        Exchange(
            connection: 3,
            sequence: 5,
            request: RecordedMessage(
                head: Array("GET /a HTTP/1.1\r\n\(fields)\r\n\r\n".utf8),
                body: RecordedBody(
                    length: UInt64(body.utf8.count),
                    wireLength: UInt64(body.utf8.count),
                    fingerprint: Fingerprint(of: Array(body.utf8)),
                    bytes: Array(body.utf8)
                ),
                firstByteTime: 0,
                lastByteTime: 0,
                isComplete: true
            ),
            response: nil,
            end: .closedWithoutResponse
        )
    }

    private func check(_ original: Exchange, against result: Exchange) throws -> AnonymityCheck {
        var check = try AnonymityCheck(.standard)
        check.learn(original)
        check.check(result)
        return check
    }

    @Test func redactedTraceHasNoLeak() throws {
        let original = exchange("Authorization: Bearer \(Self.secret)\r\nCookie: sid=0123456789")
        var redacted = original
        var redactor = Redactor(.standard, key: .random())
        redactor.redact(&redacted)
        #expect(redacted != original)
        let check = try check(original, against: redacted)
        #expect(check.secretCount == 2 && check.leakCount == 0)
    }

    @Test func secretIsFoundWhereverItStands() throws {
        let original = exchange("Authorization: Bearer \(Self.secret)")
        let found = try check(original, against: original)
        #expect(
            found.leaks
                == [.init(connection: 3, sequence: 5, part: "request head", offset: 39)]
        )
        let elsewhere = exchange("X: y", body: "{\"t\":\"\(Self.secret)\"}")
        let moved = try check(original, against: elsewhere)
        #expect(moved.leaks == [.init(connection: 3, sequence: 5, part: "request body", offset: 6)])
    }

    @Test func partOfASecretIsNoLeak() throws {
        let original = exchange("Authorization: Bearer \(Self.secret)")
        let part = exchange("X: \(Self.secret.dropLast())")
        #expect(try check(original, against: part).leakCount == 0)
    }

    @Test func shortSecretsAreNotLookedFor() throws {
        let original = exchange("Cookie: a=1234567; b=12345678")
        let check = try check(original, against: original)
        #expect(check.secretCount == 1 && check.leakCount == 1)
    }

    @Test func leaksBeyondTheLimitAreCounted() throws {
        let secret = "0123456789"
        let many = Array(repeating: "a=\(secret)", count: 30).joined(separator: "; ")
        let original = exchange("Cookie: \(many)")
        let check = try check(original, against: original)
        #expect(check.secretCount == 1 && check.leakCount == 30)
        #expect(check.leaks.count == AnonymityCheck.leakLimit)
    }
}
