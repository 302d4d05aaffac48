internal import Charts
internal import TraceFormat

extension RunHistory {
    /// The history as one HTML file that needs nothing else.
    public func htmlReport() -> String {
        let title = "History of \(metric) over \(entries.count) runs".printable
        var page = HTMLPage(title: title)
        page.section(
            title,
            id: "changes",
            [
                bullets(changes.isEmpty ? ["no change found"] : changes.map(summary)),
                bullets(doubts),
            ]
        )
        page.section("Runs", id: "runs", [picture, runTable].compactMap(\.self))
        page.folded("Method", id: "method", [bullets([methodNote])])
        page.embed(jsonReport())
        return page.text
    }

    /// Each run as a dot, red if it is left out of the search, with the level between changes as a
    /// line; `nil` when no run has the number.
    private var picture: String? {
        let values = entries.enumerated().compactMap { position, entry in
            entry.measurement.value.map { (x: Double(position + 1), y: $0, entry: entry) }
        }
        guard let first = values.first?.y, let top = values.map(\.y.number).max() else {
            return nil
        }
        var plot = Plot(
            title: "\(metric)".printable,
            summary: "\(values.count) runs, \(changes.count) changes",
            x: Plot.Axis(
                .linear(1...Double(max(entries.count, 2))),
                title: "runs, in the order in which they were made"
            ) { "\(Int64($0.rounded()))" },
            y: Plot.Axis(.linear(0...max(top * 1.1, .leastNonzeroMagnitude)), title: "") {
                first.with(number: $0).description
            }
        )
        for change in changes { plot.rule(at: Double(change.position) + 0.5) }
        for level in levels { plot.line(level, class: "a") }
        for (style, isUsable) in [("a", true), ("bad", false)] {
            plot.dots(
                values.filter { ($0.entry.usable != nil) == isUsable }.map { ($0.x, $0.y.number) },
                class: style,
                radius: 3
            )
        }
        return figure(
            plot,
            "Lines: the median between changes. Red: runs that are not valid, or whose number is "
                + "only a lower bound."
        )
    }

    /// The median of each stretch between changes, as a line over its runs.
    private var levels: [[Plot.Point]] {
        guard let first = changes.first else { return [] }
        let heights = [first.before.number] + changes.map(\.after.number)
        let edges = [0] + changes.map(\.position) + [entries.count]
        return heights.indices.map { number in
            [
                (x: Double(edges[number] + 1), y: heights[number]),
                (x: Double(edges[number + 1]), y: heights[number]),
            ]
        }
    }

    private var runTable: String {
        let starts = Set(changes.map(\.position))
        return table(
            ["run", "\(metric.metric)", "n", "valid"],
            entries.enumerated().map { position, entry in
                [
                    HTMLCell((starts.contains(position) ? "▶ " : "") + entry.name.printable),
                    HTMLCell(entry.text), HTMLCell(String(entry.measurement.count)),
                    HTMLCell(entry.isValid ? "yes" : "NO", class: entry.isValid ? "" : "bad"),
                ]
            }
        )
    }
}

extension Quantity {
    /// The same unit with another number.
    fileprivate func with(number: Double) -> Quantity {
        switch self {
        case .nanoseconds: .nanoseconds(Int64(exactly: number.rounded()) ?? .max)
        case .share: .share(number)
        case .perSecond: .perSecond(number)
        }
    }
}
