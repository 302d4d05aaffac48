import JSONText
import SeededRandom
import Testing
import TestSupport
import TraceFormat

@testable import Analyzer

@Suite struct ContentTests {
    /// An answer with fields and a body.
    private func answer(
        _ index: UInt64,
        _ body: String,
        target: String = "/run/shop",
        status: UInt16 = 200,
        fields: String = ""
    ) -> Outcome {
        answer(index, bytes: Array(body.utf8), target: target, status: status, fields: fields)
    }

    private func answer(
        _ index: UInt64,
        bytes: [UInt8],
        target: String = "/run/shop",
        status: UInt16 = 200,
        fields: String = ""
    ) -> Outcome {
        var outcome = Outcome(
            index: index,
            connection: 0,
            sequence: index,
            method: "GET",
            target: target,
            due: 0,
            result: .completed
        )
        outcome.status = status
        outcome.keptBody = bytes
        outcome.keptFields = Array(fields.utf8)
        return outcome
    }

    private func answer(
        _ body: String,
        target: String = "/run/shop",
        status: UInt16 = 200,
        fields: String = ""
    ) -> Outcome {
        answer(0, body, target: target, status: status, fields: fields)
    }

    private func tally(
        _ pairs: [(Outcome, Outcome)],
        fields: [String] = ["content-type", "x-shop"]
    ) -> ContentTally {
        var pairing = ContentPairing(fields: fields)
        for (baseline, _) in pairs { pairing.add(baseline, to: .baseline) }
        for (_, candidate) in pairs.reversed() { pairing.add(candidate, to: .candidate) }
        return pairing.finish()
    }

    /// The paths at which two texts differ, each with what stands there.
    private func differences(_ one: String, _ other: String, ignoring: Set<String> = []) -> [String]
    {
        guard let one = JSONDocument(Array(one.utf8)), let other = JSONDocument(Array(other.utf8))
        else { return ["no JSON"] }
        return JSONComparison(one, other, ignoring: ignoring).differences.map {
            "\($0.location): \($0.baseline ?? "nothing") → \($0.candidate ?? "nothing")"
        }
    }

    @Test func valuesAreComparedByPath() {
        #expect(
            differences(
                #"{"id":1,"items":[{"price":5,"tags":["a"]},{"price":6,"tags":[]}],"a b":null}"#,
                #"{"items":[{"tags":["a"],"price":5},{"price":7,"tags":[]}],"id":"1","new":[1]}"#
            ) == [
                "$.id: 1 → \"1\"", "$.items[1].price: 6 → 7", "$['a b']: null → nothing",
                "$.new: nothing → [] of 1",
            ]
        )
    }

    @Test func positionsAreFoldedAndTheFirstIsTheExample() {
        let tally = tally([
            (answer(#"{"items":[1,2,3]}"#), answer(#"{"items":[1,9,9]}"#))
        ])
        let places = ContentChanges(tally).places
        #expect(places.map(\.place.path) == ["$.items[]"])
        #expect(places.map(\.location) == ["$.items[1]"])
        #expect(places.map(\.count) == [1])
    }

    @Test func arraysOfOtherLengthsDifferInTheirLengthAlone() {
        #expect(differences("[1,2,3]", "[2,3]") == ["$: 3 elements → 2 elements"])
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #" { "b" : 2 , "a" : 1 } "#), (#"["\u0041\n"]"#, #"["A\u000a"]"#),
        ("[1.0, 1e2]", "[1, 100]"), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
    ])
    func otherSpellingsOfTheSameAreAlike(one: String, other: String) {
        #expect(differences(one, other) == [])
    }

    @Test func wholeNumbersBeyondDoubleAreExact() {
        #expect(
            differences("[9007199254740993]", "[9007199254740992]")
                == ["$[0]: 9007199254740993 → 9007199254740992"]
        )
    }

    @Test func whatDiffersByNatureIsNoDifference() {
        let bodies = [(1, #"["a","b"]"#), (2, #"["b","a"]"#)].map { number, modules in
            #"{"status":"ready","timestamp":\#(number),"memory":{"allocated_bytes":\#(number)},"#
                + #""loaded_modules":\#(modules)}"#
        }
        let alike = tally([
            (answer(bodies[0], target: "/health?x=1"), answer(bodies[1], target: "/health?x=1"))
        ])
        #expect(alike.different == 0)
        #expect(alike.sameContent == 1)
        let other = tally([(answer(bodies[0]), answer(bodies[1]))])
        #expect(
            Set(other.entries.keys.map(\.place.path))
                == ["$.timestamp", "$.memory.allocated_bytes"]
        )
        let refused = tally([
            (answer("max 4 concurrent", status: 429), answer("max 8 concurrent", status: 429))
        ])
        #expect(refused.different == 0)
        #expect(refused.withoutBody == 1)
    }

    @Test func fieldsAreComparedByNameWithoutCase() {
        let tally = tally(
            [
                (
                    answer("{}", fields: "X-Shop: one\r\nDate: now\r\n"),
                    answer("{}", fields: "x-shop:two\r\nDate: then\r\ncontent-type: text/plain\r\n")
                )
            ],
            fields: ["x-shop", "date", "content-type"]
        )
        let places = ContentChanges(tally).places
        #expect(places.map(\.place.words) == ["header content-type", "header x-shop"])
        #expect(places.map(\.example) == ["#0: nothing → text/plain", "#0: one → two"])
    }

    @Test func otherBodiesDifferFromTheirFirstByteOn() {
        let tally = tally([
            (answer(0, "<p>old</p>"), answer(0, "<p>new</p>")),
            (answer(1, "abc"), answer(1, "abcd")),
        ])
        let place = ContentChanges(tally).places[0]
        #expect(place.place.words == "body bytes")
        #expect(place.count == 2)
        #expect(place.example == "#0 byte 3: \"old</p>\" → \"new</p>\"")
    }

    @Test func codingsAreUndone() {
        let text = #"{"price":5}"#
        let zlib = deflated(Array(text.utf8))
        let coded = { (bytes: [UInt8], coding: String) in
            self.answer(0, bytes: bytes, fields: "Content-Encoding: \(coding)\r\n")
        }
        let raw = Array(zlib.dropFirst(2).dropLast(4))
        for bytes in [zlib, raw] {
            let tally = tally([(answer(text), coded(bytes, "deflate"))])
            #expect(tally.different == 0)
            #expect(tally.sameContent == 1)
        }
        let unknown = tally([(answer(text), coded(zlib, "br"))])
        #expect(unknown.unreadable == 1)
        for count in 0..<zlib.count {
            let cut = tally([(answer(text), coded(Array(zlib[..<count]), "deflate"))])
            #expect(cut.unreadable + cut.different == 1, "cut at \(count)")
        }
    }

    @Test func contentThatGrowsTooLongIsNotLookedInto() {
        let zeros = deflated([UInt8](repeating: 0, count: ContentCodings.limit + 1))
        #expect(ContentCodings.content(of: zeros, codings: ["deflate"]) == nil)
        let fitting = deflated([UInt8](repeating: 0, count: ContentCodings.limit))
        #expect(ContentCodings.content(of: fitting, codings: ["deflate"])?.count == 4 << 20)
    }

    @Test func placesThatDifferBetweenBaselinesAreNoise() {
        // Of 60 answers, 40 have another time, 5 another price, and all another version.
        func run(_ side: Int) -> [Outcome] {
            (UInt64(0)..<60).map { number in
                let time = side > 0 && number < 40 ? side : 0
                let price = side == 2 && number >= 55 ? 9 : 5
                let version = side == 2 || (side == 1 && number == 3) ? 2 : 1
                return answer(
                    number,
                    #"{"time":\#(time),"price":\#(price),"version":\#(version)}"#
                )
            }
        }
        let (baseline, twin, candidate) = (run(0), run(1), run(2))
        let changes = ContentChanges(
            tally(Array(zip(baseline, candidate))),
            noise: tally(Array(zip(baseline, twin)))
        )
        #expect(changes.compared == 60)
        #expect(changes.different == 60)
        #expect(changes.places.map(\.place.path) == ["$.version", "$.price", "$.time"])
        #expect(changes.places.map(\.count) == [60, 5, 40])
        #expect(changes.places.map(\.noiseCount) == [1, 0, 40])
        #expect(changes.places.map(\.isNoise) == [false, false, true])
        #expect(changes.places[1].example == "#55: 5 → 9")
    }

    @Test func namesWithoutEndAreCountedTogether() {
        let pairs = (0..<UInt64(ContentTally.limit + 10)).map { number in
            (answer(number, "{}"), answer(number, #"{"id-\#(number)":1}"#))
        }
        let tally = tally(pairs)
        #expect(tally.entries.count == ContentTally.limit)
        #expect(tally.others == 10)
        let members = (0..<JSONComparison.limit + 7).map { "\"m\($0)\":1" }
        let wide = self.tally([(answer("{}"), answer("{\(members.joined(separator: ","))}"))])
        #expect(wide.entries.count == JSONComparison.limit)
        #expect(wide.others == 7)
    }

    @Test func answersThatWaitTooLongAreCounted() {
        var pairing = ContentPairing(fields: [])
        let body = [UInt8](repeating: 0, count: 1 << 20)
        for number in 0..<70 { pairing.add(answer(UInt64(number), bytes: body), to: .baseline) }
        for number in 0..<70 { pairing.add(answer(UInt64(number), bytes: body), to: .candidate) }
        let tally = pairing.finish()
        #expect(tally.leftOut + tally.compared == 70)
        #expect(tally.compared == 7)
    }

    @Test func recordingsAreComparedToo() {
        let head = Array("GET /run/shop HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let body = Array(#"{"price":5}"#.utf8)
        let response = RecordedMessage(
            head: Array("HTTP/1.1 200 OK\r\nX-Shop: one\r\n\r\n".utf8),
            body: RecordedBody(
                length: UInt64(body.count),
                wireLength: UInt64(body.count),
                fingerprint: Fingerprint(of: body),
                bytes: body
            ),
            firstByteTime: 1,
            lastByteTime: 1,
            isComplete: true
        )
        let exchange = Exchange(
            connection: 0,
            sequence: 0,
            request: RecordedMessage(
                head: head,
                firstByteTime: 0,
                lastByteTime: 0,
                isComplete: true
            ),
            response: RecordedResponse(status: 200, message: response),
            end: .complete
        )
        var pairing = ContentPairing(fields: ["x-shop"])
        pairing.add(exchange, index: 0)
        pairing.add(answer(#"{"price":6}"#, fields: "x-shop: one\r\n"), to: .candidate)
        let places = ContentChanges(pairing.finish()).places
        #expect(places.map(\.example) == ["#0: 5 → 6"])
        #expect(places.map(\.route) == ["/run/shop"])
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "[1] 2", "01x", "+1", "\"a", "nul", "{\"a\":1,}", "0x10",
    ])
    func whatIsNoJSONIsNone(text: String) {
        #expect(JSONDocument(Array(text.utf8)) == nil)
    }

    @Test func deepTextIsRefusedAndDamageNeverTraps() {
        let deep = JSONDocument.depthLimit
        #expect(JSONDocument(nested(deep)) != nil)
        #expect(JSONDocument(nested(deep + 1)) == nil)
        #expect(JSONDocument([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\\",{"b":null}],"c":true}"#.utf8)
        for count in 0..<text.count { #expect(JSONDocument(Array(text[..<count])) == nil) }
        var random = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            var (one, other) = (text, text)
            one[Int(random.next() % UInt64(text.count))] = UInt8(truncatingIfNeeded: random.next())
            other[Int(random.next() % UInt64(text.count))] = UInt8(
                truncatingIfNeeded: random.next()
            )
            _ = tally([(answer(0, bytes: one), answer(0, bytes: other))])
        }
    }

    private func nested(_ depth: Int) -> [UInt8] {
        Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
}
