/// A row of the table that every form of a comparison shows: what changed for one group.
struct ComparisonRow {
    /// The header of the columns behind the first one, which names the latency.
    static let header = ["pairs", "change", "95 % interval", "failing"]

    let name: String
    /// As many cells as the header has.
    let cells: [String]
    let verdict: Verdict
    /// Whether the group stands out with all routes looked at.
    let isDiscovery: Bool
    /// The change; `nil` when there are too few pairs for one.
    let effect: (any ChangeEstimate)?

    init(_ group: GroupComparison) {
        self.init(
            name: group.name,
            pairs: group.pairs,
            effect: group.effect,
            newFailures: group.flips.newFailures,
            verdict: group.verdict
        )
    }

    init(_ group: RepeatedGroup) {
        self.init(
            name: group.name,
            pairs: group.pairs,
            effect: group.effect,
            newFailures: group.flips.newFailures,
            verdict: group.verdict,
            isDiscovery: group.isDiscovery
        )
    }

    private init(
        name: String,
        pairs: Int,
        effect: (any ChangeEstimate)?,
        newFailures: Int,
        verdict: Verdict,
        isDiscovery: Bool = false
    ) {
        self.name = name
        cells = [
            String(pairs), effect.map { signedPercentage($0.change) } ?? "n/a",
            effect?.interval ?? "", String(newFailures),
        ]
        self.verdict = verdict
        self.isDiscovery = isDiscovery
        self.effect = effect
    }
}

/// What the headline latency is called: without a schedule there is only the uncorrected one.
func latencyTitle(hasSchedule: Bool) -> String {
    hasSchedule ? "response time" : "service time"
}

extension TextLayout {
    /// The reasons of a verdict, a line each.
    mutating func reasons(_ reasons: [String]) {
        for reason in reasons.prefix(Self.rowLimit) { items("", [reason]) }
        omitted(reasons.count - Self.rowLimit, of: "reasons")
    }

    /// The table of a comparison.
    mutating func comparisonTable(
        _ overall: ComparisonRow,
        _ routes: [ComparisonRow],
        hasSchedule: Bool,
        style: Style
    ) {
        let widths = [20, 8, 9, 19, 8]
        row(
            [latencyTitle(hasSchedule: hasSchedule)] + ComparisonRow.header,
            widths: widths,
            rest: "  verdict"
        )
        for group in [overall] + routes.prefix(Self.rowLimit) {
            row(
                [group.name] + group.cells,
                widths: widths,
                rest: "  " + group.verdict.marked(style) + (group.isDiscovery ? " *" : "")
            )
        }
        omitted(routes.count - Self.rowLimit, of: "routes")
    }

    /// The statuses that are not what they were.
    mutating func statusChanges(_ changes: [RunComparison.StatusChange]) {
        guard !changes.isEmpty else { return }
        let shown = changes.prefix(Self.rowLimit)
        items("STATUS", shown.map(\.summary))
        omitted(changes.count - shown.count, of: "status changes")
    }

    /// How many pairs were left out, and why.
    mutating func leftOut(_ counts: [LeftOut: Int]) {
        let reasons = LeftOut.allCases.compactMap { reason in
            counts[reason].map { "\($0) \(reason.words)" }
        }
        if !reasons.isEmpty { items("LEFT OUT", reasons) }
    }

    /// How the numbers came about, a line each.
    mutating func method(_ notes: [String]) {
        for (position, note) in notes.enumerated() {
            items(position == 0 ? "METHOD" : "", [note])
        }
    }
}

/// A comparison as GitHub-flavoured Markdown; the two sides are given by their summaries.
func markdownComparison(
    title: String,
    reasons: [String],
    baseline: [String],
    candidate: [String],
    rows: [ComparisonRow],
    hasSchedule: Bool,
    statusChanges: [RunComparison.StatusChange],
    answers: [RouteAnswers],
    contents: ContentChanges?,
    notes: [String]
) -> String {
    var lines = ["## Comparison: \(title)", ""]
    lines += reasons.map { "- \(markdownText($0))" }
    lines += [
        "",
        "- baseline: " + baseline.map(markdownText).joined(separator: " · "),
        "- candidate: " + candidate.map(markdownText).joined(separator: " · "),
    ]
    lines += markdownTable(
        header: [latencyTitle(hasSchedule: hasSchedule)] + ComparisonRow.header + ["verdict"],
        rows: rows.map { row in
            [markdownText(row.name)] + row.cells
                + [row.verdict.word + (row.isDiscovery ? " \\*" : "")]
        }
    )
    lines += statusChanges.map { "- \($0.summary)" }
    lines += markdownAnswers(answers, contents)
    lines += notes.map { "- \(markdownText($0))" }
    return lines.joined(separator: "\n") + "\n"
}

extension RunComparison.StatusChange {
    fileprivate var summary: String { "\(baseline) → \(candidate) ×\(count)" }
}
