import TraceFormat

extension ReplayConfiguration {
    /// What sets this replay apart from a plain one, in words for a report: `multiply 3`,
    /// `slice 37s..40s`.
    public var modes: [String] {
        var modes: [String] = []
        if let slice = selection.slice { modes.append("slice \(seconds(slice))") }
        if selection.loopCount > 1 { modes.append("loop \(selection.loopCount)") }
        if selection.multiplier > 1 { modes.append("multiply \(selection.multiplier)") }
        if let shard = selection.shard { modes.append("shard \(shard)") }
        if usesFreshConnections { modes.append("fresh connections") }
        if let duration = limits.duration { modes.append("duration \(seconds(duration))") }
        if let gap = limits.gap { modes.append("gaps up to \(seconds(gap))") }
        if let rate = limits.rate { modes.append("at most \(plain(rate))/s") }
        if let count = limits.inFlight { modes.append("at most \(count) in flight") }
        if let lateness = limits.lateness { modes.append("none later than \(seconds(lateness))") }
        if usesHTTP2 { modes.append("HTTP/2") }
        switch causality {
        case .order?: modes.append("causal order")
        case .substitution?: modes.append("causal order with the target's values")
        case nil: break
        }
        if pacesBodies { modes.append("bodies paced") }
        return modes
    }

    /// The options of this replay, as a run file keeps them.
    func conditions(spins: Bool, _ plan: PlanOverview) -> Metadata {
        var metadata = Metadata()
        metadata["timeout_ns"] = "\(limits.timeout)"
        metadata["seed"] = "\(seed)"
        metadata["threads"] = "\(threadCount)"
        metadata["spin"] = "\(spinning.rawValue) (\(spins ? "on" : "off"))"
        if !modes.isEmpty { metadata["modes"] = modes.joined(separator: ", ") }
        metadata["shard"] = selection.shard?.description
        metadata["recorded_peak_connections"] = "\(plan.peakConnections)"
        if keepsTraceparent { metadata["traceparent"] = "kept" }
        metadata["kept_fields"] = keeping.description
        if plan.shortenedGaps > 0 {
            metadata["gaps_shortened"] = "\(plan.shortenedGaps) by \(seconds(plan.shortenedBy))"
        }
        if plan.putOff > 0 { metadata["put_off_by_rate_cap"] = "\(plan.putOff)" }
        for edit in fieldEdits {
            switch edit {
            case .set(let name, _): metadata["set_header_\(name.lowercased())"] = "(set)"
            case .remove(let name): metadata["remove_header_\(name.lowercased())"] = ""
            }
        }
        return metadata
    }

    private func seconds(_ nanoseconds: Int64) -> String {
        "\(plain(Double(nanoseconds) / 1e9))s"
    }

    private func seconds(_ range: Range<Int64>) -> String {
        let end = range.upperBound == .max ? "" : seconds(range.upperBound)
        return "\(seconds(range.lowerBound))..\(end)"
    }
}
