internal import Charts

/// The percentiles of a set of latencies, as many as a picture of their tail needs.
struct Spectrum {
    /// Shares below a latency, and the latency in nanoseconds.
    let points: [Plot.Point]
    let count: Int

    /// Points for each nine of the tail.
    private static let pointsForEachNine = 40

    /// The spectrum of nanoseconds in ascending order.
    init(ofSorted times: [Int64]) {
        count = times.count
        var points: [Plot.Point] = []
        var step = 0
        while let time = Self.time(at: step, times) {
            points.append(time)
            step += 1
        }
        if let last = times.last {
            points.append((x: 1 - 1 / Double(2 * times.count), y: Double(max(last, 1))))
        }
        self.points = points
    }

    private static func time(at step: Int, _ times: [Int64]) -> Plot.Point? {
        let share = 1 - exponential(-Double(step) * logarithm(10) / Double(pointsForEachNine))
        let rank = Int((share * Double(times.count)).rounded(.up))
        guard rank < times.count else { return nil }
        return (x: share, y: Double(max(times[max(rank, 1) - 1], 1)))
    }

    /// The share beyond which there are too few requests to tell (Wilks).
    var knownUpTo: Double { count > 3 ? 1 - 3 / Double(count) : 0 }

    /// A picture of several spectra, the first of which sets the limit of what is known.
    static func plot(_ spectra: [(spectrum: Spectrum, style: String)], title: String) -> Plot? {
        let all = spectra.flatMap(\.spectrum.points)
        guard let least = all.map(\.y).min(), let greatest = all.map(\.y).max(),
            let count = spectra.map(\.spectrum.count).max(), count > 1
        else { return nil }
        let nines = max(1, logarithm(Double(2 * count)) / logarithm(10))
        let range = least...max(greatest, least * 1.01)
        var plot = Plot(
            title: title,
            summary: "from \(duration(Int64(least))) to \(duration(Int64(greatest)))",
            x: Plot.Axis(.tail(nines: nines), title: "share of the requests that took less") {
                percentage($0)
            },
            y: Plot.Axis(.logarithmic(range), title: "") { duration(Int64($0.rounded())) }
        )
        plot.strip(spectra[0].spectrum.knownUpTo...1)
        for (spectrum, style) in spectra { plot.line(spectrum.points, class: style) }
        return plot
    }
}
