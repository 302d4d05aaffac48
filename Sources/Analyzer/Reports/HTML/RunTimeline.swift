internal import Charts

/// What happened when in a run: requests, lags and rates over the time of the replay, thinned to
/// what a picture can show without losing its extremes.
struct RunTimeline {
    private static let binCount = 240

    private let start: Double
    private let width: Double
    private var bins: [Bin]

    private struct Bin {
        var due = 0
        var sent = 0
        var least: Int64?
        var greatest: Int64?
        var cold: [Int64] = []
        var failures: [Int64] = []
        var clientLag: Int64 = 0
        var blocked: Int64 = 0
    }

    /// Sorts requests into bins by when they were due; `nil` when there is no time to show.
    init?(_ records: ContiguousArray<RequestRecord>, hasSchedule: Bool) {
        let sent = records.filter { $0.sent != nil }
        guard let first = sent.map(\.due).min(), let last = sent.map(\.due).max(), first < last
        else { return nil }
        start = Double(first)
        width = (Double(last) - Double(first)) / Double(Self.binCount)
        bins = Array(repeating: Bin(), count: Self.binCount)
        for record in sent { add(record, hasSchedule: hasSchedule) }
    }

    private func bin(of time: Int64) -> Int {
        min(max(Int((Double(time) - start) / width), 0), Self.binCount - 1)
    }

    private mutating func add(_ record: RequestRecord, hasSchedule: Bool) {
        let number = bin(of: record.due)
        bins[number].due += 1
        if let sent = record.sent { bins[bin(of: sent)].sent += 1 }
        bins[number].clientLag = max(bins[number].clientLag, record.clientLag ?? 0)
        bins[number].blocked = max(bins[number].blocked, record.blockedTime ?? 0)
        guard let time = hasSchedule ? record.responseTime : record.serviceTime, time > 0 else {
            return
        }
        guard record.ending == .succeeded else {
            if bins[number].failures.count < 3 { bins[number].failures.append(time) }
            return
        }
        bins[number].least = min(bins[number].least ?? time, time)
        bins[number].greatest = max(bins[number].greatest ?? time, time)
        if record.temperature?.isLoading == true, bins[number].cold.count < 3 {
            bins[number].cold.append(time)
        }
    }

    private func points(_ times: (Bin) -> [Int64]) -> [Plot.Point] {
        bins.enumerated().flatMap { number, bin in
            times(bin).map { (x: middle(number), y: Double($0)) }
        }
    }

    /// The middle of a bin in seconds.
    private func middle(_ number: Int) -> Double { (start + (Double(number) + 0.5) * width) / 1e9 }

    private var timeAxis: Plot.Axis {
        let end = (start + width * Double(Self.binCount)) / 1e9
        return Plot.Axis(.linear(start / 1e9...end), title: "time in the replay, s") {
            shortNumber($0)
        }
    }

    /// The fastest and the slowest request of each bin, cold and failed ones marked.
    func latencies(title: String) -> Plot? {
        let extremes = points { [$0.least, $0.greatest].compactMap { $0 } }
        let (cold, failed) = (points(\.cold), points(\.failures))
        let all = extremes + cold + failed
        guard var plot = Plot(ofDurations: all, title: title, x: timeAxis) else { return nil }
        plot.dots(extremes, class: "a")
        plot.dots(cold, class: "b", radius: 3)
        plot.dots(failed, class: "bad", radius: 3)
        return plot
    }

    /// The greatest lag of each bin: the target's part and the client's.
    var lags: Plot {
        let greatest = bins.map { max($0.clientLag, $0.blocked) }.max() ?? 0
        var plot = Plot(
            title: "Lag",
            summary: "at most \(duration(greatest))",
            x: timeAxis,
            y: Plot.Axis(.linear(0...max(Double(greatest), 1)), title: "") {
                duration(Int64($0.rounded()))
            },
            height: 150
        )
        plot.line(points { [$0.blocked] }, class: "muted")
        plot.line(points { [$0.clientLag] }, class: "b")
        return plot
    }

    /// Requests per second, due and sent.
    var rates: Plot {
        let seconds = width / 1e9
        let greatest = bins.map { Double(max($0.due, $0.sent)) / seconds }.max() ?? 0
        var plot = Plot(
            title: "Rate",
            summary: "at most \(shortNumber(greatest)) requests per second",
            x: timeAxis,
            y: Plot.Axis(.linear(0...max(greatest, 1)), title: "") { "\(shortNumber($0))/s" },
            height: 150
        )
        func line(_ count: (Bin) -> Int) -> [Plot.Point] {
            bins.enumerated().map { (x: middle($0), y: Double(count($1)) / seconds) }
        }
        plot.line(line(\.due), class: "muted")
        plot.line(line(\.sent), class: "a")
        return plot
    }
}

/// A number with as many decimals as its size needs.
func shortNumber(_ value: Double) -> String {
    let text = fixed(value, decimals: abs(value) < 10 ? 2 : 0)
    guard text.contains(".") else { return text }
    var digits = Substring(text)
    while digits.hasSuffix("0") { digits.removeLast() }
    return digits.hasSuffix(".") ? String(digits.dropLast()) : String(digits)
}

extension Plot {
    /// An empty plot with room for durations in nanoseconds, on a logarithmic axis; `nil` without
    /// any.
    init?(ofDurations points: [Point], title: String, x: Axis, height: Double = 260) {
        let durations = points.map(\.y)
        guard let least = durations.min(), let greatest = durations.max() else { return nil }
        self.init(
            title: title,
            summary: "from \(duration(Int64(least))) to \(duration(Int64(greatest)))",
            x: x,
            y: Axis(.logarithmic(least...max(greatest, least * 1.01)), title: "") {
                duration(Int64($0.rounded()))
            },
            height: height
        )
    }
}
