internal import Charts
internal import TraceFormat

extension RunAnalysis {
    /// The report as one HTML file that needs nothing else, and under a megabyte for any run.
    public func htmlReport(thresholds: ThresholdReport? = nil) -> String {
        var page = HTMLPage(title: "Replay of \(info.traceName.printable)")
        addVerdict(to: &page)
        addTrust(to: &page)
        addLatencies(to: &page)
        addTimeline(to: &page)
        addTemperature(to: &page)
        addPhases(to: &page)
        addErrors(to: &page)
        page.section(
            "Answers beside the recording",
            id: "answers",
            recordedAnswerParts(recordedAnswers, recordedContents)
        )
        addSlowest(to: &page)
        if let thresholds { addThresholds(thresholds, to: &page) }
        page.folded("Definitions", id: "definitions", [bullets(definitionsOfRuns)])
        page.embed(jsonReport(thresholds: thresholds))
        return page.text
    }

    private var latency: String { latencyTitle(hasSchedule: hasSchedule) }

    private func addVerdict(to page: inout HTMLPage) {
        let counts = overall.counts
        let words = validity.isValid ? "VALID" : "INVALID: this run is not to be trusted"
        let headline = overall.headline(hasSchedule: hasSchedule)
        page.section(
            "Replay of \(info.traceName.printable)",
            id: "verdict",
            [
                paragraph(words, class: "banner \(validity.isValid ? "good" : "bad")"),
                bullets(validity.reasons),
                paragraph(
                    "\(latency): "
                        + zip(Quantile.reported, headline.cells).map { "\($0.name) \($1)" }
                        .joined(separator: " · ")
                ),
                paragraph(
                    "planned \(info.planned) · sent \(counts.sent) · completed \(counts.completed) · "
                        + "failed \(counts.failed) · censored \(counts.censored) · "
                        + "unsent \(counts.unsent)"
                ),
                paragraph(info.summary.joined(separator: " · "), class: "note"),
                paragraph(
                    (["trace \(info.traceHash)", "written by \(info.writer)"]
                        + info.environment.pairs.map { "\($0.name): \($0.text)" })
                        .map(\.printable).joined(separator: " · "),
                    class: "note"
                ),
            ]
        )
    }

    private func addTrust(to page: inout HTMLPage) {
        let rows = validity.checks.map { check -> [HTMLCell] in
            let style =
                check.result == .passed ? "good" : check.result == .failed ? "bad" : "unsure"
            let word = check.result == .notApplicable ? "not checked" : check.result.rawValue
            return [
                HTMLCell(check.name), HTMLCell(word, class: style),
                HTMLCell(check.detail, class: "text"),
            ]
        }
        page.section(
            "Can it be trusted?",
            id: "trust",
            [
                table(["check", "result", ""], rows),
                bullets(fidelityNumbers + (causalOrder?.numbers ?? [])),
            ]
        )
    }

    private func addLatencies(to page: inout HTMLPage) {
        let groups = [overall] + routes.prefix(Self.shownRoutes)
        let rows = groups.map { group in
            ([group.name.printable, String(group.counts.total)]
                + group.headline(hasSchedule: hasSchedule).cells
                + [group.counts.successShare.map(percentage) ?? "n/a"]).map { HTMLCell($0) }
        }
        var parts = [
            table(["\(latency)", "n"] + Quantile.reported.map(\.name) + ["ok"], rows),
            bullets(latencyNotes),
        ]
        if routes.count > Self.shownRoutes {
            parts.append(
                paragraph("\(routes.count - Self.shownRoutes) more routes are in the JSON.")
            )
        }
        var spectra = [(Spectrum(ofSorted: headlineTimes), "a")]
        if hasSchedule {
            let succeeded = records.filter { $0.ending == .succeeded }
            let service = Spectrum(ofSorted: succeeded.compactMap(\.serviceTime).sorted())
            spectra.append((service, "muted"))
        }
        if let plot = Spectrum.plot(spectra, title: "Percentiles of all requests") {
            let caption = hasSchedule ? "Solid: response time. Dashed: service time. " : ""
            parts.append(
                figure(plot, caption + "In the grey part there are too few requests to tell.")
            )
        }
        page.section("Latency", id: "latency", parts)
    }

    private func addTimeline(to page: inout HTMLPage) {
        guard let timeline = RunTimeline(records, hasSchedule: hasSchedule) else {
            page.section("Over time", id: "timeline", [paragraph("There is no time to show.")])
            return
        }
        var parts: [String] = []
        if let plot = timeline.latencies(title: "\(latency) over time") {
            parts.append(
                figure(
                    plot,
                    "The fastest and the slowest request at each time; larger: orange cold or shadow, "
                        + "red failed."
                )
            )
        }
        if hasSchedule {
            parts.append(
                figure(timeline.lags, "Greatest lag. Dashed: blocked by the target. Orange: ours.")
            )
            parts.append(figure(timeline.rates, "Rate. Dashed: due. Blue: sent."))
        }
        if let windows { parts += figures(of: windows) }
        page.section("Over time", id: "timeline", parts)
    }

    private func addThresholds(_ thresholds: ThresholdReport, to page: inout HTMLPage) {
        let rows = thresholds.results.map { result -> [HTMLCell] in
            let style =
                switch result.outcome {
                case .passed: "good"
                case .missed: "bad"
                case .warned, .undecided: "unsure"
                }
            return result.cells.map { HTMLCell($0) }
                + [HTMLCell(result.outcome.rawValue, class: style)]
        }
        page.section(
            "Thresholds: \(thresholds.verdict.rawValue)",
            id: "thresholds",
            [table(["threshold", "target", "critical", "measured", "n", "result"], rows)]
        )
    }
}

// MARK: - Cold, phases, errors, the slowest

extension RunAnalysis {
    /// Further ones are in the JSON.
    private static let shownRoutes = 40

    /// The median parts of each route's response time.
    private func addPhases(to page: inout HTMLPage) {
        guard hasSchedule else { return }
        var members: [Int32: [RequestRecord]] = [:]
        for record in records where record.ending == .succeeded {
            members[record.route, default: []].append(record)
        }
        let order = routes.prefix(12).compactMap { route in
            routeNames.firstIndex(of: route.name).flatMap { members[Int32($0)] }
                .map { (route.name, Phases($0)) }
        }
        guard let longest = order.map(\.1.total).max(), longest > 0 else { return }
        var plot = Plot(
            title: "Median parts of the response time by route",
            summary: "at most \(duration(longest))",
            x: Plot.Axis(.linear(0...Double(longest)), title: "median of each part, added up") {
                duration(Int64($0.rounded()))
            },
            y: Plot.Axis(.rows(order.count), title: "") {
                order[Int($0)].0.printable.shortened(to: 22)
            },
            height: Double(60 + 24 * order.count),
            left: 150
        )
        for (row, (_, phases)) in order.enumerated() {
            var start: Int64 = 0
            for (time, style, name) in phases.parts where time > 0 {
                let end = start + time
                plot.bar(
                    Double(start)...Double(end),
                    row: row,
                    class: style,
                    tip: "\(name) \(duration(time))"
                )
                start = end
            }
        }
        page.section(
            "Where the time goes",
            id: "phases",
            [
                figure(
                    plot,
                    "Grey: blocked by the target before it was sent. Orange: late by our doing. Blue: service time."
                )
            ]
        )
    }

    private func addErrors(to page: inout HTMLPage) {
        var counts: [String: [String: Int]] = [:]
        var first: [String: UInt64] = [:]
        for record in records where record.ending != .succeeded {
            counts[record.endingName, default: [:]][routeNames[Int(record.route)], default: 0] += 1
            first[record.endingName] = min(first[record.endingName] ?? .max, record.index)
        }
        let rows = counts.map { ($0.key, $0.value.values.reduce(0, +), $0.value) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            .map { label, count, routes -> [HTMLCell] in
                let most = routes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
                    .map { "\($0.key.printable) ×\($0.value)" }.joined(separator: ", ")
                return [
                    HTMLCell(label), HTMLCell(String(count)), HTMLCell(String(first[label] ?? 0)),
                    HTMLCell(most, class: "text"),
                ]
            }
        let part =
            rows.isEmpty
            ? paragraph("Every request succeeded.")
            : table(["what", "count", "first at request", "where most"], rows)
        page.section("Errors", id: "errors", [part])
    }

    private func addSlowest(to page: inout HTMLPage) {
        let rows = slowest.map { request -> [HTMLCell] in
            [
                String(request.index), request.route.printable, request.ending,
                duration(request.time), request.serviceTime.map(duration) ?? "n/a",
                request.blocked.map(duration) ?? "n/a", request.temperature?.name ?? "",
                request.requestID?.printable ?? "",
            ].map { HTMLCell($0) }
        }
        page.section(
            "The slowest requests",
            id: "slowest",
            [
                table(
                    [
                        "request", "route", "end", latency, "service", "blocked", "temperature",
                        "id",
                    ],
                    rows
                )
            ]
        )
    }
}

/// The median parts of a route's response times, in nanoseconds.
private struct Phases {
    let blocked: Int64
    let late: Int64
    let service: Int64

    init(_ records: [RequestRecord]) {
        func median(_ values: [Int64]) -> Int64 {
            max(0, Quantile.p50.value(ofSorted: values.sorted()) ?? 0)
        }
        blocked = median(records.compactMap(\.blockedTime))
        late = median(records.compactMap(\.clientLag))
        service = median(records.compactMap(\.serviceTime))
    }

    var total: Int64 { blocked &+ late &+ service }

    var parts: [(Int64, String, String)] {
        [(blocked, "muted", "blocked"), (late, "b", "late"), (service, "a", "service")]
    }
}

/// The words of a page about a run.
private let definitionsOfRuns = [
    "Response time: from when a request was due until its response was whole; free of coordinated omission.",
    "Service time: from when it was sent until its response was whole.",
    "Blocked: the part of its lateness that the target caused, by an answer or a connection that had not come. Client lag: the rest.",
    "Percentiles are exact, by nearest rank, over requests that succeeded; those that were given up count with the time that they waited.",
    "Cold: a request that made the server load a module. Shadow: sent before the first answer of a load had ended. cold-429: refused meanwhile. Warm: the module was in memory. Unknown: nothing tells. Scripts are never warm.",
    "A label is observed (the server's log says so), inferred (from this run's times and the sizes of modules) or assumed (a server that was started for the run, a memory that holds every module).",
]
