internal import TraceFormat

extension RunAnalysis {
    /// The version of the JSON reports; a new one for every change that readers could trip over.
    public static let schemaVersion: Int64 = 1

    /// The report as JSON, described in docs/report-schema.md.
    public func jsonReport(thresholds: ThresholdReport? = nil) -> String {
        json(thresholds: thresholds).text
    }

    /// The report as a value, to be put into a larger document.
    public func json(thresholds: ThresholdReport? = nil) -> JSONValue {
        .object([
            .init("schema_version", .integer(Self.schemaVersion)),
            .init("kind", .string("report")),
            .init("run", info.json),
            .init("partial", .bool(ending?.isPartial ?? true)),
            .init("duration_ns", JSONValue(ending?.duration)),
            .init("planned", .unsigned(info.planned)),
            .init("headline", .string(hasSchedule ? "response_ns" : "service_ns")),
            .init("validity", validity.json(lag: lag)),
            .init("fidelity", fidelity?.json ?? .null),
            .init("traffic", traffic?.json ?? .null),
            .init("causal_order", causalOrder?.json ?? .null),
            .init("overall", overall.json),
            .init("routes", .array(routes.map(\.json))),
            .init("server_loads", serverLoadsJSON),
            .init("module_lists", JSONValue(listCount.map(Int64.init))),
            .init("cold", coldJSON),
            .init("temperature", .object(modules.map { .init($0.module, $0.json) })),
            .init(
                "beyond_p99",
                tail.map { tail in
                    .object([
                        .init("count", .integer(Int64(tail.count))),
                        .init("cold_or_shadow", .integer(Int64(tail.coldOrShadow))),
                    ])
                } ?? .null
            ),
            .init("windows", windows?.json ?? .null),
            .init("recorded_answers", .array(recordedAnswers.map(\.json))),
            .init("recorded_contents", recordedContents?.json ?? .null),
            .init("slowest", .array(slowest.map(\.json))),
            .init("thresholds", thresholds?.json ?? .null),
        ])
    }
}

extension RunInfo {
    /// What both kinds of report say of a run.
    var json: JSONValue {
        .object([
            .init("trace_name", .string(traceName)),
            .init("trace_hash", .string(traceHash)),
            .init("target", .string(target)),
            .init("speed", .string(speed)),
            .init("connections", .string(connections)),
            .init("writer", .string(writer)),
            .init("started_at_ns", .integer(startedAt)),
            .init(
                "environment",
                .object(environment.pairs.map { .init($0.name, .string($0.text)) })
            ),
        ])
    }
}

extension TrafficFidelity {
    fileprivate var json: JSONValue {
        .object([
            .init("request_bytes", requests?.json ?? .null),
            .init("response_body_bytes", responseBodies?.json ?? .null),
            .init(
                "routes",
                .array(
                    routes.map { share in
                        .object([
                            .init("route", .string(share.route)),
                            .init("recorded_share", JSONValue(share.recorded)),
                            .init("sent_share", JSONValue(share.sent)),
                        ])
                    }
                )
            ),
        ])
    }
}

extension TrafficFidelity.Sizes {
    fileprivate var json: JSONValue {
        .object([
            .init("recorded", .unsigned(recorded)), .init("replayed", .unsigned(replayed)),
            .init("change", JSONValue(change)),
        ])
    }
}

extension CausalOrder {
    fileprivate var json: JSONValue {
        .object([
            .init("edges", .unsigned(edges)),
            .init("followed", .unsigned(followed)),
            .init("violated", .unsigned(violated)),
            .init("substituted", .unsigned(substituted)),
            .init("unsubstituted", .unsigned(unsubstituted)),
            .init("elsewhere", .unsigned(elsewhere)),
            .init("values", .unsigned(values)),
            .init("forgotten_values", .unsigned(forgottenValues)),
            .init("forgotten_edges", .unsigned(forgottenEdges)),
            .init("unread_bodies", .unsigned(unreadBodies)),
        ])
    }
}

extension Fidelity {
    fileprivate var json: JSONValue {
        .object([
            .init("due_duration_ns", .integer(dueDuration)),
            .init("sent_duration_ns", .integer(sentDuration)),
            .init("duration_error", JSONValue(durationError)),
            .init(
                "gap_error_ns",
                gapError.map { error in
                    .object([
                        .init("p50", .integer(error.p50)), .init("p99", .integer(error.p99)),
                        .init("max", .integer(error.max)),
                    ])
                } ?? .null
            ),
            .init("recorded_connections", recordedConnections.map { .unsigned($0) } ?? .null),
            .init("open_connections", openConnections.map { .unsigned($0) } ?? .null),
        ])
    }
}

extension Validity {
    /// The verdict with what it rests on.
    func json(lag: LagSummary?) -> JSONValue {
        .object([
            .init("verdict", .string(isValid ? "valid" : "invalid")),
            .init("reasons", .array(reasons.map { .string($0) })),
            .init("client_lag_ns", lag?.clientLag.json ?? Spread.unknown),
            .init("blocked_ns", lag?.blocked.json ?? Spread.unknown),
            .init("lag_ns", lag?.lag.json ?? Spread.unknown),
            .init("share_late", JSONValue(lag?.shareOfLateRequests)),
            .init(
                "checks",
                .array(
                    checks.map { check in
                        .object([
                            .init("name", .string(check.name)),
                            .init("result", .string(check.result.rawValue)),
                            .init("detail", .string(check.detail)),
                        ])
                    }
                )
            ),
        ])
    }
}

extension Spread {
    fileprivate static let unknown = JSONValue.object(
        ["p50", "p99", "max"].map { .init($0, .null) }
    )

    fileprivate var json: JSONValue {
        .object([
            .init("p50", .integer(p50)), .init("p99", .integer(p99)), .init("max", .integer(max)),
        ])
    }
}

extension GroupSummary {
    fileprivate var json: JSONValue {
        .object([
            .init("route", .string(name)),
            .init("count", .integer(Int64(counts.total))),
            .init("sent", .integer(Int64(counts.sent))),
            .init("completed", .integer(Int64(counts.completed))),
            .init("succeeded", .integer(Int64(counts.succeeded))),
            .init("failed", jsonCounts(counts.failures.map { ($0.name, $1) })),
            .init("censored", jsonCounts(counts.censorings.map { ($0.name, $1) })),
            .init("unsent", jsonCounts(counts.unsentReasons.map { ($0.name, $1) })),
            .init("status", jsonCounts(counts.statuses.map { (String($0), $1) })),
            .init("response_ns", response.json),
            .init("service_ns", service.json),
        ])
    }
}

extension LatencySummary {
    var json: JSONValue {
        var members: [JSONValue.Member] = percentiles.map {
            .init($0.quantile.key, JSONValue($0.value.nanoseconds))
        }
        members.append(.init("count", .integer(Int64(succeeded + censored))))
        var atLeast: [JSONValue] = []
        var withheld: [JSONValue.Member] = []
        var intervals: [JSONValue.Member] = []
        for percentile in percentiles {
            let key = percentile.quantile.key
            switch percentile.value {
            case .exact: break
            case .atLeast: atLeast.append(.string(key))
            case .withheld(let reason): withheld.append(.init(key, .string(reason.description)))
            }
            guard let interval = percentile.interval else { continue }
            let ends = [interval.lowerBound, interval.upperBound].map { JSONValue.integer($0) }
            intervals.append(.init(key, .array(ends)))
        }
        members.append(.init("at_least", .array(atLeast)))
        members.append(.init("withheld", .object(withheld)))
        members.append(.init("interval_95", .object(intervals)))
        return .object(members)
    }
}

/// Counts under their names, in order of name.
func jsonCounts(_ counts: [(name: String, count: Int)]) -> JSONValue {
    .object(
        counts.sorted { $0.name < $1.name }.map { .init($0.name, .integer(Int64($0.count))) }
    )
}
