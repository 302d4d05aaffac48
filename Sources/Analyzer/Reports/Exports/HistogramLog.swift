internal import Histogram
internal import TraceFormat

extension RunAnalysis {
    /// The latencies as a histogram log (.hlog, version 1.3 with V2 histograms), in nanoseconds.
    ///
    /// By the headline latency of the requests that succeeded, to three significant digits: a line
    /// for each window of the run, and one over the whole run for each route, tagged with its name.
    public func histogramLog() -> String {
        var text = "#[Histogram log format version 1.3]\n"
        text += "#[StartTime: \(seconds(info.startedAt)) (seconds since epoch)]\n"
        text += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
        text += "\"Interval_Compressed_Histogram\"\n"
        let duration = max(ending?.duration ?? 0, 0)
        if let windows {
            for (window, times) in zip(windows.windows, times(in: windows)) {
                text += line(times, start: window.start, length: windows.width)
            }
        } else {
            text += line(headlineTimes, start: 0, length: duration)
        }
        let times = timesOfRoutes
        for (name, times) in zip(routeNames, times).sorted(by: { $0.0 < $1.0 }) {
            text += "Tag=\(tag(name))," + line(times, start: 0, length: duration)
        }
        return text
    }

    private func time(of record: RequestRecord) -> Int64? {
        guard record.ending == .succeeded else { return nil }
        return hasSchedule ? record.responseTime : record.serviceTime
    }

    private func times(in windows: TimeWindows) -> [[Int64]] {
        var parts = [[Int64]](repeating: [], count: windows.windows.count)
        for record in records {
            guard let time = time(of: record), record.due >= 0,
                record.due / windows.width < parts.count
            else { continue }
            parts[Int(record.due / windows.width)].append(time)
        }
        return parts
    }

    private var timesOfRoutes: [[Int64]] {
        var parts = [[Int64]](repeating: [], count: routeNames.count)
        for record in records {
            if let time = time(of: record) { parts[Int(record.route)].append(time) }
        }
        return parts
    }

    private func line(_ times: [Int64], start: Int64, length: Int64) -> String {
        let histogram = Histogram(ofNanoseconds: times)
        let greatest = fixed(
            Double(histogram.totalCount == 0 ? 0 : histogram.max) / 1e6,
            decimals: 3
        )
        return "\(seconds(start)),\(seconds(length)),\(greatest),\(histogram.compressedText)\n"
    }

    /// Nanoseconds in seconds, to milliseconds, as the format has them.
    private func seconds(_ nanoseconds: Int64) -> String {
        let milliseconds = String(max(0, nanoseconds) / 1_000_000)
        let digits = String(repeating: "0", count: max(0, 4 - milliseconds.count)) + milliseconds
        return "\(digits.dropLast(3)).\(digits.suffix(3))"
    }

    /// A name in which nothing ends a tag.
    private func tag(_ name: String) -> String {
        String(name.printable.map { $0.isWhitespace || $0 == "," ? "_" : $0 })
    }
}

extension Histogram where Count == UInt64 {
    /// A histogram of nanoseconds with three significant digits.
    init(ofNanoseconds times: [Int64]) {
        let greatest = UInt64(Swift.max(times.max() ?? 0, 2))
        self.init(highestTrackableValue: greatest, numberOfSignificantValueDigits: .three)
        for time in times { record(UInt64(Swift.max(time, 0))) }
    }

    private static var wordSize: UInt32 { 0x10 }
    private static var cookie: UInt32 { 0x1C84_9303 | wordSize }
    private static var compressedCookie: UInt32 { 0x1C84_9304 | wordSize }

    /// The histogram in HdrHistogram's V2 encoding, compressed, in base 64.
    var compressedText: String {
        let stored = deflated(encoded)
        let bytes = Self.bigEndian(Self.compressedCookie) + Self.bigEndian(UInt32(stored.count))
        return base64(bytes + stored)
    }

    /// The histogram in HdrHistogram's V2 encoding, big-endian.
    ///
    ///     offset  size  field
    ///          0     4  cookie 0x1c849313
    ///          4     4  bytes of counts
    ///          8     4  normalizing index offset, zero
    ///         12     4  significant decimal digits
    ///         16     8  lowest discernible value
    ///         24     8  highest trackable value
    ///         32     8  ratio of integers to values, the double 1
    ///         40        counts by ascending value: ZigZag LEB128, two zeros or more as their
    ///                     negative number
    var encoded: [UInt8] {
        var counts: [UInt8] = []
        var zeros: Int64 = 0
        for cell in allValues() {
            guard cell.count > 0 else {
                zeros += 1
                continue
            }
            if zeros > 0 { counts += Self.zigZag(zeros == 1 ? 0 : -zeros) }
            zeros = 0
            counts += Self.zigZag(Int64(clamping: cell.count))
        }
        return Self.bigEndian(Self.cookie) + Self.bigEndian(UInt32(counts.count))
            + Self.bigEndian(0 as UInt32)
            + Self.bigEndian(UInt32(numberOfSignificantValueDigits.rawValue))
            + Self.bigEndian(lowestDiscernibleValue) + Self.bigEndian(highestTrackableValue)
            + Self.bigEndian((1.0).bitPattern) + counts
    }

    /// ZigZag LEB128 in at most nine bytes, of which the last has all eight bits.
    static func zigZag(_ value: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while rest > 0x7F, bytes.count < 8 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
        return bytes
    }

    private static func bigEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: value >> $0)
        }
    }
}

/// Bytes in base 64 with padding (RFC 4648, section 4).
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        bits <<= UInt32(8 * (3 - group.count))
        for place in 0..<4 {
            let digit = alphabet[Int(bits >> UInt32(18 - 6 * place) & 0x3F)]
            text.append(place <= group.count ? digit : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
