/// How much a text report may use beyond plain letters.
public struct Style: Equatable, Sendable {
    /// Mark verdicts with ANSI colours; only for terminals.
    public var hasColours: Bool
    /// Mark verdicts with symbols beside the words.
    public var hasSymbols: Bool

    /// Makes a style; with neither, text is the same words without decoration.
    public init(hasColours: Bool, hasSymbols: Bool) {
        self.hasColours = hasColours
        self.hasSymbols = hasSymbols
    }

    /// Words only.
    public static let plain = Style(hasColours: false, hasSymbols: false)

    /// How a reader should feel about a word.
    enum Mood {
        case good, bad, warning, unsure
    }

    /// The word with what the style adds to it.
    func mark(_ word: String, _ mood: Mood) -> String {
        let (symbol, colour) =
            switch mood {
            case .good: ("✓", 32)
            case .bad: ("✗", 31)
            case .warning: ("!", 33)
            case .unsure: ("?", 33)
            }
        let text = hasSymbols ? "\(symbol) \(word)" : word
        return hasColours ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }
}

extension Verdict {
    /// The word in capitals, with what the style adds to it.
    func marked(_ style: Style) -> String {
        let mood: Style.Mood =
            switch self {
            case .regressed, .invalid: .bad
            case .improved, .equivalent: .good
            case .inconclusive, .notJudged: .unsure
            }
        return style.mark(word, mood)
    }

    /// The word in capitals.
    var word: String { self == .notJudged ? "NOT JUDGED" : rawValue.uppercased() }
}

/// The lines of a text report, at most 80 columns wide.
struct TextLayout {
    private(set) var text = ""

    static let width = 80
    /// Where text starts after a line's label.
    static let indentation = 10
    /// How many routes or modules are shown; JSON has all.
    static let rowLimit = 25

    /// A line as it is.
    mutating func line(_ line: String = "") {
        text += line + "\n"
    }

    /// A label and items with dots between them, wrapped between items, and between words of an
    /// item that is longer than a line.
    mutating func items(_ label: String, _ items: [String]) {
        let room = Self.width - Self.indentation
        var lines = [""]
        for (position, item) in items.enumerated() {
            let isLast = position == items.count - 1
            let words = item.split(separator: " ").map(String.init)
            let isWhole = item.count + 2 <= room
            for (number, part) in (isWhole ? [item] : words).enumerated() {
                let isEnd = isWhole || number == words.count - 1
                let piece = isEnd && !isLast ? part + " ·" : part
                let line = lines[lines.count - 1]
                if line.isEmpty {
                    lines[lines.count - 1] = piece
                } else if line.count + 1 + piece.count <= room {
                    lines[lines.count - 1] = line + " " + piece
                } else {
                    lines.append(piece)
                }
            }
        }
        for (position, line) in lines.enumerated() {
            let start = position == 0 ? label : ""
            self.line(start.padded(to: Self.indentation) + line)
        }
    }

    /// A line of a table: the first cell to the left, the others to the right of their columns.
    mutating func row(_ cells: [String], widths: [Int], rest: String = "") {
        var line = ""
        for (position, (cell, width)) in zip(cells, widths).enumerated() {
            line +=
                position == 0
                ? cell.shortened(to: width).padded(to: width) : cell.paddedLeft(to: width)
        }
        self.line(line + rest)
    }

    /// A line that says how many rows are not shown, if any.
    mutating func omitted(_ count: Int, of what: String) {
        if count > 0 { line("… and \(count) more \(what), all of them in --json") }
    }
}

extension String {
    /// Spaces on the right up to a width.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// Spaces on the left up to a width, and one at least.
    func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(1, width - count)) + self
    }

    /// The text with an ellipsis in its middle if it is wider than the column.
    func shortened(to width: Int) -> String {
        guard count > width, width > 3 else { return self }
        let head = (width - 1) / 2
        return "\(prefix(head))…\(suffix(width - 1 - head))"
    }
}
