import Testing
import TestSupport
import TraceFormat

@testable import Replayer

@Suite struct CausalFinderTests {
    private let login = exchange(
        at: 0,
        answeredAt: 10,
        ["POST /login"],
        answer: ["Set-Cookie: sid=s3cr3tSession; Path=/"],
        json: #"{"token":"tok-9f8e7d","user":{"id":"user-4711"},"visits":1048313}"#
    )

    @Test func valuesAreFoundWhereverARequestCanCarryThem() {
        let found = edges(in: [
            login,
            exchange(on: 1, at: 20, answeredAt: 21, ["GET /users/user-4711/cart?ref=1048313"]),
            exchange(on: 2, at: 30, answeredAt: 31, ["GET /", "Cookie: a=b; sid=s3cr3tSession"]),
            exchange(on: 3, at: 40, answeredAt: 41, ["GET /", "Authorization: Bearer tok-9f8e7d"]),
            exchange(
                on: 4,
                at: 50,
                answeredAt: 51,
                ["POST /orders", "Content-Type: application/json"],
                body: #"{"by":["user-4711"],"n":1048313}"#
            ),
            exchange(
                on: 5,
                at: 60,
                answeredAt: 61,
                ["POST /orders", "Content-Type: application/x-www-form-urlencoded"],
                body: "a=1&user=user-4711"
            ),
        ])
        #expect(found.causes(of: 0) == [])
        #expect(found.causes(of: 1) == ["0:1048313", "0:user-4711"])
        #expect(found.causes(of: 2) == ["0:s3cr3tSession"])
        #expect(found.causes(of: 3) == ["0:tok-9f8e7d"])
        #expect(found.causes(of: 4) == ["0:1048313", "0:user-4711"])
        #expect(found.causes(of: 5) == ["0:user-4711"])
        #expect(found.useCount(ofProducer: 0) == 7)
        #expect(found.overview(copies: 3).edges == 21 && found.overview(copies: 3).values == 4)
    }

    @Test func aLocationGivesTheIdentifiersOfItsPathAndQuery() {
        let created = exchange(
            at: 0,
            answeredAt: 1,
            ["POST /orders"],
            answer: ["Location: /orders/or-77123?key=k3y-k3y9"]
        )
        let found = edges(in: [
            created, exchange(at: 2, answeredAt: 3, ["GET /orders/or-77123?k=k3y-k3y9"]),
        ])
        #expect(found.causes(of: 1) == ["0:k3y-k3y9", "0:or-77123"])
    }

    @Test func aResponseThatHadNotEndedIsNoCause() {
        let found = edges(in: [
            login,
            exchange(on: 1, at: 5, answeredAt: 6, ["GET /users/user-4711"]),
            exchange(on: 2, at: 50, answeredAt: 60, ["GET /users/user-4711"]),
        ])
        #expect(found.count == 0)
    }

    @Test func whatAClientSentFirstIsItsOwn() {
        let found = edges(in: [
            exchange(at: 0, answeredAt: 1, ["GET /users/user-4711"], json: #"["user-4711"]"#),
            exchange(at: 2, answeredAt: 3, ["GET /users/user-4711"]),
        ])
        #expect(found.count == 0)
    }

    @Test func theResponseThatEndedFirstIsTheCause() {
        let found = edges(in: [
            exchange(on: 0, at: 0, answeredAt: 100, ["GET /slow"], json: #"["item-000123"]"#),
            exchange(on: 1, at: 10, answeredAt: 20, ["GET /fast"], json: #"["item-000123"]"#),
            exchange(on: 2, at: 50, answeredAt: 60, ["GET /item-000123"]),
        ])
        #expect(found.causes(of: 2) == ["1:item-000123"])
    }

    @Test func edgesFromWhatIsNotPlayedAreCounted() {
        let exchanges = [
            login,
            exchange(on: 1, at: 20, answeredAt: 21, ["GET /users/user-4711"]),
            exchange(on: 2, at: 30, answeredAt: 31, ["GET /users/user-4711"]),
        ]
        let found = edges(in: exchanges, played: { $0 == 1 })
        #expect(found.count == 0 && found.overview(copies: 1).elsewhere == 1)
    }

    @Test func anEmptyBodyIsNotMissing() {
        let empty = exchange(
            at: 0,
            answeredAt: 1,
            ["HEAD /"],
            answer: ["Content-Type: application/json", "Content-Encoding: gzip"]
        )
        #expect(edges(in: [empty]).overview(copies: 1).unreadBodies == 0)
    }

    @Test func bodiesThatAreNotThereAreCounted() {
        var bodiless = login
        bodiless.response?.message.body.bytes = nil
        let found = edges(in: [
            bodiless,
            exchange(on: 1, at: 20, answeredAt: 21, ["GET /users/user-4711"]),
            exchange(on: 2, at: 30, answeredAt: 31, ["GET /", "Cookie: sid=s3cr3tSession"]),
        ])
        #expect(found.causes(of: 1) == [] && found.causes(of: 2) == ["0:s3cr3tSession"])
        #expect(found.overview(copies: 1).unreadBodies == 1)
    }

    @Test func aGzippedBodyIsInflated() {
        var gzipped = login
        var writer = GzipWriter()
        var bytes = writer.deflate(Array(#"{"id":"user-4711"}"#.utf8))
        bytes += writer.finish()
        gzipped.response?.message.body.bytes = bytes
        gzipped.response?.message.head.insert(
            contentsOf: Array("Content-Encoding: gzip\r\n".utf8),
            at: "HTTP/1.1 200 OK\r\n".utf8.count
        )
        let found = edges(in: [
            gzipped, exchange(on: 1, at: 20, answeredAt: 21, ["GET /users/user-4711"]),
        ])
        #expect(found.causes(of: 1) == ["0:user-4711"])
    }

    @Test func memoryIsBoundedAndWhatIsForgottenIsCounted() {
        let many = exchange(
            at: 0,
            answeredAt: 1,
            ["GET /"],
            json: "[" + (0..<30).map { #""item-\#(1000 + $0 * 37)""# }.joined(separator: ",") + "]"
        )
        let uses = (0..<30).reversed().map { number in
            exchange(at: 2, answeredAt: 3, ["GET /item-\(1000 + number * 37)"])
        }
        let found = edges(in: [many] + uses, valueLimit: 10, edgeLimit: 4)
        #expect(found.count == 4)
        #expect(found.overview(copies: 1).forgottenValues >= 20)
        #expect(found.overview(copies: 1).forgottenEdges > 0)
    }

    @Test func aValueThatIsUsedIsRememberedLongerThanOthers() {
        var seen = FirstSeenValues(limit: 2)
        seen.set([1], .client)
        seen.set([2], .client)
        #expect(seen.source(of: [1]) == .client)
        seen.set([3], .client)
        #expect(seen.source(of: [1]) == .client && seen.source(of: [2]) == nil)
        #expect(seen.forgottenCount == 0)
    }

    @Test(arguments: [
        ("user-4711", true), ("1048313", true), ("5b0d7e0a-5c1c-4f0e-9d77-0f2d1c7e8a11", true),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ", true), ("u-471", false), ("checkout", false),
        ("1000000", false), ("2026-11-26T10:00:00Z", false), ("127.0.0.1:3000", false),
        ("3.14159265", false), ("aaaaaa1", false), ("a b 1 c 2", false), ("id={1234}", false),
        (String(repeating: "ab12", count: 64), true), (String(repeating: "ab12", count: 65), false),
    ])
    func onlyDistinctiveValuesCount(value: String, isOne: Bool) {
        #expect(DistinctiveValue.isOne(Array(value.utf8)[...]) == isOne)
    }

    @Test func leavesOfJSONAreFoundWithTheirPaths() {
        let bytes = Array(#"{"a":{"b":[1,"x",{"c":true,"d":"y\"z"}]},"e":-2.5}"#.utf8)
        var found: [String] = []
        JSONLeaves.forEach(in: bytes) { leaf in
            let path = leaf.path.map { step in
                switch step {
                case .member(let name): String(decoding: name, as: UTF8.self)
                case .element(let number): "\(number)"
                }
            }
            let value = String(decoding: bytes[leaf.range], as: UTF8.self)
            found.append("\(path.joined(separator: "."))=\(value)")
        }
        #expect(found == ["a.b.0=1", "a.b.1=x", #"a.b.2.d=y\"z"#, "e=-2.5"])
    }

    @Test func textThatIsNoJSONHasNoLeaves() {
        for text in [
            "{\"id\":\"user-4711\"", "[1,]", "\u{1}", String(repeating: "[", count: 100_000),
        ] {
            JSONLeaves.forEach(in: Array(text.utf8)) { Issue.record("\($0) in \(text.prefix(20))") }
        }
    }
}
