extension ThresholdReport {
    /// The thresholds as JSON, described in docs/report-schema.md.
    public func jsonReport(of run: RunAnalysis) -> String {
        JSONValue.object([
            .init("schema_version", .integer(RunAnalysis.schemaVersion)),
            .init("kind", .string("check")),
            .init("verdict", .string(verdict.rawValue)),
            .init("strict", .bool(isStrict)),
            .init("run", run.info.json),
            .init("validity", run.validity.json(lag: run.lag)),
            .init("thresholds", .array(results.map(\.json))),
        ]).text
    }

    /// The thresholds as a part of the report on a run.
    var json: JSONValue {
        .object([
            .init("verdict", .string(verdict.rawValue)),
            .init("strict", .bool(isStrict)),
            .init("results", .array(results.map(\.json))),
        ])
    }
}

extension ThresholdResult {
    fileprivate var json: JSONValue {
        .object([
            .init("route", .string("\(threshold.scope)")),
            .init("metric", .string("\(threshold.metric)")),
            .init("comparison", .string(threshold.comparison.rawValue)),
            .init("unit", .string(threshold.target.unit)),
            .init("target", threshold.target.json),
            .init("critical", threshold.critical.json),
            .init("measured", measurement.value?.json ?? .null),
            .init("at_least", .bool(measurement.isLowerBound)),
            .init("count", .integer(Int64(measurement.count))),
            .init("result", .string(outcome.rawValue)),
            .init("note", note.map { .string($0) } ?? .null),
        ])
    }
}

extension Quantity {
    fileprivate var json: JSONValue {
        switch self {
        case .nanoseconds(let value): .integer(value)
        case .share(let value), .perSecond(let value): .number(value)
        }
    }
}
