internal import TraceFormat

extension RunComparison {
    /// The comparison as JSON, described in docs/report-schema.md.
    public func jsonReport() -> String { json.text }

    /// The comparison as a value, to be put into a larger document.
    public var json: JSONValue {
        .object([
            .init("schema_version", .integer(RunAnalysis.schemaVersion)),
            .init("kind", .string("diff")),
            .init("verdict", .string(verdict.rawValue)),
            .init("reasons", .array(reasons.map { .string($0) })),
            .init("screening", .bool(true)),
            .init("headline", .string(hasSchedule ? "response_ns" : "service_ns")),
            .init("baseline", baseline.json),
            .init("candidate", candidate.json),
            .init(
                "method",
                .object([
                    .init("margin", .number(options.margin)),
                    .init("floor_ns", .integer(options.floor)),
                    .init("resamples", .integer(Int64(options.resamples))),
                    .init("seed", .unsigned(options.seed)),
                    .init("minimum_pairs", .integer(Int64(ComparisonOptions.minimumPairs))),
                ])
            ),
            .init("overall", overall.json),
            .init("routes", .array(routes.map(\.json))),
            .init(
                "status_changes",
                .array(
                    statusChanges.map { change in
                        .object([
                            .init("baseline", .string(change.baseline)),
                            .init("candidate", .string(change.candidate)),
                            .init("count", .integer(Int64(change.count))),
                        ])
                    }
                )
            ),
            .init(
                "cold",
                .array(
                    coldChanges.map { change in
                        .object([
                            .init("module", .string(change.module)),
                            .init("baseline_service_ns", .integer(change.baseline)),
                            .init("candidate_service_ns", .integer(change.candidate)),
                        ])
                    }
                )
            ),
        ])
    }
}

extension GroupComparison {
    fileprivate var json: JSONValue {
        .object([
            .init("route", .string(name)),
            .init("pairs", .integer(Int64(pairs))),
            .init("verdict", .string(verdict.rawValue)),
            .init("change", JSONValue(effect?.change)),
            .init("low", JSONValue(effect?.low)),
            .init("high", JSONValue(effect?.high)),
            .init("margin", JSONValue(effect?.margin)),
            .init("median_difference_ns", JSONValue(effect?.medianDifference)),
            .init("share_slower", JSONValue(effect?.shareSlower)),
            .init("block_length", JSONValue(effect.map { Int64($0.blockLength) })),
            .init("reasons", .array(reasons.map { .string($0) })),
            .init("left_out", jsonCounts(leftOut.map { ($0.rawValue, $1) })),
            .init(
                "flips",
                .object([
                    .init("new_failures", .integer(Int64(flips.newFailures))),
                    .init("repaired", .integer(Int64(flips.repaired))),
                    .init("probability", .number(flips.probability)),
                ])
            ),
            .init("shifts", .object(shifts.map { .init($0.quantile.key, $0.json) })),
        ])
    }
}

extension PercentileShift {
    fileprivate var json: JSONValue {
        .object([
            .init("baseline_ns", JSONValue(baseline)),
            .init("candidate_ns", JSONValue(candidate)),
            .init("change", JSONValue(change)),
        ])
    }
}
