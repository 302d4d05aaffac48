internal import Charts

/// A page by itself: no file beside it, no network, no script, readable in light, dark and on paper.
struct HTMLPage {
    private let title: String
    private var sections: [String] = []

    init(title: String) {
        self.title = title
    }

    /// A part of the page under a heading.
    mutating func section(_ heading: String, id: String, _ parts: [String]) {
        sections.append(
            "<section id=\"\(id)\"><h2>\(escaped(heading))</h2>\n" + parts.joined(separator: "\n")
                + "\n</section>"
        )
    }

    /// A part that is folded away.
    mutating func folded(_ heading: String, id: String, _ parts: [String]) {
        sections.append(
            "<details id=\"\(id)\"><summary>\(escaped(heading))</summary>\n"
                + parts.joined(separator: "\n") + "\n</details>"
        )
    }

    /// The whole report for programs; nothing in it can end its element.
    mutating func embed(_ json: String) {
        let safe = json.split(separator: "<", omittingEmptySubsequences: false)
            .joined(separator: "\\u003c")
        sections.append("<script type=\"application/json\" id=\"report\">\(safe)</script>")
    }

    /// The page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>\(escaped(title))</title>
        <style>
        \(pageStyle)
        </style>
        </head>
        <body>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }
}

// MARK: - Parts

/// A paragraph.
func paragraph(_ text: String, class style: String = "") -> String {
    "<p\(style.isEmpty ? "" : " class=\"\(style)\"")>\(escaped(text))</p>"
}

/// A list of short texts; nothing when there are none.
func bullets(_ texts: [String]) -> String {
    texts.isEmpty
        ? "" : "<ul>" + texts.map { "<li>\(escaped($0))</li>" }.joined(separator: "\n") + "</ul>"
}

/// A table, its first column to the left; a cell may have the class of its verdict.
func table(_ header: [String], _ rows: [[HTMLCell]]) -> String {
    let head = header.map { "<th>\(escaped($0))</th>" }.joined()
    let body = rows.map { "<tr>" + $0.map(\.html).joined() + "</tr>" }.joined(separator: "\n")
    return
        "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead>\n<tbody>\(body)</tbody></table></div>"
}

/// A picture with its explanation.
func figure(_ plot: Plot, _ caption: String) -> String {
    "<figure>\(plot.svg)<figcaption>\(escaped(caption))</figcaption></figure>"
}

/// A cell of a table.
struct HTMLCell: ExpressibleByStringLiteral {
    let text: String
    let style: String

    init(_ text: String, class style: String = "") {
        self.text = text
        self.style = style
    }

    init(stringLiteral text: String) {
        self.init(text)
    }

    fileprivate var html: String {
        "<td\(style.isEmpty ? "" : " class=\"\(style)\"")>\(escaped(text))</td>"
    }
}

extension Verdict {
    /// The class of its colour.
    var htmlClass: String {
        switch self {
        case .regressed, .invalid: "bad"
        case .improved, .equivalent: "good"
        case .inconclusive, .notJudged: "unsure"
        }
    }
}

/// Blue and orange differ for everybody, and verdicts are words as well as colours.
private let pageStyle = """
    :root { --ink: #1b1f24; --paper: #ffffff; --soft: #59636e; --line: #d1d9e0; --a: #0b62c4;
      --b: #c4500b; --good: #1a7f37; --bad: #b3261e; --unsure: #8a6100; --tint: #f2f5f8; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9aa5b1;
      --line: #30363d; --a: #6cb0ff; --b: #ff9a57; --good: #56d364; --bad: #ff7b72; --unsure: #e3b341;
      --tint: #161b22; } }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 880px; margin: 0 auto; padding: 1rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem;
      border-bottom: 1px solid var(--line); }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
    th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line);
      white-space: nowrap; }
    th { white-space: normal; vertical-align: bottom; }
    th:first-child, td:first-child, td.text { text-align: left; } td.text { white-space: normal; }
    .wide { overflow-x: auto; } figure { margin: 1rem 0; }
    figcaption, .note { color: var(--soft); font-size: .9rem; }
    .banner { font-size: 1.3rem; font-weight: 600; padding: .6rem 1rem; border: 2px solid;
      border-radius: 6px; background: var(--tint); }
    .good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
    svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
    svg text { fill: var(--soft); } .grid { stroke: var(--line); stroke-width: .6; }
    .rule { stroke: var(--ink); stroke-width: 1; } .strip { fill: var(--line); opacity: .45; }
    polyline.line { fill: none; stroke-width: 1.8; } polyline.muted { stroke-dasharray: 4 3; }
    .line { stroke-width: 1.8; }
    svg .a { stroke: var(--a); fill: var(--a); } svg .b { stroke: var(--b); fill: var(--b); }
    svg .muted { stroke: var(--soft); fill: var(--soft); } svg .bad { stroke: var(--bad); fill: var(--bad); }
    svg .good { stroke: var(--good); fill: var(--good); }
    svg .unsure { stroke: var(--unsure); fill: var(--unsure); }
    svg polyline { fill: none !important; } .dot { stroke: none !important; }
    .bar { stroke: none !important; } details { margin: 1.5rem 0; } summary { cursor: pointer; }
    @media print { :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --a: #0b62c4;
      --b: #c4500b; --good: #1a7f37; --bad: #b3261e; --unsure: #8a6100; --tint: #fff; }
      figure, tr, .banner { break-inside: avoid; } h2 { break-after: avoid; } details { display: none; }
      .wide { overflow-x: visible; } table { font-size: .7rem; }
      th, td { padding: .15rem .25rem; white-space: normal; } }
    """
