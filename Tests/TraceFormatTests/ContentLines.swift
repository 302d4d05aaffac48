import Foundation
import SystemPackage
import TraceFormat

/// Everything that a file says as JSON lines: the info, each record in file order, the ending.
///
/// Readers in any language can be compared by them.
enum ContentLines {
    /// The lines of a trace.
    static func trace(_ path: FilePath) throws -> [String] {
        var reader = try TraceReader(opening: path)
        var info: [String: Any] = [
            "kind": "trace", "version": "\(reader.version)",
            "writer": reader.info.writer, "source": reader.info.source,
            "epoch": reader.info.epoch, "bodies": reader.info.bodies,
            "notes": pairs(reader.info.notes),
        ]
        if !reader.info.clock.isEmpty { info["clock"] = reader.info.clock }
        if !reader.info.redaction.isEmpty { info["redaction"] = reader.info.redaction }
        var lines = [try line(info)]
        while let record = try reader.next() { lines.append(try line(object(record))) }
        let summary = reader.summary
        lines.append(
            try line([
                "exchanges": summary.exchanges, "connections": summary.connections,
                "first_request": orNull(summary.firstRequestTime),
                "last": orNull(summary.lastTime), "hash": summary.contentHash,
                "ledger": ledger(summary.ledger), "damage": reader.damage.count,
            ])
        )
        return lines
    }

    /// The lines of a run.
    static func run(_ path: FilePath) throws -> [String] {
        var reader = try RunReader(opening: path)
        let info = reader.info
        var lines = [
            try line([
                "kind": "run", "version": "\(reader.version)", "writer": info.writer,
                "trace_hash": info.traceHash, "trace_name": info.traceName,
                "target": info.target, "speed": info.speed, "connections": info.connections,
                "planned": info.planned, "started_at": info.startedAt,
                "environment": pairs(info.environment),
            ])
        ]
        while let outcome = try reader.next() { lines.append(try line(object(outcome))) }
        lines.append(
            try line([
                "partial": orNull(reader.ending?.isPartial),
                "duration": orNull(reader.ending?.duration),
                "ledger": ledger(reader.ending?.ledger), "damage": reader.damage.count,
            ])
        )
        return lines
    }

    private static func line(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: object,
            options: [.sortedKeys, .withoutEscapingSlashes]
        )
        return String(decoding: data, as: UTF8.self)
    }

    private static func orNull(_ value: Any?) -> Any { value ?? NSNull() }

    private static func pairs(_ metadata: Metadata) -> [[String]] {
        metadata.pairs.map { [$0.name, $0.text] }
    }

    private static func ledger(_ ledger: Ledger?) -> Any {
        orNull(
            ledger?.groups.map { group in
                [group.name, group.counters.map { [$0.name, $0.count] as [Any] }] as [Any]
            }
        )
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func object(_ record: TraceRecord) -> [String: Any] {
        switch record {
        case .opened(let opening):
            return [
                "record": "opened", "connection": opening.connection, "client": opening.client,
                "server": opening.server, "time": orNull(opening.time),
            ]
        case .closed(let closing):
            return [
                "record": "closed", "connection": closing.connection, "time": closing.time,
                "by": closing.by.name,
            ]
        case .exchange(let exchange):
            var object: [String: Any] = [
                "record": "exchange", "connection": exchange.connection,
                "sequence": exchange.sequence, "end": exchange.end.name,
                "request": Self.object(exchange.request),
                "interim": exchange.interim.map {
                    ["head": hexadecimal($0.head), "time": $0.time] as [String: Any]
                },
                "status": orNull(exchange.response?.status),
                "response": orNull(exchange.response.map { Self.object($0.message) }),
            ]
            if let upstream = exchange.upstream {
                object["upstream"] = [
                    orNull(upstream.requestFirstByte), orNull(upstream.responseFirstByte),
                    orNull(upstream.responseLastByte),
                ]
            }
            return object
        }
    }

    private static func object(_ message: RecordedMessage) -> [String: Any] {
        [
            "head": hexadecimal(message.head), "trailers": hexadecimal(message.trailers),
            "first": message.firstByteTime, "last": message.lastByteTime,
            "complete": message.isComplete, "length": message.body.length,
            "wire_length": message.body.wireLength,
            "fingerprint": message.body.fingerprint.description,
            "body": orNull(message.body.bytes.map(hexadecimal)),
        ]
    }

    private static func object(_ outcome: Outcome) -> [String: Any] {
        var object: [String: Any] = [
            "index": outcome.index, "connection": outcome.connection,
            "sequence": outcome.sequence, "live_connection": orNull(outcome.liveConnection),
            "method": outcome.method, "target": outcome.target, "due": outcome.due,
            "sent": orNull(outcome.sent), "first_byte": orNull(outcome.firstByte),
            "end": orNull(outcome.end), "blocked": outcome.blocked,
            "connect_duration": orNull(outcome.connectDuration),
            "result": name(outcome.result), "status": orNull(outcome.status),
            "request_bytes": outcome.requestByteCount,
            "response_head_bytes": outcome.responseHeadByteCount,
            "response_body_bytes": outcome.responseBodyByteCount,
            "fingerprint": orNull(outcome.fingerprint?.description),
            "server_milliseconds": orNull(outcome.serverMilliseconds),
            "request_id": orNull(outcome.requestID),
            "recorded_status": orNull(outcome.recordedStatus),
            "recorded_fingerprint": orNull(outcome.recordedFingerprint?.description),
        ]
        // What came with version 2.1.
        object["handshake_duration"] = outcome.handshakeDuration
        if !outcome.keptFields.isEmpty { object["kept_fields"] = hexadecimal(outcome.keptFields) }
        object["kept_body"] = outcome.keptBody.map(hexadecimal)
        // What came with version 2.2.
        object["content_fingerprint"] = outcome.contentFingerprint?.description
        object["recorded_content_fingerprint"] = outcome.recordedContentFingerprint?.description
        return object
    }

    private static func name(_ result: Outcome.Result) -> String {
        switch result {
        case .completed: "completed"
        case .failed(let failure): "failed " + failure.name
        case .censored(let censoring): "censored " + censoring.name
        case .unsent(let reason): "unsent " + reason.name
        }
    }
}
