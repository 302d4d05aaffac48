internal import Charts

extension RunAnalysis {
    /// The percentiles and the errors of a run's windows, as pictures.
    func figures(of windows: TimeWindows) -> [String] {
        var figures: [String] = []
        let title =
            "\(latencyTitle(hasSchedule: hasSchedule)) in windows of \(duration(windows.width))"
        if let plot = windows.percentiles(title: title) {
            figures.append(
                figure(plot, "\(title). Blue: p50. Orange: p99, where there are enough requests.")
            )
        }
        if let plot = windows.errors {
            figures.append(figure(plot, "The share that did not succeed."))
        }
        return figures
    }
}

extension TimeWindows {
    private func points(_ value: (Window) -> Double?) -> [Plot.Point] {
        windows.compactMap { window in
            value(window).map { (x: (Double(window.start) + Double(width) / 2) / 1e9, y: $0) }
        }
    }

    private var axis: Plot.Axis {
        let end = Double(width) * Double(windows.count) / 1e9
        return Plot.Axis(.linear(0...end), title: "time in the replay, s") { shortNumber($0) }
    }

    /// The median and the p99 over time; `nil` when no window has enough requests.
    fileprivate func percentiles(title: String) -> Plot? {
        let known = { (quantile: Quantile) in
            points { window in
                window.latency[quantile].nanoseconds.flatMap { $0 > 0 ? Double($0) : nil }
            }
        }
        let (middles, tails) = (known(.p50), known(.p99))
        guard
            var plot = Plot(ofDurations: middles + tails, title: title, x: axis, height: 180)
        else { return nil }
        plot.line(middles, class: "a")
        plot.line(tails, class: "b")
        plot.dots(middles, class: "a", radius: 2.5)
        plot.dots(tails, class: "b", radius: 2.5)
        return plot
    }

    /// The share of errors over time; `nil` without any.
    fileprivate var errors: Plot? {
        let shares = points(\.errorShare)
        guard let greatest = shares.map(\.y).max(), greatest > 0 else { return nil }
        var plot = Plot(
            title: "Errors over time",
            summary: "at most \(percentage(greatest))",
            x: axis,
            y: Plot.Axis(.linear(0...greatest), title: "") { percentage($0) },
            height: 150
        )
        plot.line(shares, class: "bad")
        plot.dots(shares, class: "bad", radius: 2.5)
        return plot
    }
}
