extension RunAnalysis {
    /// How the loads of the server's log belong to the run, and how right the labels are without it.
    var serverLoadsJSON: JSONValue {
        guard let loads else { return .null }
        return .object([
            .init("lines", .integer(Int64(loads.lines))),
            .init("requests", .integer(Int64(loads.requests))),
            .init(
                "labels_without_log",
                agreement.map { agreement in
                    .object([
                        .init("labelled", .integer(Int64(agreement.labelled))),
                        .init("observed", .integer(Int64(agreement.observed))),
                        .init("both", .integer(Int64(agreement.both))),
                        .init("precision", JSONValue(agreement.precision)),
                        .init("recall", JSONValue(agreement.recall)),
                    ])
                } ?? .null
            ),
        ])
    }

    /// What loading did to the whole run.
    var coldJSON: JSONValue {
        .object([
            .init("requests", jsonCounts(cold.counts.map { ($0.name, $1) })),
            .init(
                "penalty",
                cold.penalty.map { penalty in
                    .object([
                        .init("count", .integer(Int64(penalty.count))),
                        .init("median_ns", .integer(penalty.median)),
                        .init("interval_95", intervalJSON(penalty.interval)),
                    ])
                } ?? .null
            ),
            .init("without_loading_ns", cold.withoutLoading.json),
            .init("without_loading_and_unknown_ns", cold.withoutUnknown.json),
            .init("is_cache_known", .bool(isCacheKnown)),
        ])
    }
}

extension ModuleTemperature {
    var json: JSONValue {
        var members: [JSONValue.Member] = Temperature.allCases.filter { $0 != .script }.map {
            .init($0.name, .integer(Int64(counts[$0] ?? 0)))
        }
        members += [
            .init(
                "evidence",
                .object(
                    Temperature.allCases.compactMap { temperature in
                        evidence[temperature].map { counts in
                            .init(temperature.name, jsonCounts(counts.map { ($0.name, $1) }))
                        }
                    }
                )
            ),
            .init("tiers", jsonCounts(tiers.map { ($0.name, $1) })),
            .init("contradictions", .integer(Int64(contradictions))),
            .init(
                "cold_values_ns",
                coldTimes.count <= Self.shownValues
                    ? .array(coldTimes.map { .integer($0) }) : .null
            ),
            .init("cold_service_ns", cold.json),
            .init("shadow_service_ns", .array(shadows.map { .integer($0) })),
            .init("warm_service_ns", warm.json),
            .init("penalty_ns", JSONValue(penalty?.penalty)),
            .init("penalty_interval_95", intervalJSON(penalty?.interval)),
            .init("herd", .integer(Int64(herd))),
            .init("first_success_ns", JSONValue(firstSuccess)),
        ]
        return .object(members)
    }
}

/// The two ends of an interval, or `null`.
private func intervalJSON(_ interval: ClosedRange<Int64>?) -> JSONValue {
    interval.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) } ?? .null
}
