/// The answers of a run beside those of the recording, as parts of a page.
func recordedAnswerParts(
    _ answers: [RecordedAnswers],
    _ contents: ContentChanges?
) -> [String] {
    let shown = answers.filter { $0.compared > 0 }
    guard !shown.isEmpty else {
        return [paragraph("The recording has no answers to compare with.")]
    }
    let rows = shown.prefix(40).map { answer -> [HTMLCell] in
        let counts = [answer.compared, answer.otherStatus, answer.otherBody].map { String($0) }
        let places = [answer.statusExample, answer.bodyExample, answer.divergence].map(place)
        return ([answer.route.printable] + counts + places).map { HTMLCell($0) }
    }
    let header = [
        "route", "compared", "other status", "other body", "first status", "first body",
        "unlike from",
    ]
    return [table(header, Array(rows))]
        + answers.hints(contents).map { paragraph($0, class: "note") } + contentParts(contents)
}

/// The answers of two runs, as parts of a page.
func answerParts(_ answers: [RouteAnswers], _ contents: ContentChanges?) -> [String] {
    let shown = answers.filter { $0.changes.compared > 0 }
    guard !shown.isEmpty else { return [paragraph("No request was answered in both runs.")] }
    let hasNoise = shown.contains { $0.changes.noise != nil }
    let rows = shown.prefix(40).map { answer -> [HTMLCell] in
        let changes = answer.changes
        let counts = [
            changes.compared, changes.otherStatus, changes.otherBody, changes.otherSize,
        ].map { String($0) }
        let cells = [answer.route.printable] + counts
        let places = [place(changes.statusExample), place(changes.bodyExample)]
        let noise = changes.noise.map { noise in
            [
                "\(noise.candidateAlone) / \(noise.baselineAlone)",
                probabilityText(noise.probability),
            ]
        }
        return (cells + places + (hasNoise ? noise ?? ["", ""] : [])).map { HTMLCell($0) }
    }
    let header = [
        "route", "compared", "other status", "other body", "other size", "first status",
        "first body",
    ]
    let counts = table(header + (hasNoise ? ["candidate / noise alone", "p"] : []), Array(rows))
    let hints = (shown.first?.changes.hints(contents) ?? []).map { paragraph($0, class: "note") }
    return [counts] + hints + contentParts(contents)
}

/// A request by its position in the trace, or nothing.
private func place(_ index: UInt64?) -> String { index.map { "#\($0)" } ?? "" }
