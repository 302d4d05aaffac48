internal import TraceFormat

extension RepeatedComparison {
    /// The comparison as JSON, described in docs/report-schema.md.
    public func jsonReport() -> String { json.text }

    /// The comparison as a value, to be put into a larger document.
    public var json: JSONValue {
        .object([
            .init("schema_version", .integer(RunAnalysis.schemaVersion)),
            .init("kind", .string("diff")),
            .init("verdict", .string(verdict.rawValue)),
            .init("reasons", .array(reasons.map { .string($0) })),
            .init("screening", .bool(false)),
            .init("headline", .string(hasSchedule ? "response_ns" : "service_ns")),
            .init("baseline", repetitions[0].baseline.json),
            .init("candidate", repetitions[0].candidate.json),
            .init(
                "method",
                .object(
                    options.members + [
                        .init("repetitions", .integer(Int64(repetitions.count))),
                        .init("significance", .number(ComparisonOptions.significance)),
                        .init("route_correction", .string(options.routeCorrection.rawValue)),
                    ]
                )
            ),
            .init("endpoints", .array(endpoints.map(\.json))),
            .init("overall", overall.json),
            .init("routes", .array(routes.map(\.json))),
            .init("status_changes", .array(statusChanges.map(\.json))),
            .init("answers", .array(answers.map(\.json))),
            .init("contents", contents?.json ?? .null),
            .init("repetitions", .array(repetitions.map(\.json))),
        ])
    }
}

extension RepeatedGroup {
    fileprivate var json: JSONValue {
        .object(
            [
                .init("route", .string(name)),
                .init("pairs", .integer(Int64(pairs))),
                .init("verdict", .string(verdict.rawValue)),
            ] + RepeatedEffect.members(of: effect) + [
                .init("median_difference_ns", JSONValue(medianDifference)),
                .init("share_slower", JSONValue(shareSlower)),
                .init("corrected_probability", JSONValue(correctedProbability)),
                .init("discovery", .bool(isDiscovery)),
                .init(
                    "relative",
                    relative.map { .object(RepeatedEffect.members(of: $0)) } ?? .null
                ),
                .init("p99", tail.map { .object(RepeatedEffect.members(of: $0)) } ?? .null),
                .init("reasons", .array(reasons.map { .string($0) })),
                .init("left_out", jsonCounts(leftOut.map { ($0.rawValue, $1) })),
                .init("flips", flips.json),
                .init("failures", failures.json),
                .init("divergence", divergence?.json ?? .null),
                .init("corrected_failure_probability", JSONValue(correctedFailureProbability)),
            ]
        )
    }
}

extension RepeatedEffect {
    /// The members of an effect; all `null` without one.
    fileprivate static func members(of effect: RepeatedEffect?) -> [JSONValue.Member] {
        [
            .init("change", JSONValue(effect?.change)),
            .init("low", JSONValue(effect?.low)),
            .init("high", JSONValue(effect?.high)),
            .init("margin", JSONValue(effect?.margin)),
            .init("deviation", JSONValue(effect?.deviation)),
            .init("probability", JSONValue(effect?.probability)),
            .init("sign_flip_probability", JSONValue(effect?.signFlipProbability)),
            .init("robust_change", JSONValue(effect?.robustChange)),
            .init("repetitions_needed", JSONValue(effect?.repetitionsNeeded.map(Int64.init))),
            .init("changes", .array((effect?.changes ?? []).map { .number($0) })),
        ]
    }
}

extension Endpoint {
    fileprivate var json: JSONValue {
        .object(
            [
                .init("endpoint", .string(kind.rawValue)),
                .init("verdict", .string(verdict.rawValue)),
                .init("corrected_probability", .number(correctedProbability)),
            ]
                + (flips.map { [.init("flips", $0.json)] } ?? RepeatedEffect.members(of: effect))
        )
    }
}

extension Repetition {
    fileprivate var json: JSONValue {
        .object([
            .init("baseline_started_at_ns", .integer(baseline.startedAt)),
            .init("candidate_started_at_ns", .integer(candidate.startedAt)),
            .init("problems", .array(problems.map { .string($0) })),
            .init("pairs", .integer(Int64(overall.pairs))),
            .init("cold", .array(coldChanges.map(\.json))),
        ])
    }
}
