internal import Charts
internal import TraceFormat

/// What every page about a comparison shows, whether of one pair of runs or of repetitions.
struct ComparisonPage {
    let title: String
    let verdict: Verdict
    let headline: String
    let reasons: [String]
    let baseline: [String]
    let candidate: [String]
    let margin: Double
    let rows: [ComparisonRow]
    let hasSchedule: Bool
    let statusChanges: [RunComparison.StatusChange]
    let flips: FailureFlips
    let notes: [String]
    let json: String

    /// Further routes are in the JSON.
    private static let shownRows = 40

    /// The page, with parts of its own kind behind the table.
    func text(extra: [(heading: String, id: String, parts: [String])]) -> String {
        var page = HTMLPage(title: title)
        page.section(
            title,
            id: "verdict",
            [
                paragraph(verdict.word, class: "banner \(verdict.htmlClass)"),
                paragraph(headline), bullets(reasons),
                paragraph("baseline: " + baseline.joined(separator: " · "), class: "note"),
                paragraph("candidate: " + candidate.joined(separator: " · "), class: "note"),
            ]
        )
        page.section("Routes", id: "routes", [forest, routeTable].compactMap(\.self))
        for part in extra { page.section(part.heading, id: part.id, part.parts) }
        page.section("Errors", id: "errors", errorParts)
        page.folded("Method", id: "method", [bullets(notes)])
        page.embed(json)
        return page.text
    }

    private var forest: String? {
        let shown = rows.prefix(Self.shownRows).compactMap { row in
            row.effect.map { (row, $0) }
        }
        let ends = shown.flatMap { [$0.1.low, $0.1.high] }.filter(\.isFinite) + [margin, -margin]
        guard !shown.isEmpty, let low = ends.min(), let high = ends.max() else { return nil }
        let range = max(low * 1.1, -1)...max(high * 1.1, 0.01)
        var plot = Plot(
            title: "Change of each route with its 95 % interval",
            summary:
                "\(shown.count) groups, from \(signedPercentage(low)) to \(signedPercentage(high))",
            x: Plot.Axis(
                .linear(range),
                title: "change from baseline to candidate; right is slower"
            ) {
                signedPercentage($0)
            },
            y: Plot.Axis(.rows(shown.count), title: "") {
                shown[Int($0)].0.name.printable.shortened(to: 22)
            },
            height: Double(60 + 22 * shown.count),
            left: 150
        )
        plot.strip(-margin...margin)
        plot.rule(at: 0)
        for (row, (group, effect)) in shown.enumerated() {
            plot.interval(
                min(effect.low, effect.high)...max(effect.low, effect.high),
                middle: effect.change,
                row: row,
                class: group.verdict.htmlClass,
                tip: "\(group.name): \(group.cells[1]) \(group.cells[2])"
            )
        }
        return figure(plot, "Grey: changes that do not matter (margin \(percentage(margin))).")
    }

    private var routeTable: String {
        let cells = rows.prefix(Self.shownRows).map { row -> [HTMLCell] in
            let word = row.verdict.word + (row.isDiscovery ? " *" : "")
            return [HTMLCell(row.name.printable)] + row.cells.map { HTMLCell($0) }
                + [HTMLCell(word, class: row.verdict.htmlClass)]
        }
        return table(
            [latencyTitle(hasSchedule: hasSchedule)] + ComparisonRow.header + ["verdict"],
            cells
        )
    }

    private var errorParts: [String] {
        let rows = statusChanges.prefix(50).map { change -> [HTMLCell] in
            [change.baseline, change.candidate, String(change.count)].map { HTMLCell($0) }
        }
        return [
            paragraph(
                "new failures ×\(flips.newFailures) · repaired ×\(flips.repaired) · "
                    + "p \(probabilityText(flips.probability))"
            ),
            rows.isEmpty
                ? paragraph("No status differs.")
                : table(["baseline", "candidate", "requests"], rows),
        ]
    }
}

extension RunComparison {
    /// The comparison as one HTML file that needs nothing else.
    ///
    /// - Parameters:
    ///   - baselineTimes: The headline latencies of the baseline, ascending.
    ///   - candidateTimes: The same of the candidate.
    /// - Returns: The text of the file.
    public func htmlReport(baselineTimes: [Int64], candidateTimes: [Int64]) -> String {
        let page = ComparisonPage(
            title: "Comparison of two replays of \(baseline.traceName.printable)",
            verdict: verdict,
            headline: isPaired
                ? "Screening: one pair of runs." : "UNPAIRED: runs of different traces.",
            reasons: reasons,
            baseline: baseline.summary,
            candidate: candidate.summary,
            margin: overall.effect?.margin ?? options.margin,
            rows: ([overall] + routes).map(ComparisonRow.init),
            hasSchedule: hasSchedule,
            statusChanges: statusChanges,
            flips: overall.flips,
            notes: methodNotes,
            json: jsonReport()
        )
        return page.text(extra: [
            (
                "Percentiles", "latency",
                spectrum(baselineTimes, candidateTimes)
                    + shiftPlot(baselineTimes, candidateTimes) + [shiftTable]
            ),
            ("Cold starts", "cold", [coldPart]),
            ("Answers", "answers", answerParts(answers, contents)),
            ("The pairs that became slower by most", "worst", [worstTable]),
        ])
    }

    private func spectrum(_ baselineTimes: [Int64], _ candidateTimes: [Int64]) -> [String] {
        let spectra = [
            (Spectrum(ofSorted: baselineTimes), "a"), (Spectrum(ofSorted: candidateTimes), "b"),
        ]
        return Spectrum.plot(spectra, title: "Percentiles of both runs").map {
            [
                figure(
                    $0,
                    "Blue: baseline. Orange: candidate. In the grey part there are too few requests."
                )
            ]
        } ?? []
    }

    /// How far apart the same percentile of both runs is, over the percentiles.
    private func shiftPlot(_ baselineTimes: [Int64], _ candidateTimes: [Int64]) -> [String] {
        let (before, after) = (
            Spectrum(ofSorted: baselineTimes), Spectrum(ofSorted: candidateTimes)
        )
        let points = zip(before.points, after.points).compactMap { one, other in
            one.x == other.x ? (x: one.x, y: logarithm(other.y / one.y)) : nil
        }
        guard let least = points.map(\.y).min(), let greatest = points.map(\.y).max(),
            points.count > 1
        else { return [] }
        let range = min(least, -0.05)...max(greatest, 0.05)
        let nines = max(1, logarithm(Double(2 * max(before.count, after.count))) / logarithm(10))
        var plot = Plot(
            title: "Shift of each percentile",
            summary: "from \(signedPercentage(exponential(least) - 1)) to "
                + signedPercentage(exponential(greatest) - 1),
            x: Plot.Axis(.tail(nines: nines), title: "share of the requests that took less") {
                percentage($0)
            },
            y: Plot.Axis(.linear(range), title: "") { signedPercentage(exponential($0) - 1) },
            height: 200
        )
        plot.strip(min(before.knownUpTo, after.knownUpTo)...1)
        plot.line(points, class: "b")
        return [
            figure(plot, "Above zero the candidate is slower. In the grey part there are too few.")
        ]
    }

    private var worstTable: String {
        guard !worstPairs.isEmpty else { return paragraph("No pair became slower.") }
        let rows = worstPairs.map { pair -> [HTMLCell] in
            [
                "#\(pair.index)", pair.route.printable, duration(pair.baseline),
                duration(pair.candidate), signedDuration(pair.candidate - pair.baseline),
            ].map { HTMLCell($0) } + [HTMLCell(pair.requestIDs.printable, class: "text")]
        }
        return table(
            [
                "request", "route", "baseline", "candidate", "difference",
                "x-request-id in both",
            ],
            rows
        )
    }

    private var shiftTable: String {
        let rows = overall.shifts.map { shift -> [HTMLCell] in
            [
                shift.quantile.name, shift.baseline.map { duration($0) } ?? "n/a",
                shift.candidate.map { duration($0) } ?? "n/a",
                shift.change.map { signedPercentage($0) } ?? "n/a",
                shift.interval.map(intervalText) ?? "",
            ].map { HTMLCell($0) }
        }
        return table(["warm pairs", "baseline", "candidate", "change", "95 % interval"], rows)
    }

    private var coldPart: String {
        guard !coldChanges.isEmpty else {
            return paragraph("No module was used for the first time in both runs.")
        }
        let rows = coldChanges.map { change -> [HTMLCell] in
            [change.module.printable, duration(change.baseline), duration(change.candidate)]
                .map { HTMLCell($0) }
        }
        return table(["module", "baseline", "candidate"], rows)
    }
}

extension RepeatedComparison {
    /// The comparison as one HTML file that needs nothing else.
    public func htmlReport() -> String {
        let page = ComparisonPage(
            title: "Comparison of replays of \(repetitions[0].baseline.traceName.printable)",
            verdict: verdict,
            headline: "\(repetitions.count) repetitions of each side.",
            reasons: reasons,
            baseline: repetitions[0].baseline.summary,
            candidate: repetitions[0].candidate.summary,
            margin: overall.effect?.margin ?? options.margin,
            rows: ([overall] + routes).map(ComparisonRow.init),
            hasSchedule: hasSchedule,
            statusChanges: statusChanges,
            flips: overall.flips,
            notes: methodNotes,
            json: jsonReport()
        )
        return page.text(extra: [
            ("What decides", "endpoints", [endpointTable]),
            ("Repetitions", "repetitions", repetitionParts),
            ("Answers", "answers", answerParts(answers, contents)),
        ])
    }

    private var endpointTable: String {
        let rows = endpoints.map { endpoint -> [HTMLCell] in
            [
                HTMLCell(endpoint.kind.rawValue),
                HTMLCell(endpoint.effect.map { signedPercentage($0.change) } ?? ""),
                HTMLCell(endpoint.effect?.interval ?? ""),
                HTMLCell(probabilityText(endpoint.correctedProbability)),
                HTMLCell(endpoint.verdict.word, class: endpoint.verdict.htmlClass),
            ]
        }
        return table(["endpoint", "change", "95 % interval", "p, corrected", "verdict"], rows)
    }

    private var repetitionParts: [String] {
        guard let effect = overall.effect, let low = effect.changes.min(),
            let high = effect.changes.max()
        else { return [paragraph("A repetition has too few pairs.")] }
        let range = min(low, -effect.margin) * 1.1...max(high, effect.margin) * 1.1
        var plot = Plot(
            title: "Change in each repetition",
            summary: "from \(signedPercentage(low)) to \(signedPercentage(high))",
            x: Plot.Axis(.linear(range), title: "change of the median of all pairs") {
                signedPercentage($0)
            },
            y: Plot.Axis(.rows(effect.changes.count), title: "") { "\(Int($0) + 1)" },
            height: Double(60 + 22 * effect.changes.count)
        )
        plot.strip(-effect.margin...effect.margin)
        plot.rule(at: 0)
        plot.dots(effect.changes.enumerated().map { ($1, Double($0)) }, class: "b", radius: 4)
        return [figure(plot, "In their order; an odd one shows here.")]
    }
}
