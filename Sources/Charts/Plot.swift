/// A picture with two axes, as SVG that stands in a page.
///
/// Colours come from the page by class: `a` and `b` for the two sides, `muted`, `good`, `bad`.
public struct Plot {
    /// One axis.
    public struct Axis {
        let scale: Scale
        let label: (Double) -> String
        let title: String

        /// An axis with the text of its ticks.
        public init(_ scale: Scale, title: String, label: @escaping (Double) -> String) {
            self.scale = scale
            self.title = title
            self.label = label
        }
    }

    /// A point of the plot, in the values of its axes.
    public typealias Point = (x: Double, y: Double)

    private let title: String
    private let summary: String
    private let x: Axis
    private let y: Axis
    private let width = 760.0
    private let height: Double
    private let left: Double
    private let right = 16.0
    private let top = 10.0
    private let bottom = 44.0
    private var marks: [String] = []

    /// An empty plot.
    ///
    /// - Parameters:
    ///   - title: What it shows, for whoever does not see it.
    ///   - summary: What is to be seen, in a sentence.
    ///   - x: The axis at the bottom.
    ///   - y: The axis at the left; rows begin at the top.
    ///   - height: In pixels, of the whole.
    ///   - left: The room for the text of the left axis, in pixels.
    public init(
        title: String,
        summary: String,
        x: Axis,
        y: Axis,
        height: Double = 260,
        left: Double = 76
    ) {
        self.title = title
        self.summary = summary
        self.x = x
        self.y = y
        self.height = height
        self.left = left
    }

    /// A line through points.
    public mutating func line(_ points: [Point], class style: String) {
        guard !points.isEmpty else { return }
        let path = points.map { "\(number(place(x: $0.x))),\(number(place(y: $0.y)))" }
        marks.append(
            "<polyline class=\"line \(style)\" points=\"\(path.joined(separator: " "))\"/>"
        )
    }

    /// Points by themselves.
    public mutating func dots(_ points: [Point], class style: String, radius: Double = 1.6) {
        for point in points {
            marks.append(
                "<circle class=\"dot \(style)\" cx=\"\(number(place(x: point.x)))\" "
                    + "cy=\"\(number(place(y: point.y)))\" r=\"\(number(radius))\"/>"
            )
        }
    }

    /// A horizontal bar in a row, from one value to another.
    public mutating func bar(
        _ values: ClosedRange<Double>,
        row: Int,
        class style: String,
        tip: String
    ) {
        let strip = plotHeight / rowCount
        let (start, end) = (place(x: values.lowerBound), place(x: values.upperBound))
        marks.append(
            "<rect class=\"bar \(style)\" x=\"\(number(start))\" "
                + "y=\"\(number(place(y: Double(row)) - strip * 0.32))\" "
                + "width=\"\(number(max(end - start, 0.5)))\" height=\"\(number(strip * 0.64))\">"
                + "<title>\(escaped(tip))</title></rect>"
        )
    }

    /// A value with its interval in a row.
    public mutating func interval(
        _ values: ClosedRange<Double>,
        middle: Double,
        row: Int,
        class style: String,
        tip: String
    ) {
        let level = place(y: Double(row))
        marks.append(
            "<g class=\"\(style)\"><title>\(escaped(tip))</title>"
                + segment(place(x: values.lowerBound), level, place(x: values.upperBound), level)
                + "<circle class=\"dot \(style)\" cx=\"\(number(place(x: middle)))\" "
                + "cy=\"\(number(level))\" r=\"4\"/></g>"
        )
    }

    /// A strip from top to bottom, behind everything.
    public mutating func strip(_ values: ClosedRange<Double>) {
        let (start, end) = (place(x: values.lowerBound), place(x: values.upperBound))
        marks.insert(
            "<rect class=\"strip\" x=\"\(number(start))\" y=\"\(number(top))\" "
                + "width=\"\(number(end - start))\" height=\"\(number(plotHeight))\"/>",
            at: 0
        )
    }

    /// A vertical line at a value.
    public mutating func rule(at value: Double) {
        let place = place(x: value)
        marks.insert(segment(place, top, place, top + plotHeight, style: "rule"), at: 0)
    }

    /// The picture.
    public var svg: String {
        "<svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\">"
            + "<title>\(escaped(title))</title><desc>\(escaped(summary))</desc>"
            + axes + marks.joined() + "</svg>"
    }

    // MARK: Axes

    private var axes: String {
        let end = top + plotHeight
        var parts: [String] = []
        for tick in x.scale.ticks(about: 7) {
            let place = place(x: tick)
            parts.append(segment(place, top, place, end, style: "grid"))
            parts.append(text(x.label(tick), place, end + 16, anchor: "middle"))
        }
        for tick in y.scale.ticks(about: 5) {
            let place = place(y: tick)
            if !isRows { parts.append(segment(left, place, width - right, place, style: "grid")) }
            parts.append(text(y.label(tick), left - 6, place + 4, anchor: "end"))
        }
        parts.append(text(x.title, left + plotWidth / 2, height - 6, anchor: "middle"))
        if !y.title.isEmpty { parts.append(text(y.title, 4, top + 10, anchor: "start")) }
        return parts.joined()
    }

    private var isRows: Bool { if case .rows = y.scale { true } else { false } }
    private var rowCount: Double { if case .rows(let count) = y.scale { Double(count) } else { 1 } }
    private var plotWidth: Double { width - left - right }
    private var plotHeight: Double { height - top - bottom }

    private func place(x value: Double) -> Double { left + x.scale.place(of: value) * plotWidth }

    private func place(y value: Double) -> Double {
        let place = y.scale.place(of: value) * plotHeight
        return isRows ? top + place : top + plotHeight - place
    }

    private func segment(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        style: String = "line"
    ) -> String {
        "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
            + "y2=\"\(number(y2))\"/>"
    }

    private func text(_ text: String, _ x: Double, _ y: Double, anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
            + "\(escaped(text))</text>"
    }
}

/// Text as it stands in HTML and SVG, in elements and in quoted attributes.
public func escaped(_ text: String) -> String {
    var shown = ""
    for character in text.unicodeScalars {
        switch character {
        case "&": shown += "&amp;"
        case "<": shown += "&lt;"
        case ">": shown += "&gt;"
        case "\"": shown += "&quot;"
        case "'": shown += "&#39;"
        default: shown.unicodeScalars.append(character)
        }
    }
    return shown
}

/// A length in pixels with one decimal.
private func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int64((value * 10).rounded())
    return tenths % 10 == 0
        ? String(tenths / 10)
        : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
}
