internal import TraceFormat

extension RunAnalysis {
    /// The report for a terminal, at most 80 columns wide.
    public func textReport(
        style: Style = .plain,
        thresholds: ThresholdReport? = nil
    ) -> String {
        var layout = TextLayout()
        writeProvenance(to: &layout, style: style)
        layout.line()
        writeLatencies(to: &layout)
        layout.line()
        writeCounts(to: &layout)
        writeWindows(to: &layout, style: style)
        writeTemperature(to: &layout)
        layout.recordedAnswers(recordedAnswers, recordedContents)
        writeSlowest(to: &layout)
        thresholds?.writeSummary(to: &layout, style: style)
        return layout.text
    }

    private func writeProvenance(to layout: inout TextLayout, style: Style) {
        layout.items("RUN", info.summary)
        let counts = overall.counts
        layout.items(
            "COUNTS",
            [
                "planned \(info.planned)", "sent \(counts.sent)", "completed \(counts.completed)",
                "failed \(counts.failed)", "censored \(counts.censored)",
                "unsent \(counts.unsent)",
            ]
        )
        let verdict = validity.isValid ? style.mark("valid", .good) : style.mark("INVALID", .bad)
        layout.items("TRUST", [verdict] + trustNumbers)
        for check in validity.doubts {
            let word = check.result == .failed ? "failed: " : ""
            layout.items("", [word + check.detail])
        }
        if !fidelityNumbers.isEmpty { layout.items("FIDELITY", fidelityNumbers) }
        if let causalOrder { layout.items("CAUSAL", causalOrder.numbers) }
    }

    /// How true the replay was to the recording, in short; empty where nothing was sent.
    var fidelityNumbers: [String] { scheduleNumbers + (traffic?.numbers ?? []) }

    /// How true it was to its schedule; empty where there was none.
    private var scheduleNumbers: [String] {
        guard let fidelity else { return [] }
        var numbers = [
            "sent within \(duration(fidelity.sentDuration)) of \(duration(fidelity.dueDuration)) due"
                + (fidelity.durationError.map { " (\(signedPercentage($0)))" } ?? "")
        ]
        if let error = fidelity.gapError {
            numbers.append(
                "gaps off by p50 \(duration(error.p50)) p99 \(duration(error.p99)) "
                    + "max \(duration(error.max))"
            )
        }
        if let open = fidelity.openConnections, let recorded = fidelity.recordedConnections {
            numbers.append("at most \(open) connections, recorded \(recorded)")
        }
        return numbers
    }

    private var trustNumbers: [String] {
        guard let lag else { return [] }
        return [
            "client lag \(lag.clientLag.summary)",
            "blocked \(lag.blocked.summary)",
        ]
    }

    private func writeLatencies(to layout: inout TextLayout) {
        let widths = [20, 8, 9, 9, 9, 9, 9, 7]
        let names = Quantile.reported.map(\.name)
        layout.row([latencyTitle(hasSchedule: hasSchedule), "n"] + names + ["ok"], widths: widths)
        for group in [overall] + routes.prefix(TextLayout.rowLimit) {
            let share = group.counts.successShare.map(shareForColumn) ?? "n/a"
            let headline = group.headline(hasSchedule: hasSchedule)
            layout.row(
                [group.name, String(group.counts.total)] + headline.cells + [share],
                widths: widths
            )
            if hasSchedule {
                layout.row(["  service time", ""] + group.service.cells, widths: widths)
            }
        }
        layout.omitted(routes.count - TextLayout.rowLimit, of: "routes")
        for note in latencyNotes { layout.items("", [note]) }
    }

    /// What a reader must know to read the table of latencies.
    var latencyNotes: [String] {
        let shown = ([overall] + routes).flatMap { [$0.response, $0.service] }
        let values = shown.flatMap { $0.percentiles.map(\.value) }
        var notes = ["ok: the share that succeeded; the percentiles are over these"]
        if !hasSchedule {
            notes.append("speed max has no schedule, so there is no response time to count")
        }
        let isShort = values.contains { value in
            if case .withheld(.tooFew) = value { true } else { false }
        }
        if isShort {
            let needs = Quantile.reported.dropLast().map { "\($0.name) needs \($0.minimumCount)" }
            notes.append("n/a: too few requests to tell (\(needs.joined(separator: ", ")))")
        }
        let isBound = values.contains { value in
            if case .atLeast = value { true } else { false }
        }
        if isBound {
            notes.append("≥: a lower bound, because requests were given up before their end")
        }
        return notes
    }

    private func writeCounts(to layout: inout TextLayout) {
        let tables = [
            ("STATUS", overall.counts.statuses.map { (String($0), $1) }),
            ("FAILED", overall.counts.failures.map { ($0.name, $1) }),
            ("GAVE UP", overall.counts.censorings.map { ($0.name, $1) }),
            ("UNSENT", overall.counts.unsentReasons.map { ($0.name, $1) }),
        ]
        for (label, counts) in tables where !counts.isEmpty {
            let sorted = counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            layout.items(label, sorted.map { "\($0.0) ×\($0.1)" })
        }
    }
}

/// A share that fits its column of seven: without the space before the sign.
private func shareForColumn(_ share: Double) -> String {
    percentage(share).filter { $0 != " " }
}

extension RunInfo {
    /// By what the times of the run were made.
    private var pace: String {
        if speed == "max" { return "speed max" }
        return Double(speed) == nil ? speed : "speed \(speed)x"
    }

    /// What was replayed, how, and against what.
    var summary: [String] {
        [
            "\(traceName) (\(traceHash.prefix(8)))",
            pace, target,
            connections == "recorded" ? "connections as recorded" : "\(connections) connections",
            environment["modes"],
        ].compactMap { $0?.printable }
    }
}

extension Spread {
    /// The three numbers.
    fileprivate var summary: String {
        "p50 \(duration(p50)) p99 \(duration(p99)) max \(duration(max))"
    }
}

extension LatencySummary {
    /// The reported percentiles as table cells.
    var cells: [String] {
        percentiles.map { percentile in
            switch percentile.value {
            case .exact(let value): duration(value)
            case .atLeast(let value): "≥\(duration(value))"
            case .withheld: "n/a"
            }
        }
    }
}
