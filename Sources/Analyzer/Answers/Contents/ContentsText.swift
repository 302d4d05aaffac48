extension ContentChanges {
    /// How many answers were compared, and what is to know of it.
    var summary: [String] {
        var items = ["\(compared) compared by fields", "different ×\(different)"]
        let notes = [
            (sameContent, "other bytes, alike in content"), (unreadable, "not decodable"),
            (withoutBody, "without their bodies"), (leftOut, "too far apart in the files"),
        ]
        items += notes.filter { $0.0 > 0 }.map { "\($1) ×\($0)" }
        return items
    }

    /// What a reader could do to know more.
    var hints: [String] {
        let missesBodies = compared > 0 && withoutBody == compared
        return missesBodies
            ? ["no bodies to compare: keep them on both sides (record --bodies all, --keep-bodies)"]
            : []
    }
}

extension ContentChanges.Place {
    /// What differs, how often, and whether it is noise.
    var items: [String] {
        var count = "×\(count)"
        if let noiseCount, noiseCount > 0 { count += ", between baselines ×\(noiseCount)" }
        return ["\(route): \(place.words) \(count)" + (isNoise ? ": noise" : ""), example]
    }

    /// The first request, and what stands there in both answers.
    var example: String {
        let exactly = location == place.path ? "" : " \(location)"
        return "#\(index)\(exactly): \(baseline ?? "nothing") → \(candidate ?? "nothing")"
    }
}

extension TextLayout {
    /// At which places answers differ.
    mutating func contents(_ contents: ContentChanges?) {
        guard let contents else { return }
        items("FIELDS", contents.summary)
        for hint in contents.hints { items("", [hint]) }
        for place in contents.places.prefix(Self.rowLimit) { items("", place.items) }
        omitted(contents.places.count - Self.rowLimit, of: "places")
        if contents.others > 0 { items("", ["others ×\(contents.others), at too many places"]) }
    }
}

/// Where answers differ, for Markdown.
func markdownContents(_ contents: ContentChanges?) -> [String] {
    guard let contents else { return [] }
    let shown = contents.places.prefix(TextLayout.rowLimit)
    var lines = ["- fields: " + contents.summary.joined(separator: " · ")]
    lines += contents.hints.map { "- \(markdownText($0))" }
    if !shown.isEmpty {
        lines += markdownTable(
            header: ["where answers differ", "requests", "between baselines", "first"],
            rows: shown.map { place in
                [
                    markdownText("\(place.route) \(place.place.words)"), String(place.count),
                    place.noiseText, markdownText(place.example),
                ]
            }
        )
    }
    let omitted = contents.places.count - shown.count
    if omitted > 0 { lines.append("- … and \(omitted) more places") }
    if contents.others > 0 { lines.append("- others ×\(contents.others), at too many places") }
    return lines
}

extension ContentChanges.Place {
    /// How often it differs between two runs of the baseline, for a table.
    var noiseText: String {
        noiseCount.map { "\($0)" + (isNoise ? " (noise)" : "") } ?? ""
    }
}
