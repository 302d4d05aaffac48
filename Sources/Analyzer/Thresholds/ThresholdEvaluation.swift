internal import TraceFormat

extension RunAnalysis {
    /// Judges the run by thresholds; a `strict` judge takes a missed target for a missed threshold.
    public func judged(by thresholds: [Threshold], strict: Bool = false) -> ThresholdReport {
        var numbers = ThresholdNumbers(of: self, for: thresholds.map(\.metric))
        return ThresholdReport(
            results: thresholds.map { threshold in
                ThresholdResult(
                    threshold,
                    numbers.measure(threshold.metric, of: threshold.scope),
                    isStrict: strict,
                    note: threshold.metric == .rate ? numbers.rateNote(threshold.scope) : nil
                )
            },
            isStrict: strict,
            isRunValid: validity.isValid
        )
    }

    /// One number of the run.
    func measure(_ subject: HistoryMetric) -> Measurement {
        var numbers = ThresholdNumbers(of: self, for: [subject.metric])
        return numbers.measure(subject.metric, of: subject.scope)
    }
}

/// Finds the numbers of a run that thresholds ask for, each sorted only once.
private struct ThresholdNumbers {
    private let run: RunAnalysis
    private let quantiles: [Quantile]
    private var latencies: [Source: LatencySummary] = [:]
    private var requests: [ThresholdScope: [RequestRecord]] = [:]

    /// What a latency is taken from.
    private struct Source: Hashable {
        let scope: ThresholdScope
        let times: ThresholdMetric.Times
    }

    init(of run: RunAnalysis, for metrics: [ThresholdMetric]) {
        self.run = run
        let asked = metrics.compactMap { metric -> Quantile? in
            if case .latency(_, let quantile) = metric { quantile } else { nil }
        }
        quantiles = Set(asked).sorted { $0.fraction < $1.fraction }
    }

    mutating func measure(_ metric: ThresholdMetric, of scope: ThresholdScope) -> Measurement {
        let records = records(of: scope)
        guard !records.isEmpty else {
            let what = scope == .all ? "in this run" : "of \(scope) in this run"
            return .missing("there is no request \(what)", count: 0)
        }
        switch metric {
        case .latency(let times, let quantile):
            if let divergence = divergence(of: scope) {
                return .missing(
                    "from #\(divergence) on the answers hardly resemble the recording's: the latency is "
                        + "that of other work",
                    count: records.count
                )
            }
            return latency(quantile, of: times, scope: scope, records: records)
        case .errors:
            let sent = records.count { $0.sent != nil }
            guard sent > 0 else { return .missing("no request was sent", count: 0) }
            let failed = sent - records.count { $0.ending == .succeeded }
            return .known(.share(Double(failed) / Double(sent)), count: sent)
        case .rate:
            guard let duration = run.ending?.duration, duration > 0 else {
                return .missing("the run's duration is not known", count: 0)
            }
            let succeeded = records.count { $0.ending == .succeeded }
            let seconds = Double(duration) / 1e9
            return .known(.perSecond(Double(succeeded) / seconds), count: succeeded)
        }
    }

    /// What was asked of the target, without which a rate can't be understood.
    mutating func rateNote(_ scope: ThresholdScope) -> String? {
        let records = records(of: scope)
        guard let duration = run.ending?.duration, duration > 0, !records.isEmpty else {
            return nil
        }
        guard run.hasSchedule else {
            let share = Double(records.count) / Double(run.records.count)
            return records.count == run.records.count
                ? nil : "\(percentage(share)) of the run's requests were of \(scope)"
        }
        let asked = Double(records.count) / (Double(duration) / 1e9)
        return "the schedule asked for \(Quantity.perSecond(asked))"
    }

    /// From where on the answers of a single route are not those of the recording any more.
    private func divergence(of scope: ThresholdScope) -> UInt64? {
        guard scope != .all else { return nil }
        return run.recordedAnswers.filter { scope.contains($0.route) }.compactMap(\.divergence)
            .min()
    }

    private mutating func records(of scope: ThresholdScope) -> [RequestRecord] {
        if let known = requests[scope] { return known }
        let isWanted = run.routeNames.map { scope.contains($0) }
        let records = Array(run.records.lazy.filter { isWanted[Int($0.route)] })
        requests[scope] = records
        return records
    }

    private mutating func latency(
        _ quantile: Quantile,
        of times: ThresholdMetric.Times,
        scope: ThresholdScope,
        records: [RequestRecord]
    ) -> Measurement {
        let source = Source(scope: scope, times: times)
        let summary = latencies[source] ?? summarise(records, times)
        latencies[source] = summary
        let count = summary.succeeded + summary.censored
        guard count > 0 else {
            let kind = times == .cold || times == .warm ? "\(times.rawValue) request" : "request"
            return .missing("no \(kind) succeeded", count: 0)
        }
        switch summary[quantile] {
        case .exact(let value): return .known(.nanoseconds(value), count: count)
        case .atLeast(let value):
            return .known(.nanoseconds(value), isLowerBound: true, count: count)
        case .withheld(let reason): return .missing("withheld: \(reason)", count: count)
        }
    }

    private func summarise(
        _ records: [RequestRecord],
        _ times: ThresholdMetric.Times
    ) -> LatencySummary {
        let members =
            switch times {
            case .headline, .response, .service: records
            case .cold: records.filter { $0.temperature == .cold }
            case .warm: records.filter { $0.temperature == .warm }
            }
        let isResponse = times == .response || (times == .headline && run.hasSchedule)
        let time = { (record: RequestRecord) in
            isResponse ? record.responseTime : record.serviceTime
        }
        let summary = LatencySummary(
            succeeded: members.filter { $0.ending == .succeeded }.compactMap(time),
            censored: members.filter(\.isCensored).map { time($0) ?? 0 },
            quantiles: quantiles
        )
        return times == .response && !run.hasSchedule
            ? LatencySummary(withoutScheduleFor: summary) : summary
    }
}
