internal import Charts

extension RunAnalysis {
    /// Further ones are in the JSON.
    private static let shownModules = 30

    func addTemperature(to page: inout HTMLPage) {
        let shown = modules.prefix(Self.shownModules)
        guard !shown.isEmpty else {
            page.section("Cold starts", id: "cold", [paragraph("No module was asked for.")])
            return
        }
        var parts = [bullets(temperatureEffects.map { $0.joined(separator: " · ") })]
        if let plot = plot(of: shown.filter { !$0.coldTimes.isEmpty || !$0.shadows.isEmpty }) {
            parts.append(
                figure(plot, "Orange: cold requests. Grey: shadows. Blue: warm median.")
            )
        }
        parts.append(
            table(
                [
                    "module", "cold", "cold times", "warm p50", "penalty [95 %]", "shadows",
                    "herd", "cold-429", "warm", "unknown", "first success",
                ],
                shown.map(\.cells)
            )
        )
        parts.append(
            table(
                ["module", "evidence", "load"],
                shown.map { module in
                    [
                        HTMLCell(module.module.printable),
                        HTMLCell(module.evidenceText, class: "text"),
                        HTMLCell(module.tierText, class: "text"),
                    ]
                }
            )
        )
        if modules.count > shown.count {
            parts.append(paragraph("\(modules.count - shown.count) more modules are in the JSON."))
        }
        parts += temperatureNotes.map { paragraph($0, class: "note") }
        page.section("Cold starts", id: "cold", parts)
    }

    /// The times of cold, shadow and warm requests; `nil` when no module loaded.
    private func plot(of modules: [ModuleTemperature]) -> Plot? {
        let times = modules.flatMap(\.shownTimes).filter { $0 > 0 }.map { Double($0) }
        guard let least = times.min(), let greatest = times.max() else { return nil }
        var plot = Plot(
            title: "Cold and warm by module",
            summary: "from \(duration(Int64(least))) to \(duration(Int64(greatest)))",
            x: Plot.Axis(
                .logarithmic(least...max(greatest, least * 1.01)),
                title: "service time"
            ) {
                duration(Int64($0.rounded()))
            },
            y: Plot.Axis(.rows(modules.count), title: "") { row in
                modules[Int(row)].module.printable.shortened(to: 22)
            },
            height: Double(60 + 22 * modules.count),
            left: 150
        )
        for (row, module) in modules.enumerated() {
            let dots = { (times: ArraySlice<Int64>) -> [Plot.Point] in
                times.map { (x: Double($0), y: Double(row)) }
            }
            plot.dots(dots(module.shadows.prefix(50)), class: "muted", radius: 2.5)
            if let warm = module.warm[.p50].nanoseconds {
                plot.dots([(Double(warm), Double(row))], class: "a", radius: 4)
            }
            plot.dots(dots(module.coldTimes.prefix(50)), class: "b", radius: 5)
        }
        return plot
    }
}

extension ModuleTemperature {
    /// The times that the picture shows.
    fileprivate var shownTimes: [Int64] {
        var times = coldTimes + shadows
        if let median = warm[.p50].nanoseconds { times.append(median) }
        return times
    }

    fileprivate var cells: [HTMLCell] {
        let count = { (temperature: Temperature) in String(counts[temperature] ?? 0) }
        return [
            module.printable, count(.cold), coldText ?? "n/a",
            warm[.p50].nanoseconds.map(duration) ?? "n/a",
            penalty.map { penalty in
                signedDuration(penalty.penalty)
                    + (penalty.interval.map { " \(intervalText($0))" } ?? "")
            } ?? "n/a",
            count(.shadow), String(herd), count(.refused), count(.warm), count(.unknown),
            firstSuccess.map(duration) ?? "n/a",
        ].map { HTMLCell($0) }
    }

    /// What the labels rest on, in words.
    fileprivate var evidenceText: String {
        let parts = Temperature.allCases.compactMap { temperature -> String? in
            guard let counts = evidence[temperature] else { return nil }
            let words = LabelEvidence.allCases.compactMap { evidence in
                counts[evidence].map { "\(evidence.name) ×\($0)" }
            }
            return "\(temperature.name): \(words.joined(separator: ", "))"
        }
        let denied = contradictions > 0 ? ["first use as fast as warm: loaded before?"] : []
        return (parts + denied).joined(separator: " · ")
    }

    /// What the loads had to do, in words.
    fileprivate var tierText: String {
        LoadTier.allCases.compactMap { tier in tiers[tier].map { "\(tier.name) ×\($0)" } }
            .joined(separator: ", ")
    }
}
