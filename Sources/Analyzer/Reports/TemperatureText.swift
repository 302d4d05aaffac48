extension RunAnalysis {
    /// What loading did, as part of the report for a terminal.
    func writeTemperature(to layout: inout TextLayout) {
        guard !cold.isEmpty else { return }
        layout.items("COLD", temperatureCounts)
        for line in temperatureEffects { layout.items("", line) }
        for module in modules.prefix(TextLayout.rowLimit) {
            layout.items("", module.summary)
        }
        layout.omitted(modules.count - TextLayout.rowLimit, of: "modules")
        for note in temperatureNotes { layout.items("", [note]) }
    }

    /// How many requests had which temperature; of those that are not everywhere, only what there was.
    private var temperatureCounts: [String] {
        let always: [Temperature] = [.cold, .shadow, .warm, .unknown]
        var items = [modules.count == 1 ? "1 module" : "\(modules.count) modules"]
        for temperature in Temperature.allCases {
            let count = cold.counts[temperature] ?? 0
            guard count > 0 || always.contains(temperature) else { continue }
            items.append("\(count) \(temperature.name)")
        }
        return items
    }

    /// What loading cost, and what it did to the percentiles of the run.
    var temperatureEffects: [[String]] {
        var lines: [[String]] = []
        if let penalty = cold.penalty {
            let interval = penalty.interval.map(intervalText) ?? "[too few for an interval]"
            let cost = "a first use costs \(signedDuration(penalty.median)) \(interval)"
            lines.append([cost, "n \(penalty.count)"])
        }
        var tailItems: [String] = []
        if let tail, tail.count > 0 {
            let share = percentage(Double(tail.coldOrShadow) / Double(tail.count))
            tailItems.append("\(share) of those beyond p99 are cold or shadow")
        }
        tailItems += percentilesWithoutLoading
        if !tailItems.isEmpty { lines.append(tailItems) }
        return lines
    }

    /// The tail with and without what loaded, where both can be told; with unknown requests, the band.
    private var percentilesWithoutLoading: [String] {
        let headline = overall.headline(hasSchedule: hasSchedule)
        return [Quantile.p99, .p999].compactMap { quantile in
            guard let all = headline[quantile].nanoseconds,
                let low = cold.withoutUnknown[quantile].nanoseconds,
                let high = cold.withoutLoading[quantile].nanoseconds
            else { return nil }
            let without =
                low == high
                ? duration(high)
                : "\(duration(min(low, high))) to \(duration(max(low, high))) as the unknown were"
            return "\(quantile.name) \(duration(all)), without these \(without)"
        }
    }

    private func restsOnAssumption(_ temperatures: [Temperature]) -> Bool {
        modules.contains { module in
            temperatures.contains { module.evidence[$0]?[.assumed] != nil }
        }
    }

    /// What the temperatures rest on.
    var temperatureNotes: [String] {
        guard !modules.isEmpty else { return [] }
        var notes: [String] = []
        if let listCount {
            notes.append(
                listCount == 0
                    ? "the server gave no list of loaded modules"
                    : "observed by \(listCount) of the server's own lists of loaded modules"
            )
        }
        if let loads, loads.canBeJoined {
            notes.append(
                "by the server's log: \(loads.lines) loads, of which \(loads.requests) requests of "
                    + "this run are the cause"
            )
            if let agreement, let precision = agreement.precision, let recall = agreement.recall {
                notes.append(
                    "without the log, \(percentage(precision)) of the labels cold and shadow were "
                        + "right and \(percentage(recall)) of the loads found"
                )
            }
            return notes
        }
        if restsOnAssumption([.cold, .shadow]) {
            notes.append("cold and shadow assume a target that was started for this run")
        }
        if !isCacheKnown, restsOnAssumption([.warm]) {
            notes.append("warm assumes that no module was thrown out of memory (--mik-config)")
        }
        return notes
    }
}

extension ModuleTemperature {
    /// What the module's line says: few values are shown as they are.
    var summary: [String] {
        var items = [
            "\(module): " + (coldText.map { "cold \($0)" } ?? "no cold request that succeeded")
        ]
        if let penalty {
            let interval = penalty.interval.map { " \(intervalText($0))" } ?? ""
            items[0] +=
                " (warm p50 \(duration(penalty.warmMedian)), "
                + "\(signedDuration(penalty.penalty))\(interval))"
        }
        if contradictions > 0 { items.append("first use as fast as warm: loaded before?") }
        if let herd = counts[.shadow] {
            let shown = shadows.prefix(5).map(duration).joined(separator: ", ")
            let more = shadows.count > 5 ? ", …" : ""
            items.append("shadow ×\(herd)\(shown.isEmpty ? "" : ": \(shown)\(more)")")
        }
        if herd > 1, herd != 1 + (counts[.shadow] ?? 0) {
            items.append("\(herd) of them at once")
        }
        if let refused = counts[.refused] { items.append("refused while loading ×\(refused)") }
        if let firstSuccess { items.append("first success after \(duration(firstSuccess))") }
        return items
    }

    private var coldPercentiles: [String] {
        zip(Quantile.reported, cold.cells).filter { $1 != "n/a" }.map { "\($0.name) \($1)" }
    }

    /// The cold times: all of a few, the percentiles of many; `nil` without any.
    var coldText: String? {
        switch coldTimes.count {
        case 0: nil
        case ...Self.shownValues: coldTimes.map(duration).joined(separator: ", ")
        default: "\(coldPercentiles.joined(separator: " ")) (n \(coldTimes.count))"
        }
    }
}

/// A difference of times with its sign.
func signedDuration(_ nanoseconds: Int64) -> String {
    (nanoseconds < 0 ? "" : "+") + duration(nanoseconds)
}

/// The 95 % interval of a difference of times.
func intervalText(_ interval: ClosedRange<Int64>) -> String {
    "[\(signedDuration(interval.lowerBound)), \(signedDuration(interval.upperBound))]"
}
