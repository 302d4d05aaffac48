extension ThresholdReport {
    /// The thresholds for a terminal, at most 80 columns wide: the verdict, and a table of limits
    /// and measured numbers.
    public func textReport(of run: RunAnalysis, style: Style = .plain) -> String {
        var layout = TextLayout()
        layout.items("CHECK", [verdict.marked(style)] + counts)
        layout.items("RUN", run.info.summary)
        let word = isRunValid ? style.mark("valid", .good) : style.mark("INVALID", .bad)
        layout.items("TRUST", [word])
        for reason in run.validity.reasons { layout.items("", ["failed: \(reason)"]) }
        layout.line()
        writeTable(to: &layout, style: style)
        return layout.text
    }

    /// One line for each threshold, for a report on more than these.
    func writeSummary(to layout: inout TextLayout, style: Style) {
        for (position, result) in results.enumerated() {
            let limit = "\(result.threshold.comparison.rawValue) \(result.decidingLimit)"
            let measured = result.measuredText ?? result.note ?? "n/a"
            let line = "\(result.threshold.subject) \(limit): \(measured)"
            layout.items(position == 0 ? "THRESH" : "", ["\(result.outcome.marked(style)) \(line)"])
        }
    }

    private func writeTable(to layout: inout TextLayout, style: Style) {
        let widths = [28, 12, 11, 10, 9]
        layout.row(
            ["threshold", "target", "critical", "measured", "n"],
            widths: widths,
            rest: "  result"
        )
        for result in results {
            let cells = result.cells
            layout.row(cells, widths: widths, rest: "  " + result.outcome.marked(style))
            if let note = result.note { layout.items("", [note]) }
        }
    }

    private var counts: [String] {
        ThresholdResult.Outcome.allCases.compactMap { outcome in
            let count = count(of: outcome)
            return count > 0 ? "\(count) \(outcome.rawValue)" : nil
        } + (isStrict ? ["strict"] : [])
    }
}

extension ThresholdResult {
    /// What was asked, the two limits, what was measured, and of how many requests.
    var cells: [String] {
        let sign = threshold.comparison.rawValue
        return [
            threshold.subject, "\(sign) \(threshold.target)",
            threshold.hasWarning ? "\(sign) \(threshold.critical)" : "",
            measuredText ?? "n/a", String(measurement.count),
        ]
    }

    /// The limit that the outcome is about: the critical one if that is missed.
    var decidingLimit: Quantity { outcome == .missed ? threshold.critical : threshold.target }

    /// The measured number, told apart from the limits; `nil` if there is none.
    var measuredText: String? {
        guard let value = measurement.value else { return nil }
        let text = value.text(besides: threshold.target)
        let precise = text == "\(value)" ? value.text(besides: threshold.critical) : text
        return measurement.isLowerBound ? "≥\(precise)" : precise
    }
}

extension ThresholdResult.Outcome {
    /// The word, in capitals if it asks for something to be done, with what the style adds to it.
    func marked(_ style: Style) -> String {
        switch self {
        case .passed: style.mark(rawValue, .good)
        case .warned: style.mark(rawValue, .warning)
        case .missed: style.mark("MISSED", .bad)
        case .undecided: style.mark(rawValue, .unsure)
        }
    }
}

extension ThresholdReport.Verdict {
    /// The word in capitals, with what the style adds to it.
    func marked(_ style: Style) -> String {
        let mood: Style.Mood =
            switch self {
            case .passed: .good
            case .warned: .warning
            case .missed, .invalid: .bad
            case .undecided: .unsure
            }
        return style.mark(rawValue.uppercased(), mood)
    }
}
