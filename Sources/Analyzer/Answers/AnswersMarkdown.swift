/// How answers differ between two runs, for Markdown.
func markdownAnswers(_ answers: [RouteAnswers], _ contents: ContentChanges?) -> [String] {
    guard let all = answers.first, all.changes.compared > 0 else { return [] }
    let different = answers.dropFirst().filter { !$0.changes.isEmpty }
    var lines = ["\(all.changes.compared) answers compared"] + all.changes.items
    lines = ["- " + lines.map(markdownText).joined(separator: " · ")]
    lines += different.prefix(TextLayout.rowLimit).map { answer in
        let items =
            ["\(answer.route): \(answer.changes.items[0])"] + answer.changes.items.dropFirst()
        return "- " + items.map(markdownText).joined(separator: " · ")
    }
    let omitted = different.count - TextLayout.rowLimit
    if omitted > 0 { lines.append("- … and \(omitted) more routes with other answers") }
    lines += all.changes.hints(contents).map { "- \(markdownText($0))" }
    return lines + markdownContents(contents)
}

/// How the answers of a run differ from the recording's, for Markdown.
func markdownRecordedAnswers(
    _ answers: [RecordedAnswers],
    _ contents: ContentChanges?
) -> [String] {
    let different = answers.filter { !$0.items.isEmpty }
    var lines = different.prefix(TextLayout.rowLimit).map { answer in
        "- " + answer.items.map(markdownText).joined(separator: " · ")
    }
    let omitted = different.count - TextLayout.rowLimit
    if omitted > 0 { lines.append("- … and \(omitted) more routes with other answers") }
    if !lines.isEmpty { lines.insert("- answers that are not the recording's:", at: 0) }
    lines += answers.hints(contents).map { "- \(markdownText($0))" }
    return lines + markdownContents(contents)
}
