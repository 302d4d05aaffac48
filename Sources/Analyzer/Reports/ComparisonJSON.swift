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
            .init("paired", .bool(isPaired)),
            .init("headline", .string(hasSchedule ? "response_ns" : "service_ns")),
            .init("baseline", baseline.json),
            .init("candidate", candidate.json),
            .init(
                "method",
                .object(
                    options.members + [
                        .init("resamples", .integer(Int64(options.resamples))),
                        .init("seed", .unsigned(options.seed)),
                    ]
                )
            ),
            .init("overall", overall.json),
            .init("routes", .array(routes.map(\.json))),
            .init("status_changes", .array(statusChanges.map(\.json))),
            .init("answers", .array(answers.map(\.json))),
            .init("contents", contents?.json ?? .null),
            .init("worst_pairs", .array(worstPairs.map(\.json))),
            .init("cold", .array(coldChanges.map(\.json))),
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
            .init("block_length", JSONValue(effect?.blockLength.map(Int64.init))),
            .init("reasons", .array(reasons.map { .string($0) })),
            .init("left_out", jsonCounts(leftOut.map { ($0.rawValue, $1) })),
            .init("flips", flips.json),
            .init("failures", failures.json),
            .init("divergence", divergence?.json ?? .null),
            .init("unpaired", unpaired?.json ?? .null),
            .init("shifts", .object(shifts.map { .init($0.quantile.key, $0.json) })),
        ])
    }
}

extension ComparisonOptions {
    /// What counted as a change.
    var members: [JSONValue.Member] {
        [
            .init("margin", .number(margin)),
            .init("caveats", .array(caveats.map { .string($0) })),
            .init("floor_ns", .integer(floor)),
            .init("minimum_pairs", .integer(Int64(Self.minimumPairs))),
            .init("noise_floor", JSONValue(noiseFloor.medians[GroupEstimate.nameOfAll])),
        ]
    }
}

extension RunComparison.StatusChange {
    /// The change and its count.
    var json: JSONValue {
        .object([
            .init("baseline", .string(baseline)),
            .init("candidate", .string(candidate)),
            .init("count", .integer(Int64(count))),
        ])
    }
}

extension RunComparison.ColdChange {
    /// The module and its first use in both runs.
    var json: JSONValue {
        .object([
            .init("module", .string(module)),
            .init("baseline_service_ns", .integer(baseline)),
            .init("candidate_service_ns", .integer(candidate)),
        ])
    }
}

extension FailureFlips {
    /// Both counts and what chance says to them.
    var json: JSONValue {
        .object([
            .init("new_failures", .integer(Int64(newFailures))),
            .init("repaired", .integer(Int64(repaired))),
            .init("probability", .number(probability)),
        ])
    }
}

extension PercentileShift {
    fileprivate var json: JSONValue {
        .object([
            .init("baseline_ns", JSONValue(baseline)),
            .init("candidate_ns", JSONValue(candidate)),
            .init("change", JSONValue(change)),
            .init("low", JSONValue(interval?.lowerBound)),
            .init("high", JSONValue(interval?.upperBound)),
        ])
    }
}

extension FailureShares {
    /// Both sides, and how far apart they are.
    var json: JSONValue {
        .object([
            .init("baseline_tried", .integer(Int64(baseline.tried))),
            .init("baseline_failed", .integer(Int64(baseline.failed))),
            .init("candidate_tried", .integer(Int64(candidate.tried))),
            .init("candidate_failed", .integer(Int64(candidate.failed))),
            .init("difference", JSONValue(difference)),
            .init("low", JSONValue(interval?.lowerBound)),
            .init("high", JSONValue(interval?.upperBound)),
        ])
    }
}

extension UnpairedStatistics {
    fileprivate var json: JSONValue {
        .object([
            .init("baseline_count", .integer(Int64(baselineCount))),
            .init("candidate_count", .integer(Int64(candidateCount))),
            .init("superiority", .number(superiority)),
            .init("cliffs_delta", .number(delta)),
            .init("mann_whitney_probability", .number(mannWhitneyProbability)),
            .init("kolmogorov_smirnov_distance", .number(distance)),
            .init("kolmogorov_smirnov_probability", .number(distanceProbability)),
        ])
    }
}
