internal import TraceFormat

extension RunComparison {
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
        writeShifts(to: &layout)
        writeChanges(to: &layout)
        layout.answers(answers, contents)
        writeWorstPairs(to: &layout)
        layout.leftOut(overall.leftOut)
        layout.method(methodNotes)
        return layout.text
    }

    private func writeVerdict(to layout: inout TextLayout, style: Style) {
        var headline = [verdict.marked(style)]
        if let effect = overall.effect {
            headline.append("all \(signedPercentage(effect.change)) \(effect.interval)")
        }
        headline.append(
            isPaired ? "screening: one pair of runs" : "UNPAIRED: runs of different traces"
        )
        layout.items("VERDICT", headline)
        layout.reasons(reasons)
        layout.items("BASELINE", baseline.summary)
        layout.items("CANDIDATE", candidate.summary)
    }

    private func writeShifts(to layout: inout TextLayout) {
        for (position, shift) in overall.shifts.enumerated() {
            let text: String =
                if let before = shift.baseline, let after = shift.candidate,
                    let change = shift.change
                {
                    "\(duration(before)) → \(duration(after)) (\(signedPercentage(change)))"
                        + (shift.interval.map { " \(intervalText($0))" } ?? "")
                } else {
                    "n/a (n = \(overall.pairs), needs \(shift.quantile.minimumCount))"
                }
            let what = isPaired ? "pairs" : "requests"
            let line = "\(shift.quantile.name) of all warm \(what): \(text)"
            layout.items(position == 0 ? "SHIFT" : "", [line])
        }
    }

    private func writeChanges(to layout: inout TextLayout) {
        layout.statusChanges(statusChanges)
        let flips = overall.flips
        layout.items(
            "FAILURES",
            [
                "new ×\(flips.newFailures)", "repaired ×\(flips.repaired)",
                "p \(probabilityText(flips.probability))",
            ]
        )
        for (position, change) in coldChanges.prefix(TextLayout.rowLimit).enumerated() {
            let times = "\(duration(change.baseline)) → \(duration(change.candidate))"
            layout.items(position == 0 ? "COLD" : "", ["\(change.module): \(times)"])
        }
        layout.omitted(coldChanges.count - TextLayout.rowLimit, of: "modules")
    }

    private func writeWorstPairs(to layout: inout TextLayout) {
        for (position, pair) in worstPairs.prefix(3).enumerated() {
            let times = "\(duration(pair.baseline)) → \(duration(pair.candidate))"
            let name = pair.candidateRequestID.map { ["x-request-id \($0)"] } ?? []
            layout.items(
                position == 0 ? "WORST" : "",
                ["#\(pair.index) \(pair.route): \(times)"] + name
            )
        }
    }

    /// How the numbers came about and how far they go.
    var methodNotes: [String] {
        var notes = options.caveats
        notes += [
            isPaired
                ? "median of paired log-ratios of warm requests that succeeded in both runs"
                : "the requests are not the same: change of the median of warm requests that "
                    + "succeeded, of the smaller side's number",
            "margin \(percentage(options.margin)), at least \(duration(options.floor))",
        ]
        if let blockLength = overall.effect?.blockLength {
            notes.append(
                "bootstrap of blocks of \(blockLength) pairs, R = \(options.resamples), "
                    + "seed \(options.seed)"
            )
        }
        if let statistics = overall.unpaired {
            notes.append(
                "described, not judged: A12 \(fixed(statistics.superiority, decimals: 3)), "
                    + "Mann–Whitney p \(probabilityText(statistics.mannWhitneyProbability)), "
                    + "KS D \(fixed(statistics.distance, decimals: 3)) "
                    + "p \(probabilityText(statistics.distanceProbability))"
            )
        }
        notes.append("each route is judged by its own 95 % interval")
        notes.append(
            "two runs cannot tell a change of the target from one of the machine between them; "
                + "six interleaved repetitions of both can"
        )
        return notes
    }
}

extension ChangeEstimate {
    /// Both ends of the interval.
    var interval: String { intervalText(low...max(low, high)) }
}

/// Both ends of an interval of relative changes.
func intervalText(_ interval: ClosedRange<Double>) -> String {
    "[\(signedPercentage(interval.lowerBound)), \(signedPercentage(interval.upperBound))]"
}

extension LeftOut {
    /// The reason in words that follow a count.
    var words: String {
        switch self {
        case .onlyInOneRun: "only in one run"
        case .differentRoute: "of different routes"
        case .unsent: "unsent"
        case .notSucceeded: "did not succeed in both"
        case .diverged: "of other work"
        case .temperatureFlip: "cold in one run only"
        case .cold: "cold or shadow in both"
        case .unusableTime: "without usable times"
        }
    }
}
