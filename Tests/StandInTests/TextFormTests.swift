import SeededRandom
import Testing

@testable import StandIn

@Suite struct CivilTimeTests {
    @Test(
        arguments: [
            (784_111_777_123_456, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.123456Z"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000000Z"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399_000_000, "Sun, 28 Feb 2100 23:59:59 GMT", "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400_000_000, "Mon, 01 Mar 2100 00:00:00 GMT", "2100-03-01T00:00:00.000000Z"),
        ] as [(Int64, String, String)]
    )
    func momentsHaveTheirDates(microseconds: Int64, fixdate: String, rfc3339: String) {
        let time = CivilTime(microsecondsSince1970: microseconds)
        #expect(time.imfFixdate == fixdate)
        #expect(time.rfc3339 == rfc3339)
    }

    @Test func theDateFieldChangesWithTheSecond() {
        var host = makeHost()
        #expect(host.dateText(at: .milliseconds(999)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(host.dateText(at: .milliseconds(1000)) == "Sun, 06 Nov 1994 08:49:38 GMT")
    }
}

@Suite struct RequestIdentityTests {
    private static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private var generator = SplitMix64(seed: 3)

    private mutating func identity(_ traceparent: String?) -> RequestIdentity {
        RequestIdentity(inboundTraceparent: traceparent, using: &generator)
    }

    @Test mutating func requestIDsAreVersion4UUIDsAndNeverTheSame() throws {
        var seen: Set<String> = []
        for _ in 0..<100 {
            let id = identity(nil).requestID
            #expect(
                try /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
                    .wholeMatch(in: id) != nil
            )
            seen.insert(id)
        }
        #expect(seen.count == 100)
    }

    @Test mutating func aValidTraceparentIsEchoedWithItsFlagsReduced() {
        #expect(identity(Self.valid).traceparent == Self.valid)
        #expect(identity(Self.valid.uppercased()).traceparent == Self.valid)
        #expect(
            identity(Self.valid.dropLast(2) + "fe").traceparent == Self.valid.dropLast(2) + "00"
        )
        #expect(identity(Self.valid.dropLast(2) + "ff").traceparent == Self.valid)
        #expect(identity(Self.valid).traceID == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test(arguments: [
        nil, "", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ])
    mutating func anyOtherTraceparentIsReplacedByAFreshOne(inbound: String?) {
        let fresh = identity(inbound).traceparent
        #expect(fresh != inbound)
        #expect(validTraceparent(fresh) == fresh)
    }
}

@Suite struct JSONTests {
    @Test(arguments: [
        "null", " true ", "[]", "{}", "-0", "0.5e-3", "12E+4", #""a\u00e9\n""#,
        #"{"a":[1,{"b":false}], "c":""}"#,
        String(repeating: "[", count: 127)
            + String(repeating: "]", count: 127),
    ])
    func valuesAreRecognised(text: String) {
        let isValue = isJSON(Array(text.utf8).span)
        #expect(isValue)
    }

    @Test(arguments: [
        "", " ", "nul", "[1,]", "{\"a\"}", "{a:1}", "01", "1.", ".5", "1e", "-", "\"a", "\"\\x\"",
        "\"\\u12\"", "\"\n\"", "{} {}", "[", "{\"a\":1,}",
        String(repeating: "[", count: 128)
            + String(repeating: "]", count: 128),
    ])
    func everythingElseIsNot(text: String) {
        let isValue = isJSON(Array(text.utf8).span)
        #expect(!isValue)
    }

    @Test func stringsAreEscaped() {
        #expect(jsonString("a\"b\\c\u{1}\té") == #""a\"b\\c\u0001\té""#)
    }
}
