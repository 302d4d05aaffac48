/// Where answers differ, as parts of a page.
func contentParts(_ contents: ContentChanges?) -> [String] {
    guard let contents else { return [] }
    let shown = contents.places.prefix(100)
    let rows = shown.map { place -> [HTMLCell] in
        [
            HTMLCell(place.route.printable), HTMLCell(place.place.words, class: "text"),
            HTMLCell(String(place.count)), HTMLCell(place.noiseText),
            HTMLCell(place.example, class: "text"),
        ]
    }
    var parts = [paragraph(contents.summary.joined(separator: " · "))]
    parts += contents.hints.map { paragraph($0, class: "note") }
    if !rows.isEmpty {
        parts.append(table(["route", "place", "requests", "between baselines", "first"], rows))
    }
    let hidden = contents.places.count - shown.count
    if hidden > 0 { parts.append(paragraph("… and \(hidden) more places", class: "note")) }
    if contents.others > 0 {
        parts.append(paragraph("others ×\(contents.others), at too many places", class: "note"))
    }
    return parts
}
