extension RunAnalysis {
    /// How the run went over its time: a line for each number, with its course where symbols may stand.
    func writeWindows(to layout: inout TextLayout, style: Style) {
        guard let windows, windows.windows.count > 1 else { return }
        layout.items(
            "TIME",
            ["\(windows.windows.count) windows of \(duration(windows.width))"]
        )
        for course in windows.courses {
            guard let text = course.text(hasSymbols: style.hasSymbols, width: windows.width) else {
                continue
            }
            layout.items("", [text])
        }
    }

    /// The slowest requests, a line for each of a few.
    func writeSlowest(to layout: inout TextLayout) {
        for (position, request) in slowest.prefix(Self.slowestInText).enumerated() {
            layout.items(position == 0 ? "SLOWEST" : "", request.items)
        }
    }

    private static let slowestInText = 3
}

extension SlowRequest {
    fileprivate var items: [String] {
        var items = ["#\(index) \(route) \(ending) \(duration(time))"]
        if let serviceTime, serviceTime != time { items.append("service \(duration(serviceTime))") }
        if let blocked, blocked > 0 { items.append("blocked \(duration(blocked))") }
        if let temperature { items.append(temperature.name) }
        if let requestID { items.append("id \(requestID.printable)") }
        return items
    }
}

/// One number over the windows of a run.
struct Course {
    let name: String
    /// The number in each window; `nil` where it is not known.
    let values: [Double?]
    /// In which windows the number is a lower bound.
    var bounds: [Bool] = []
    let label: (Double) -> String

    private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The course and its extremes; `nil` when the number is never known.
    ///
    /// - Parameters:
    ///   - hasSymbols: Whether bars may be drawn.
    ///   - width: The windows' width in nanoseconds.
    /// - Returns: One line.
    func text(hasSymbols: Bool, width: Int64) -> String? {
        let known = values.compactMap(\.self)
        guard let least = known.min(), let greatest = known.max(),
            let place = values.firstIndex(of: greatest)
        else { return nil }
        let most = (bounds.isEmpty || !bounds[place] ? "" : "≥") + label(greatest)
        let start = place == 0 ? "the start" : duration(Int64(place) * width)
        let range =
            least == greatest ? most : "\(label(least)) to \(most), most at \(start)"
        return name.padded(to: 7) + (hasSymbols ? "\(bars(upTo: greatest)) " : "") + range
    }

    private func bars(upTo greatest: Double) -> String {
        values.map { value in
            guard let value else { return "·" }
            let share = greatest > 0 ? value / greatest : 0
            return Self.bars[min(Int(share * Double(Self.bars.count)), Self.bars.count - 1)]
        }.joined()
    }
}

extension TimeWindows {
    /// The numbers that are shown over time.
    var courses: [Course] {
        let time = { (value: Double) in duration(Int64(value)) }
        let percentile = { (quantile: Quantile) in
            windows.map { $0.latency[quantile].nanoseconds.map { Double($0) } }
        }
        let isBound = { (quantile: Quantile) in
            windows.map { window in
                if case .atLeast = window.latency[quantile] { true } else { false }
            }
        }
        return [
            Course(name: "sent", values: windows.map { rate(of: $0) }) { "\(shortNumber($0))/s" },
            Course(name: "p50", values: percentile(.p50), bounds: isBound(.p50), label: time),
            Course(name: "p99", values: percentile(.p99), bounds: isBound(.p99), label: time),
            Course(name: "max", values: percentile(.max), bounds: isBound(.max), label: time),
            Course(name: "errors", values: windows.map(\.errorShare), label: percentage),
            Course(name: "lag", values: windows.map { Double($0.clientLag) }, label: time),
        ]
    }
}
