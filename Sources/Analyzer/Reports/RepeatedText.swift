internal import TraceFormat

extension RepeatedComparison {
    /// The comparison for a terminal, at most 80 columns wide.
    public func textReport(style: Style = .plain) -> String {
        var layout = TextLayout()
        writeVerdict(to: &layout, style: style)
        layout.line()
        layout.comparisonTable(
            ComparisonRow(overall),
            routes.map(ComparisonRow.init),
            hasSchedule: hasSchedule,
            style: style
        )
        layout.line()
        writeEndpoints(to: &layout, style: style)
        layout.statusChanges(statusChanges)
        layout.answers(answers, contents)
        layout.leftOut(overall.leftOut)
        layout.method(methodNotes)
        return layout.text
    }

    private func writeVerdict(to layout: inout TextLayout, style: Style) {
        var headline = [verdict.marked(style)]
        if let effect = overall.effect {
            headline.append("all \(signedPercentage(effect.change)) \(effect.interval)")
            headline.append("margin \(percentage(effect.margin))")
        }
        headline.append("K = \(repetitions.count)")
        layout.items("VERDICT", headline)
        layout.reasons(reasons)
        layout.items("BASELINE", repetitions[0].baseline.summary)
        layout.items("CANDIDATE", repetitions[0].candidate.summary)
    }

    private func writeEndpoints(to layout: inout TextLayout, style: Style) {
        for (position, endpoint) in endpoints.enumerated() {
            layout.items(position == 0 ? "DECIDES" : "", endpoint.summary(style))
        }
        if let effect = overall.effect {
            layout.items("REPEATS", effect.changes.map(signedPercentage))
        }
    }

    /// How the numbers came about and how far they go.
    var methodNotes: [String] {
        var notes = options.caveats
        notes += [
            "\(repetitions.count) pairs of runs; of each, the median of paired log-ratios of warm "
                + "requests that succeeded in both; their mean with Student's interval",
            "margin \(percentage(options.margin)), at least \(duration(options.floor))"
                + (options.noiseFloor.medians[GroupEstimate.nameOfAll].map {
                    ", at least the \(percentage($0)) that two runs of one target differ by here"
                }
                    ?? "; how far two runs of one target differ here is not known "
                    + "(compare --calibrate)"),
            "* stands out from chance, by itself or beside the other routes, with all of them "
                + "looked at (\(options.routeCorrection.words), q = \(ComparisonOptions.significance)); what "
                + "decides is corrected by Holm's method",
        ]
        if repetitions.count < 6 {
            notes.append(
                "with fewer than six repetitions no test without assumptions can show a change "
                    + "(the smallest p is \(probabilityText(2 / Double(1 << repetitions.count))))"
            )
        }
        return notes
    }
}

extension Endpoint {
    fileprivate func summary(_ style: Style) -> [String] {
        let word = verdict.marked(style)
        if let flips {
            return [
                "\(kind.rawValue): new ×\(flips.newFailures), repaired ×\(flips.repaired)",
                "p \(probabilityText(correctedProbability))", word,
            ]
        }
        guard let effect else { return [kind.rawValue, word] }
        return [
            "\(kind.rawValue): \(signedPercentage(effect.change)) \(effect.interval)",
            "p \(probabilityText(correctedProbability))",
            "by signs \(probabilityText(effect.signFlipProbability))", word,
        ]
    }
}

extension Multiplicity {
    /// The method's name.
    var words: String {
        switch self {
        case .holm: "Holm"
        case .benjaminiHochberg: "Benjamini–Hochberg"
        case .benjaminiYekutieli: "Benjamini–Yekutieli"
        }
    }
}
