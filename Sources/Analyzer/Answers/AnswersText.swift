extension TextLayout {
    /// How answers compare with the recording.
    mutating func recordedAnswers(_ answers: [RecordedAnswers], _ contents: ContentChanges?) {
        let compared = answers.reduce(0) { $0 + $1.compared }
        guard compared > 0 else { return self.contents(contents) }
        let (statuses, bodies) = (
            answers.reduce(0) { $0 + $1.otherStatus }, answers.reduce(0) { $0 + $1.otherBody },
        )
        items(
            "ANSWERS",
            [
                "\(compared) compared with the recording", "another status ×\(statuses)",
                "another body ×\(bodies)",
            ]
        )
        let different = answers.filter { $0.otherStatus + $0.otherBody > 0 }
        for answer in different.prefix(Self.rowLimit) { items("", answer.items) }
        omitted(different.count - Self.rowLimit, of: "routes")
        for hint in answers.hints(contents) { items("", [hint]) }
        self.contents(contents)
    }

    /// How answers differ between two runs.
    mutating func answers(_ answers: [RouteAnswers], _ contents: ContentChanges?) {
        guard let all = answers.first, all.changes.compared > 0 else { return }
        items("ANSWERS", ["\(all.changes.compared) compared"] + all.changes.items)
        let different = answers.dropFirst().filter { !$0.changes.isEmpty }
        for answer in different.prefix(Self.rowLimit) {
            var items = answer.changes.items
            items[0] = "\(answer.route): \(items[0])"
            self.items("", items)
        }
        omitted(different.count - Self.rowLimit, of: "routes")
        for hint in all.changes.hints(contents) { items("", [hint]) }
        self.contents(contents)
    }
}

extension [RecordedAnswers] {
    /// What a reader could do to know more.
    func hints(_ contents: ContentChanges?) -> [String] {
        guard contents == nil, contains(where: { $0.otherBody > 0 }) else { return [] }
        return [
            "which fields differ is told beside a trace with bodies (--keep-bodies, report --trace)"
        ]
    }
}

extension RecordedAnswers {
    /// What is different, in short.
    var items: [String] {
        var items: [String] = []
        if otherStatus > 0 {
            items.append("another status ×\(otherStatus), first \(place(statusExample))")
        }
        if otherBody > 0 {
            items.append("another body ×\(otherBody), first \(place(bodyExample))")
        }
        if let divergence {
            items.append(
                "from #\(divergence) on hardly like the recording: its state went another way, and "
                    + "its latency is that of other work"
            )
        }
        if !items.isEmpty { items[0] = "\(route): \(items[0])" }
        return items
    }
}

extension AnswerChanges {
    /// What a reader could do to know more.
    func hints(_ contents: ContentChanges?) -> [String] {
        guard otherBody > 0 else { return [] }
        let missingNoise =
            noise == nil
            ? "what differs by nature is not told apart without a second baseline (--noise-run)"
            : nil
        let missingContents =
            contents == nil
            ? "which fields differ is told of runs that keep bodies (--keep-bodies)" : nil
        return [missingNoise, missingContents].compactMap(\.self)
    }

    /// What is different, in short.
    var items: [String] {
        var items: [String] = []
        if otherStatus > 0 {
            items.append("another status ×\(otherStatus), first \(place(statusExample))")
        }
        if otherBody > 0 {
            var text = "another body ×\(otherBody)"
            if otherSize > 0 { text += " (another size ×\(otherSize))" }
            if bodyExample != nil { text += ", first \(place(bodyExample))" }
            items.append(text)
        }
        if let noise {
            items.append(
                "in the candidate alone ×\(noise.candidateAlone), noise ×\(noise.varying), "
                    + "p \(probabilityText(noise.probability))"
            )
        }
        return items.isEmpty ? ["all alike"] : items
    }
}

private func place(_ index: UInt64?) -> String { index.map { "#\($0)" } ?? "unknown" }
