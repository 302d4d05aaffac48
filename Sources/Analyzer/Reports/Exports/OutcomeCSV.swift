public import TraceFormat

/// The outcomes of a run as comma-separated values (RFC 4180), a line for each.
///
/// Times are nanoseconds since the start of the run; what there is not is empty.
public enum OutcomeCSV {
    /// The first line.
    public static let header =
        "index,connection,sequence,live_connection,method,target,route,due_ns,sent_ns,"
        + "first_byte_ns,end_ns,blocked_ns,connect_ns,result,reason,status,recorded_status,"
        + "request_bytes,response_head_bytes,response_body_bytes,fingerprint,request_id,"
        + "handshake_ns,kept_fields,content_fingerprint\r\n"

    /// The line of an outcome.
    public static func line(_ outcome: Outcome) -> String {
        let (result, reason) = words(outcome.result)
        let cells = [
            String(outcome.index), String(outcome.connection), String(outcome.sequence),
            text(outcome.liveConnection), quoted(outcome.method), quoted(outcome.target),
            quoted(Route(target: outcome.target).name), String(outcome.due), text(outcome.sent),
            text(outcome.firstByte), text(outcome.end), String(outcome.blocked),
            text(outcome.connectDuration), result, reason, text(outcome.status),
            text(outcome.recordedStatus), String(outcome.requestByteCount),
            String(outcome.responseHeadByteCount), String(outcome.responseBodyByteCount),
            text(outcome.fingerprint), quoted(outcome.requestID ?? ""),
            text(outcome.handshakeDuration),
            quoted(String(decoding: outcome.keptFields, as: UTF8.self)),
            text(outcome.contentFingerprint),
        ]
        return cells.joined(separator: ",") + "\r\n"
    }

    private static func words(_ result: Outcome.Result) -> (String, String) {
        switch result {
        case .completed: ("completed", "")
        case .failed(let failure): ("failed", failure.name)
        case .censored(let reason): ("censored", reason.name)
        case .unsent(let reason): ("unsent", reason.name)
        }
    }

    private static func text(_ value: (some CustomStringConvertible)?) -> String {
        value.map(\.description) ?? ""
    }

    /// In quotes where the text has what would end the cell.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: { "\",\r\n".contains($0) || $0.isNewline }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
