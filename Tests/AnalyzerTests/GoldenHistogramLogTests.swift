import Foundation
import Histogram
import Testing

@testable import Analyzer
@testable import TraceFormat

/// The log that all implementations of HdrHistogram are tested with (reference vector V9).
///
/// `jHiccup-2.0.7S.logV2.hlog` was written by HdrHistogram's Java, which its authors gave to the public
/// domain (CC0).
@Suite struct GoldenHistogramLogTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Samples/jHiccup-2.0.7S.logV2.hlog")

    /// The payloads of the log's histograms.
    private func payloads() throws -> [[UInt8]] {
        try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
            .filter { $0.first?.isNumber == true }
            .map { line in
                let text = try #require(line.split(separator: ",").last)
                let bytes = [UInt8](try #require(Data(base64Encoded: String(text))))
                #expect(bytes.prefix(4) == [0x1C, 0x84, 0x93, 0x14])
                // How large it is, only the payload itself tells.
                let payload = (40..<10_000).lazy.compactMap { size in
                    try? inflated(bytes, in: 8..<bytes.count, rawSize: size)
                }.first
                return try #require(payload)
            }
    }

    @Test func theNumbersAreTheReferences() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(text.contains("#[StartTime: 1441812279.474 (seconds since epoch)"))
        let histograms = try payloads().map { try DecodedHistogram($0).histogram }
        #expect(histograms.count == 62)
        // The reference's own sum has three digits and no least value.
        var all = Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000)
        for histogram in histograms {
            for cell in histogram.recordedValues() {
                all.record(histogram.lowestEquivalentForValue(cell.value), count: cell.count)
            }
        }
        #expect(all.totalCount == 48_761)
        #expect(all.valueAtPercentile(99.9) == 1_745_879_039)
        #expect(all.highestEquivalentForValue(all.max) == 1_796_210_687)
    }

    @Test func whatIsEncodedAnewIsTheSame() throws {
        for payload in try payloads() {
            #expect(try DecodedHistogram(payload).histogram.encoded == payload)
        }
    }
}

/// The V2 encoding of HdrHistogram read back.
private struct DecodedHistogram {
    private(set) var histogram: Histogram<UInt64>

    init(_ payload: [UInt8]) throws {
        var cursor = payload[...]
        #expect(try Self.bigEndian(&cursor, byteCount: 4) == 0x1C84_9313)
        #expect(try Self.bigEndian(&cursor, byteCount: 4) == UInt64(payload.count - 40))
        #expect(try Self.bigEndian(&cursor, byteCount: 4) == 0)
        let digits = SignificantDigits(rawValue: Int8(try Self.bigEndian(&cursor, byteCount: 4)))
        let lowest = try Self.bigEndian(&cursor, byteCount: 8)
        let highest = try Self.bigEndian(&cursor, byteCount: 8)
        #expect(try Self.bigEndian(&cursor, byteCount: 8) == (1.0).bitPattern)
        histogram = Histogram(
            lowestDiscernibleValue: lowest,
            highestTrackableValue: highest,
            numberOfSignificantValueDigits: try #require(digits)
        )
        let values = histogram.allValues().map(\.value)
        var cell = 0
        while !cursor.isEmpty {
            let number = try Self.zigZag(&cursor)
            if number < 0 {
                cell -= Int(number)
            } else {
                if number > 0 { histogram.record(values[cell], count: UInt64(number)) }
                cell += 1
            }
        }
    }

    private static func bigEndian(
        _ cursor: inout ArraySlice<UInt8>,
        byteCount: Int
    ) throws -> UInt64 {
        try #require(cursor.count >= byteCount)
        defer { cursor.removeFirst(byteCount) }
        return cursor.prefix(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func zigZag(_ cursor: inout ArraySlice<UInt8>) throws -> Int64 {
        var value: UInt64 = 0
        for place in 0..<9 {
            let next = cursor.popFirst()
            let byte = try #require(next)
            value |= UInt64(place < 8 ? byte & 0x7F : byte) << UInt64(7 * place)
            if place == 8 || byte < 0x80 { break }
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
