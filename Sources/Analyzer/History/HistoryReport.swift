internal import TraceFormat

extension RunHistory {
    /// The history for a terminal, at most 80 columns wide.
    public func textReport() -> String {
        var layout = TextLayout()
        layout.items("HISTORY", ["\(metric)", "\(entries.count) runs"])
        layout.items("CHANGES", changes.isEmpty ? ["none found"] : changes.map(summary))
        for doubt in doubts { layout.items("DOUBT", [doubt]) }
        layout.line()
        let widths = [32, 12, 9]
        layout.row(["run", "\(metric.metric)", "n"], widths: widths)
        for (position, entry) in entries.enumerated() {
            if changes.contains(where: { $0.position == position }) {
                layout.line(String(repeating: "-", count: widths.reduce(0, +)))
            }
            let note =
                entry.isValid ? entry.measurement.reason.map { "  \($0)" } ?? "" : "  INVALID"
            layout.row(
                [entry.name.printable, entry.text, String(entry.measurement.count)],
                widths: widths,
                rest: note
            )
        }
        layout.line()
        layout.items("METHOD", [methodNote])
        return layout.text
    }

    /// The history as JSON, described in docs/report-schema.md.
    public func jsonReport() -> String {
        JSONValue.object([
            .init("schema_version", .integer(RunAnalysis.schemaVersion)),
            .init("kind", .string("history")),
            .init("route", .string("\(metric.scope)")),
            .init("metric", .string("\(metric.metric)")),
            .init(
                "unit",
                entries.lazy.compactMap(\.measurement.value).first.map { .string($0.unit) } ?? .null
            ),
            .init("doubts", .array(doubts.map { .string($0) })),
            .init("runs", .array(entries.map(\.json))),
            .init("changes", .array(changes.map { json(of: $0) })),
        ]).text
    }

    /// The history as GitHub-flavoured Markdown.
    public func markdownReport() -> String {
        var lines = [
            "## History of \(markdownText("\(metric)")) over \(entries.count) runs", "",
        ]
        lines +=
            changes.isEmpty
            ? ["No change found."] : changes.map { "- \(markdownText(summary($0)))" }
        lines += doubts.map { "- doubt: \(markdownText($0))" }
        lines += markdownTable(
            header: ["run", "\(metric.metric)", "n", "valid"],
            rows: entries.map { entry in
                [
                    markdownText(entry.name.printable), entry.text,
                    String(entry.measurement.count), entry.isValid ? "yes" : "**no**",
                ]
            }
        )
        lines.append("- \(methodNote)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// How changes are found.
    var methodNote: String {
        "E-divisive means, permutation test with 199 draws, p at most 0.05, at least three runs on "
            + "both sides"
    }

    /// One change in a line: where, from what, to what.
    func summary(_ change: Change) -> String {
        let amount = change.change.map { " (\(signedPercentage($0)))" } ?? ""
        let word =
            change.after.number == change.before.number
            ? "other spread"
            : (change.after.number > change.before.number) == metric.wantsMore ? "better" : "worse"
        return "\(word) from \(entries[change.position].name.printable) on: \(change.before) → "
            + "\(change.after)\(amount), p \(probabilityText(change.probability))"
    }

    private func json(of change: Change) -> JSONValue {
        .object([
            .init("position", .integer(Int64(change.position))),
            .init("run", .string(entries[change.position].name)),
            .init("before", .number(change.before.number)),
            .init("after", .number(change.after.number)),
            .init("change", JSONValue(change.change)),
            .init("p", .number(change.probability)),
        ])
    }
}

extension RunHistory.Entry {
    /// The number, or that there is none.
    var text: String {
        measurement.value.map { (measurement.isLowerBound ? "≥" : "") + "\($0)" } ?? "n/a"
    }

    fileprivate var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("started_at_ns", .integer(info.startedAt)),
            .init("value", JSONValue(measurement.value?.number)),
            .init("at_least", .bool(measurement.isLowerBound)),
            .init("count", .integer(Int64(measurement.count))),
            .init("reason", measurement.reason.map { .string($0) } ?? .null),
            .init("valid", .bool(isValid)),
            .init("trace_hash", .string(info.traceHash)),
            .init("target", .string(info.target)),
            .init("speed", .string(info.speed)),
            .init("host", info.environment["host"].map { .string($0) } ?? .null),
            .init("kernel", info.environment["kernel"].map { .string($0) } ?? .null),
        ])
    }
}
