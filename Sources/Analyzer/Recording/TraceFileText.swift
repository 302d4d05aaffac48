internal import TraceFormat

extension TraceFile {
    /// The report for a terminal, at most 80 columns wide.
    ///
    /// - Parameter hasSparkline: Whether the rate over time is drawn with block characters.
    /// - Returns: The lines.
    public func text(hasSparkline: Bool) -> String {
        var layout = TextLayout()
        writeTotals(to: &layout, hasSparkline: hasSparkline)
        writeContents(to: &layout)
        if summary.exchanges > 0 {
            layout.line()
            writeRoutes(to: &layout)
        }
        return layout.text
    }

    private func writeTotals(to layout: inout TextLayout, hasSparkline: Bool) {
        layout.items("TRACE", [name.printable, "format version \(version)"])
        layout.items("", ["hash \(summary.contentHash)"])
        layout.items(
            "SIZE",
            ["\(summary.exchanges) exchanges on \(summary.connections) connections"]
                + ["\(byteCount) bytes"]
                + (bytesPerExchange.map { ["\(fixed($0, decimals: 1)) bytes an exchange"] } ?? [])
        )
        let peak = profile.rate.counts.max() ?? 0
        let peakRate = Double(peak) / (Double(profile.rate.partDuration) / 1e9)
        layout.items(
            "TIME",
            [duration(summary.duration)]
                + (meanRate.map { ["\(fixed($0, decimals: 1))/s on average"] } ?? [])
                + (meanRate == nil ? [] : ["\(fixed(peakRate, decimals: 1))/s at most"])
        )
        if hasSparkline, meanRate != nil { layout.items("", [sparkline(profile.rate.counts)]) }
        layout.items(
            "AT ONCE",
            [
                "at most \(profile.peakOpenConnections) open connections",
                "\(profile.peakInProgress) exchanges in progress",
            ]
        )
        var source = ["\(info.source), by \(info.writer)".printable, "bodies: \(info.bodies)"]
        if !info.clock.isEmpty { source.append("clock: \(info.clock)".printable) }
        if !info.redaction.isEmpty { source.append("redacted: \(info.redaction)".printable) }
        source += info.notes.pairs.map { "\($0.name): \($0.text)".printable }
        layout.items("SOURCE", source)
        for damage in damage { layout.items("DAMAGE", ["\(damage)"]) }
    }

    private func writeContents(to layout: inout TextLayout) {
        let statuses = profile.overall.statuses.map { ("\($0.key)", $0.value) }
        let tables: [(String, [(String, UInt64)])] = [
            ("METHODS", profile.methods.map { ($0.name, $0.count) }),
            ("STATUS", statuses.sorted { ($1.1, $0.0) < ($0.1, $1.0) }),
            ("NOT WHOLE", profile.incomplete.map { ($0.end.name, $0.count) }),
        ]
        for (label, counts) in tables where !counts.isEmpty {
            layout.items(label, counts.map { "\($0.0) ×\($0.1)" })
        }
        layout.items(
            "BODIES",
            [
                "requests: \(profile.requestBodies.summary)",
                "responses: \(profile.responseBodies.summary)",
            ]
        )
        for group in summary.ledger?.groups ?? [] {
            let counters = group.counters.filter { $0.count > 0 }
                .map { "\($0.name) \($0.count)" }
            layout.items(
                "LEDGER",
                ["\(group.name): " + (counters.first ?? "none")] + counters.dropFirst()
            )
        }
    }

    private func writeRoutes(to layout: inout TextLayout) {
        let widths = [32, 9, 9, 9, 9, 9]
        layout.row(["recorded time", "n"] + TraceProfile.quantiles.map(\.name), widths: widths)
        for group in [profile.overall] + profile.routes.prefix(TextLayout.rowLimit) {
            let cells = TraceProfile.quantiles.map { quantile in
                group.duration(quantile).map { Analyzer.duration($0) } ?? "n/a"
            }
            layout.row([group.name, String(group.count)] + cells, widths: widths)
        }
        layout.omitted(profile.routes.count - TextLayout.rowLimit, of: "routes")
        layout.items("", ["of whole responses; percentiles are within 1 %, n/a: too few to tell"])
    }

    /// A column for each number, as high as it is beside the greatest one.
    private func sparkline(_ counts: [UInt64]) -> String {
        let columns = Array("▁▂▃▄▅▆▇█")
        let greatest = max(1, counts.max() ?? 1)
        return String(
            counts.map { count in
                guard count > 0 else { return " " }
                let height = Double(count) / Double(greatest) * Double(columns.count)
                return columns[min(columns.count - 1, Int(height.rounded(.up)) - 1)]
            }
        )
    }
}

extension TraceProfile.Bodies {
    fileprivate var summary: String {
        guard count > 0 else { return "none" }
        let kept =
            keptCount == count ? "all kept" : keptCount == 0 ? "none kept" : "\(keptCount) kept"
        return "\(count) of \(byteCount) bytes, at most \(greatest), \(kept)"
    }
}
