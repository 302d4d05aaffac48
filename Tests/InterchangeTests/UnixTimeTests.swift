import SeededRandom
import Testing

@testable import Interchange

@Suite struct UnixTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (1_790_000_000_123_456_789, "2026-09-21T14:13:20.123456789Z"),
            (-4_600_000_000_000_000_000, "1824-03-26T06:13:20.000000000Z"),
        ] as [(Int64, String)]
    )
    func timeIsWrittenAndReadAgain(_ time: Int64, _ text: String) {
        #expect(UnixTime.text(time) == text)
        #expect(UnixTime.nanoseconds(text) == time)
    }

    @Test func randomTimesComeBack() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<2000 {
            let time = Int64.random(in: -(1 << 62)...(1 << 62), using: &random)
            #expect(UnixTime.nanoseconds(UnixTime.text(time)) == time)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T02:00:00.5+02:00", 500_000_000), ("1970-01-01T00:00+00:00", 0),
            ("1970-01-01 00:00:01,25Z", 1_250_000_000), ("1969-12-31T23:00:00-0100", 0),
            ("1970-01-01T00:00:00.0000000019Z", 1),
        ] as [(String, Int64)]
    )
    func otherFormsAreRead(_ text: String, _ time: Int64) {
        #expect(UnixTime.nanoseconds(text) == time)
    }

    @Test(arguments: [
        "", "1970", "1970-01-01", "1970-13-01T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx",
        "9999-01-01T00:00:00Z", "197x-01-01T00:00:00Z", "1970-01-01T00:00:00+2",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(UnixTime.nanoseconds(text) == nil)
    }
}
