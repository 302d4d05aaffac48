import Histogram
import Testing
import TraceFormat

@testable import Analyzer

/// The numbers of HdrHistogram's own implementations (reference vector V9).
@Suite struct HistogramLogTests {
    private func histogram() -> Histogram<UInt64> {
        Histogram<UInt64>(
            highestTrackableValue: 3_600_000_000,
            numberOfSignificantValueDigits: .three
        )
    }

    @Test func countsHaveTheReferencesLengthAndRanges() {
        #expect(Array(histogram().allValues()).count == 23_552)
        let minute = Histogram<UInt64>(
            highestTrackableValue: 60_000_000_000,
            numberOfSignificantValueDigits: .three
        )
        #expect(Array(minute.allValues()).count == 27_648)
        #expect(minute.equivalentRangeForValue(12345) == 12344...12351)
        #expect(minute.equivalentRangeForValue(1_000_000) == 999_936...1_000_447)
        #expect(minute.equivalentRangeForValue(123_456_789) == 123_404_288...123_469_823)
    }

    @Test func correctedCountsAreTheReferences() {
        var (raw, corrected) = (histogram(), histogram())
        for _ in 0..<10_000 {
            raw.record(1000)
            corrected.recordCorrectedValue(1000, expectedInterval: 10_000)
        }
        raw.record(100_000_000)
        corrected.recordCorrectedValue(100_000_000, expectedInterval: 10_000)
        #expect(raw.totalCount == 10_001)
        #expect(corrected.totalCount == 20_000)
        for (percentile, value) in [(75.0, 50e6), (90, 80e6), (99, 98e6)] {
            let found = corrected.valueAtPercentile(percentile)
            #expect(corrected.valuesAreEquivalent(found, UInt64(value)))
        }
    }

    @Test(
        arguments: [
            (0, [0x00]), (-1, [0x01]), (1, [0x02]), (63, [0x7E]), (64, [0x80, 0x01]),
            (-64, [0x7F]), (.min, Array(repeating: 0xFF, count: 9)),
        ] as [(Int64, [UInt8])]
    )
    func numbersAreZigZag(value: Int64, bytes: [UInt8]) {
        #expect(Histogram<UInt64>.zigZag(value) == bytes)
    }

    @Test func theEncodingIsSpelt() {
        var histogram = Histogram<UInt64>(
            highestTrackableValue: 4096,
            numberOfSignificantValueDigits: .three
        )
        histogram.record(2)
        histogram.record(2)
        histogram.record(4000)
        let header: [UInt8] = [
            0x1C, 0x84, 0x93, 0x13, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0,
            0,
            0, 0, 0, 0, 0x10, 0, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0,
        ]
        // Two zeros, a two, 3021 zeros up to cell 3024, a one.
        #expect(histogram.encoded == header + [0x03, 0x04, 0x99, 0x2F, 0x02])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func base64IsThatOfTheStandard(text: String, expected: String) {
        #expect(base64(Array(text.utf8)) == expected)
    }

    @Test func aRunHasALineForEachWindowAndRoute() {
        var run = SyntheticRun()
        run.info.startedAt = 1_441_812_279_474_000_000
        for number in 0..<100 as Range<Int64> {
            run.answer("/run/my cart", due: number * 1000, service: 100 + number)
        }
        let lines = run.analysed().histogramLog().split(separator: "\n")
        #expect(lines[0] == "#[Histogram log format version 1.3]")
        #expect(lines[1] == "#[StartTime: 1441812279.474 (seconds since epoch)]")
        #expect(lines[3].hasPrefix("0.000,0.005,0.104,HISTFAAAA"))
        #expect(lines.count == 3 + 20 + 1)
        #expect(lines[23].hasPrefix("Tag=/run/my_cart,0.000,1.000,0.199,HISTFAAAA"))
    }
}
