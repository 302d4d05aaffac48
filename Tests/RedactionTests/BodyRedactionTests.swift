import Foundation
import Redaction
import SeededRandom
import Testing
import TraceFormat

@Suite struct BodyRedactionTests {
    private func policy(_ paths: String...) throws -> RedactionPolicy {
        try RedactionPolicy(fields: [], jsonPaths: paths)
    }

    @Test func stringsAndNumbersAtAPathAreReplacedAndTheRestStays() throws {
        let body = #"{"user": {"name": "Ann", "pin": 1234, "ok": true}, "name": "Bob"}"#
        let redacted = try #require(try policy("$.user.name", "user.pin").redacted(body: body))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(redacted.utf8)) as? [String: Any]
        )
        let user = try #require(object["user"] as? [String: Any])
        let name = try #require(user["name"] as? String)
        let pin = try #require(user["pin"] as? Int)
        #expect(name != "Ann" && name.count == 3)
        #expect(pin != 1234 && (1000...9999).contains(pin))
        #expect(user["ok"] as? Bool == true)
        #expect(object["name"] as? String == "Bob")
    }

    @Test(arguments: [
        ("$.a", #"{"a":"SECRET","b":"open"}"#),
        ("a", #"{"a":"SECRET","b":"open"}"#),
        ("$.a[1]", #"{"a":["open","SECRET",["open"]]}"#),
        ("$.a[*].n", #"{"a":[{"n":"SECRET"},{"n":"SECRET","m":"open"}]}"#),
        ("$.*.n", #"{"a":{"n":"SECRET"},"n":"open"}"#),
        ("$..n", #"{"n":"SECRET","a":[[{"n":"SECRET","m":"open"}]]}"#),
        ("$..a.n", #"{"n":"open","a":{"n":"SECRET","x":{"a":{"n":"SECRET"}}}}"#),
        ("$['a.b']", #"{"a.b":"SECRET","a":{"b":"open"}}"#),
        (#"$["a\b"]"#, #"{"a\\b":"SECRET","a":{"b":"open"}}"#),
        ("$.a", #"{"\u0061":"SECRET","b":"open"}"#),
        ("$.😀", #"{"\ud83d\ude00":"SECRET","b":"open"}"#),
        ("$.a", #"{"a":{"x":"SECRET","y":["SECRET",{"z":"SECRET"}]},"b":"open"}"#),
        ("$[0]", #"["SECRET","open"]"#),
        ("$", #"{"x":["SECRET"]}"#),
        ("$.a", #"{"a":"SECRET \" and \\ more","b":"open"}"#),
        ("$.a", "{\"a\":\"SECRET\"}\n{\"a\":\"SECRET\",\"b\":\"open\"}\n"),
    ])
    func aPathLeadsWhereJSONPathSays(_ path: String, _ body: String) throws {
        let redacted = try #require(try policy(path).redacted(body: body))
        #expect(!redacted.contains("SECRET"), "\(redacted)")
        let count = { (text: String) in text.split(separator: "open").count }
        #expect(count(redacted) == count(body), "\(redacted)")
        for line in redacted.split(separator: "\n") {
            _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
        }
    }

    @Test(arguments: ["0", "-7", "10", "0.25", "-1234.5e-6", "1E+9", "4111111111111111"])
    func aNumberStaysANumberOfTheSameLength(_ number: String) throws {
        let redacted = try #require(try policy("$.n").redacted(body: #"{"n":\#(number)}"#))
        _ = try JSONSerialization.jsonObject(with: Data(redacted.utf8))
        #expect(redacted.contains("-") == number.contains("-"))
    }

    @Test func jsonIsRecognisedWithoutItsMediaType() throws {
        let redacted = try policy("$.a").redacted(body: #" {"a":"SECRET"}"#, type: nil)
        #expect(try #require(redacted).contains("SECRET") == false)
        #expect(try policy("$.a").redacted(body: "plain SECRET", type: nil) == "plain SECRET")
    }

    @Test(arguments: [
        #"{"a":"SECRET""# + "\u{1}}", #"{"a" "SECRET"}"#, "[1,]2]", "]", "nul!", "12x",
        String(repeating: "[", count: 600),
    ])
    func whatIsNoJSONIsLeftOut(_ body: String) throws {
        #expect(try policy("$.b").redacted(body: body) == nil)
    }

    @Test func aBodyThatWasCutIsRedactedAsFarAsItGoes() throws {
        let body = #"{"b":[true,null,{"c":-1.5e3}],"a":"SECRET \u0041","d":false}"#
        let policy = try policy("$.a", "$..c")
        for end in 1...body.utf8.count {
            let cut = String(decoding: body.utf8.prefix(end), as: UTF8.self)
            let redacted = try #require(try policy.redacted(body: cut))
            #expect(end < 38 || !redacted.contains("SECR"), "\(redacted)")
        }
    }

    @Test func aCompressedOrUnkeptBodyCanNotBeLookedInto() throws {
        let policy = try policy("$.a")
        let coded = "POST / HTTP/1.1\nContent-Type: application/json\nContent-Encoding: gzip\n\n"
        let plain = "POST / HTTP/1.1\nContent-Type: application/json\n\n"
        for original in [message(coded, "xyz"), message(plain, #"{"a":1}"#, isKept: false)] {
            let body = try policy.redacted(exchange(original)).request.body
            #expect(body.bytes == nil)
            #expect(body.fingerprint != original.body.fingerprint)
            #expect(body.length == original.body.length)
        }
        let html = exchange(
            message("GET / HTTP/1.1\nContent-Type: text/html\n\n", "x", isKept: false)
        )
        #expect(try policy.redacted(html) == html)
    }

    @Test func formsAreQueriesInABody() throws {
        let policy = try RedactionPolicy(fields: [], queryNames: ["pin"])
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        let redacted = try #require(
            try policy.redacted(body: "a=1&pin=SECRET&b=2", type: type)
        )
        #expect(redacted.hasPrefix("a=1&pin=") && redacted.hasSuffix("&b=2"))
        #expect(!redacted.contains("SECRET"))
        #expect(try policy.redacted(body: "pin=SECRET", type: "text/plain") == "pin=SECRET")
    }

    @Test func aPolicyWithoutPathsLeavesBodiesAlone() throws {
        let original = exchange(
            message("POST / HTTP/1.1\nContent-Type: application/json\n\n", "{", isKept: true)
        )
        #expect(try RedactionPolicy.standard.redacted(original) == original)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomBytesNeverTrapAndKeepTheirLength(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array(#"{}[]",:\u0041tfnulrse-+.e19 ab"#.utf8)
        var redactor = Redactor(
            try RedactionPolicy(fields: [], queryNames: ["a"], jsonPaths: ["$..a", "$.b[*]"]),
            key: try testKey()
        )
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            var random = exchange(
                message("POST / HTTP/1.1\n\n", String(decoding: bytes, as: UTF8.self))
            )
            redactor.redact(&random)
            #expect(random.request.body.bytes?.count ?? bytes.count == bytes.count)
        }
    }

    @Test(arguments: ["", "$", "$.", "a..", "$.a[", "$.a[x]", "$.a[-1]", "$['a", "$a", "a b"])
    func pathsAreReadOrRefused(_ path: String) throws {
        if path == "$" {
            _ = try JSONPath(path)
        } else {
            #expect(throws: RedactionError.self, "\(path)") { try JSONPath(path) }
        }
    }
}
