import Redaction
import TestSupport
import Testing
import TraceFormat

@Suite struct HeadRedactionTests {
    @Test func credentialsAreReplacedByAsManyOtherCharacters() throws {
        let head = """
            GET / HTTP/1.1
            Host: shop
            Authorization: Bearer abc.def.ghi
            proxy-AUTHORIZATION: Basic dXNlcjpwYXNz
            X-API-Key:   key-123\u{20}
            Accept: */*

            """
        let redacted = try RedactionPolicy.standard.redacted(head + "\n")
        #expect(redacted.utf8.count == head.utf8.count + 1)
        let token = try redacted.value(of: "Authorization")
        #expect(token.hasPrefix("Bearer ") && token.utf8.count == "Bearer abc.def.ghi".count)
        #expect(!redacted.contains("abc.def.ghi"))
        #expect(!redacted.contains("dXNlcjpwYXNz"))
        #expect(try redacted.value(of: "proxy-AUTHORIZATION").hasPrefix("Basic "))
        #expect(!redacted.contains("key-123"))
        #expect(redacted.contains("\nX-API-Key:   "))
        #expect(redacted.contains("\nHost: shop\n") && redacted.contains("\nAccept: */*\n"))
    }

    @Test func aCredentialWithoutASchemeIsReplacedWhole() throws {
        let redacted = try RedactionPolicy.standard.redacted(
            "GET / HTTP/1.1\nAuthorization: abcdef\n\n"
        )
        #expect(try redacted.value(of: "Authorization") != "abcdef")
        #expect(try redacted.value(of: "Authorization").count == 6)
    }

    @Test func aCookieIsTheSameWhereItIsSetAndWhereItIsSent() throws {
        let original = exchange(
            message("GET / HTTP/1.1\nCookie: theme=dark; sid=\"abc123\"; bare\n\n"),
            message("HTTP/1.1 200 OK\nSet-Cookie: sid=abc123; Path=/; Max-Age=60; HttpOnly\n\n")
        )
        let redacted = try RedactionPolicy.standard.redacted(original)
        let pairs = try redacted.request.headText.value(of: "Cookie").split(separator: "; ")
        let set = try #require(try redacted.response?.message.headText.value(of: "Set-Cookie"))
        let parts = set.split(separator: "; ")
        #expect(parts.dropFirst() == ["Path=/", "Max-Age=60", "HttpOnly"])
        let value = parts[0].dropFirst("sid=".count)
        #expect(value.count == 6 && value != "abc123")
        #expect(pairs[1] == "sid=\"\(value)\"")
        #expect(pairs[0].hasPrefix("theme=") && pairs[0] != "theme=dark")
        #expect(pairs[2].count == 4 && pairs[2] != "bare")
    }

    @Test func equalValuesAreEqualAndDifferentOnesDifferUnderOneKeyOnly() throws {
        let head =
            "GET / HTTP/1.1\nX-API-Key: secret-one\nX-Token: secret-one\nX-Other: secret-two\n\n"
        let policy = try RedactionPolicy(fields: ["x-token", "X-OTHER"])
        let redacted = try policy.redacted(head)
        let key = try redacted.value(of: "X-API-Key")
        #expect(try redacted.value(of: "X-Token") == key)
        #expect(try redacted.value(of: "X-Other") != key)
        #expect(try policy.redacted(head) == redacted)
        let other = try policy.redacted(
            exchange(message(head)),
            key: testKey("another secret of theirs")
        )
        #expect(try other.request.headText.value(of: "X-API-Key") != key)
    }

    @Test func trailersAndInterimResponsesAreRedactedToo() throws {
        var original = exchange(message("GET / HTTP/1.1\n\n"), message("HTTP/1.1 200 OK\n\n"))
        original.request.trailers = Array("Cookie: a=secret\r\n".utf8)
        original.interim = [
            InterimResponse(
                head: Array("HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=secret\r\n\r\n".utf8),
                time: 0
            )
        ]
        let redacted = try RedactionPolicy.standard.redacted(original)
        #expect(!String(decoding: redacted.request.trailers, as: UTF8.self).contains("secret"))
        #expect(!String(decoding: redacted.interim[0].head, as: UTF8.self).contains("secret"))
    }

    @Test(arguments: [
        "GET / HTTP/2\nauthority: x\ncookie: a=secret\n\n",
        "GET / HTTP/1.1\nCookie : a=secret\n\n",
        "GET / HTTP/1.1\nCookie: a=\n secret\n\n",
        "GET / HTTP/1.1\nCookie:a=secret",
        "garbage\nCOOKIE:\ta=secret\n",
    ])
    func noSpellingOfAHeadKeepsASecret(_ head: String) throws {
        let redacted = try RedactionPolicy.standard.redacted(head)
        #expect(redacted.count == head.count)
        #expect(!redacted.contains("secret"))
    }

    @Test func onlyTheNamedParametersOfAQueryAreReplaced() throws {
        let policy = try RedactionPolicy(fields: [], queryNames: ["token", "a b"])
        let head = """
            GET /buy?token=abc&x=token&to%6Ben=abc&token=&a+b=secret#token=abc HTTP/1.1
            Referer: https://shop/?y=1&token=abc#here
            Other: ?token=abc


            """
        let redacted = try policy.redacted(head)
        let target = redacted.split(separator: " ")[1]
        let parts = target.split(separator: "&")
        let value = parts[0].dropFirst("/buy?token=".count)
        #expect(value.count == 3 && value != "abc")
        #expect(parts[1...3] == ["x=token", "to%6Ben=\(value)", "token="])
        #expect(parts[4].hasSuffix("#token=abc") && !parts[4].contains("secret"))
        #expect(try redacted.value(of: "Referer") == "https://shop/?y=1&token=\(value)#here")
        #expect(try redacted.value(of: "Other") == "?token=abc")
    }

    @Test func anyCutOfAHeadIsRedactedWithoutATrap() throws {
        let head = "GET /?t=abc HTTP/1.1\r\nCookie: a=\"b\"; c\r\nAuthorization: B x\r\n\r\n"
        let policy = try RedactionPolicy(fields: [], queryNames: ["t"])
        for end in 0...head.utf8.count {
            var original = exchange(message(""))
            original.request.head = Array(head.utf8.prefix(end))
            #expect(try policy.redacted(original).request.head.count == end)
        }
    }

    @Test(arguments: ["", "a b", "x:y", "Ümlaut"])
    func whatIsNoFieldNameIsRefused(_ name: String) {
        #expect(throws: RedactionError.invalidFieldName(name)) {
            try RedactionPolicy(fields: [name])
        }
    }

    @Test(arguments: ["Content-Length", "transfer-encoding", "Connection"])
    func aFieldThatFramesTheMessageIsRefused(_ name: String) {
        #expect(throws: RedactionError.framingField(name)) { try RedactionPolicy(fields: [name]) }
    }

    @Test func aShortKeyIsRefused() {
        #expect(throws: RedactionError.shortKey(byteCount: 15)) {
            try RedactionKey(secret: Array(repeating: 1, count: 15))
        }
    }

    @Test func whatWasReplacedIsCounted() throws {
        var redactor = Redactor(
            try RedactionPolicy(fields: [], queryNames: ["t"], jsonPaths: ["$.p"]),
            key: try testKey()
        )
        var original = exchange(
            message("POST /?t=1 HTTP/1.1\nCookie: a=b; c=d\nX-API-Key: k\n\n", #"{"p":"x"}"#),
            message("HTTP/1.1 200 OK\nContent-Type: application/json\n\n", "{}", isKept: false)
        )
        redactor.redact(&original)
        var ledger = Ledger()
        redactor.counts.write(to: &ledger)
        let counts = ledger.groups.first?.counters.map { "\($0.name) \($0.count)" }
        #expect(counts == ["fields 2", "query_values 1", "json_values 1", "sealed_bodies 1"])
    }
}
