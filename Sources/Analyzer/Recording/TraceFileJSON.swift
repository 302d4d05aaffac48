public import TraceFormat

extension TraceFile {
    /// Everything as JSON; the names are a promise (`docs/report-schema.md`).
    public var json: JSONValue {
        let profile = profile
        return .object(
            [
                .init("kind", .string("trace")),
                .init("format_version", .string("\(version)")),
                .init("exchanges", .unsigned(summary.exchanges)),
                .init("connections", .unsigned(summary.connections)),
                .init("duration_ns", .integer(summary.duration)),
                .init("trace_hash", .string(summary.contentHash)),
                .init("file_bytes", .integer(byteCount)),
                .init("bytes_per_exchange", JSONValue(bytesPerExchange)),
                .init("writer", .string(info.writer)),
                .init("source", .string(info.source)),
                .init("epoch_unix_ns", .integer(info.epoch)),
                .init("bodies", .string(info.bodies)),
                .init("clock", .string(info.clock)),
                .init("redaction", .string(info.redaction)),
                .init("notes", info.notes.json),
                .init("finished", .bool(summary.ledger != nil)),
                .init("damage", .array(damage.map { .string("\($0)") })),
                .init("peak_open_connections", .integer(Int64(profile.peakOpenConnections))),
                .init("peak_in_progress", .integer(Int64(profile.peakInProgress))),
                .init("rate", profile.rate.json),
                .init(
                    "methods",
                    .object(profile.methods.map { .init($0.name, .unsigned($0.count)) })
                ),
                .init("ends", profile.endsJSON),
                .init("request_bodies", profile.requestBodies.json),
                .init("response_bodies", profile.responseBodies.json),
                .init("overall", profile.overall.json),
                .init("routes", .array(profile.routes.map(\.json))),
                .init("ledger", (summary.ledger ?? Ledger()).json),
            ])
    }
}

extension TraceProfile {
    fileprivate var endsJSON: JSONValue {
        .object(
            ExchangeEnd.allCases.compactMap { end in
                ends[end].map { .init(end.name, .unsigned($0)) }
            }
        )
    }
}

extension TraceProfile.Rate {
    fileprivate var json: JSONValue {
        .object([
            .init("part_ns", .integer(partDuration)),
            .init("exchanges", .array(counts.map { .unsigned($0) })),
        ])
    }
}

extension TraceProfile.Bodies {
    fileprivate var json: JSONValue {
        .object([
            .init("count", .unsigned(count)),
            .init("bytes", .unsigned(byteCount)),
            .init("largest_bytes", .unsigned(greatest)),
            .init("kept", .unsigned(keptCount)),
        ])
    }
}

extension TraceProfile.Group {
    fileprivate var json: JSONValue {
        let statuses = statuses.sorted { $0.key < $1.key }
        return .object([
            .init("route", .string(name)),
            .init("count", .unsigned(count)),
            .init("status", .object(statuses.map { .init("\($0.key)", .unsigned($0.value)) })),
            .init("without_response", .unsigned(withoutResponse)),
            .init(
                "recorded_ns",
                .object(TraceProfile.quantiles.map { .init($0.key, JSONValue(duration($0))) })
            ),
        ])
    }
}

extension Ledger {
    /// Groups of counters as objects.
    public var json: JSONValue {
        .object(
            groups.map { group in
                .init(
                    group.name,
                    .object(group.counters.map { .init($0.name, .unsigned($0.count)) })
                )
            }
        )
    }
}

extension Metadata {
    /// Names and texts as one object.
    public var json: JSONValue {
        .object(pairs.map { .init($0.name, .string($0.text)) })
    }
}
