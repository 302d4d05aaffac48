/// What a format could not carry, counted.
public struct LossReport: Equatable, Sendable {
    private var counts = [UInt64](repeating: 0, count: Loss.allCases.count)

    /// Nothing was lost.
    public init() {}

    /// How often this was lost.
    public subscript(loss: Loss) -> UInt64 {
        get { counts[loss.rawValue] }
        set { counts[loss.rawValue] = newValue }
    }

    /// What was lost at least once, in a fixed order.
    public var losses: [(loss: Loss, count: UInt64)] {
        Loss.allCases.compactMap { self[$0] > 0 ? ($0, self[$0]) : nil }
    }

    /// One sentence for each kind of loss.
    public var sentences: [String] {
        losses.map { $0.loss.sentence($0.count) }
    }
}

/// A fact that a format has no place for, or that an input does not have.
public enum Loss: Int, CaseIterable, Sendable {
    /// HAR has no entry without a response.
    case responseWrittenAsStatusZero
    /// A request whose body is not in the trace, written without it.
    case requestBodyNotRecorded
    /// A response whose body is not in the trace, written without it.
    case responseBodyNotRecorded
    /// Heads whose exact bytes don't follow from their parts.
    case exactHead
    /// Trailer sections.
    case trailers
    /// 1xx responses.
    case interim
    /// Connection openings and closings.
    case connectionEvents
    /// Bodies in chunks, written as one chunk.
    case chunkSizes
    /// Requests or responses that are not whole.
    case incompleteness
    /// Times of the upstream's side.
    case upstreamTimes
    /// Messages that HTTP/1.x can't be made of.
    case http2
    /// Exchanges without a response to put beside the request.
    case responseMissing

    /// Payloads of the input that are not HTTP/1.x.
    case notHTTP
    /// Payloads of the input whose end is missing.
    case bodyCut
    /// Responses of the input without their request.
    case requestMissing
    /// Replayed responses, which are no recording.
    case replayedResponse
    /// Bytes of the input behind the end of a message.
    case bytesBehindMessage
    /// Exchanges whose connection the input does not name.
    case connectionUnknown
    /// Bodies that the input has only in decoded form.
    case bodyDecoded
    /// Requests of which the input has no fields and no body.
    case onlyRequestLine
    /// Responses of which the input has the status only.
    case onlyStatus
    /// Requests whose end the input does not show.
    case statusMissing
    /// Lines of the input that say nothing of a request.
    case otherLines
    /// Records that could not be put back into their place.
    case recordOrder

    /// The name in the ledger.
    public var name: String {
        switch self {
        case .responseWrittenAsStatusZero: "responses_written_as_status_zero"
        case .requestBodyNotRecorded: "request_bodies_not_recorded"
        case .responseBodyNotRecorded: "response_bodies_not_recorded"
        case .exactHead: "exact_heads"
        case .trailers: "trailers"
        case .interim: "interim_responses"
        case .connectionEvents: "connection_events"
        case .chunkSizes: "chunk_sizes"
        case .incompleteness: "incompleteness"
        case .upstreamTimes: "upstream_times"
        case .http2: "http2_messages"
        case .responseMissing: "responses_missing"
        case .notHTTP: "payloads_not_http"
        case .bodyCut: "bodies_cut"
        case .requestMissing: "requests_missing"
        case .replayedResponse: "replayed_responses"
        case .bytesBehindMessage: "payloads_with_bytes_behind"
        case .connectionUnknown: "connections_unknown"
        case .bodyDecoded: "bodies_decoded"
        case .onlyRequestLine: "requests_without_fields"
        case .onlyStatus: "responses_without_fields"
        case .statusMissing: "statuses_missing"
        case .otherLines: "other_lines"
        case .recordOrder: "records_out_of_place"
        }
    }

    /// What was lost, and what stands in its place.
    func sentence(_ count: UInt64) -> String {
        let (one, many, rest) = words
        return count == 1 ? "1 \(one) \(rest(true))" : "\(count) \(many) \(rest(false))"
    }

    private typealias Words = (one: String, many: String, rest: (Bool) -> String)

    private var words: Words {
        func past(_ one: String, _ many: String, _ rest: String) -> Words {
            (one, many, { "\($0 ? "was" : "were") \(rest)" })
        }
        switch self {
        case .responseWrittenAsStatusZero:
            return past("exchange", "exchanges", "written with status 0 for want of a response")
        case .requestBodyNotRecorded:
            return past("request", "requests", "written without a body, which the trace lacks")
        case .responseBodyNotRecorded:
            return past("response", "responses", "written without a body, which the trace lacks")
        case .exactHead:
            return past("head", "heads", "written by parts, not byte for byte")
        case .trailers: return past("trailer section", "trailer sections", "left out")
        case .interim: return past("1xx response", "1xx responses", "left out")
        case .connectionEvents:
            return past("connection opening or closing", "openings and closings", "left out")
        case .chunkSizes:
            return past("body in chunks", "bodies in chunks", "written without chunk sizes")
        case .incompleteness:
            return past("message", "messages", "written without a mark that bytes are missing")
        case .upstreamTimes: return past("exchange", "exchanges", "written without upstream times")
        case .http2:
            return past("HTTP/2 message", "HTTP/2 messages", "written as HTTP/1.1")
        case .responseMissing:
            return past("exchange", "exchanges", "written as a request alone")
        case .notHTTP:
            return past("payload", "payloads", "left out as not HTTP/1.x")
        case .bodyCut:
            return past("message", "messages", "marked incomplete for want of an end")
        case .requestMissing:
            return past("response", "responses", "left out for want of a request")
        case .replayedResponse: return past("replayed response", "replayed responses", "left out")
        case .bytesBehindMessage:
            return past("payload", "payloads", "cut at the end of a message")
        case .connectionUnknown:
            return past("exchange", "exchanges", "given a connection, as the input names none")
        case .bodyDecoded:
            return past("body", "bodies", "left out: the input has only its decoded form")
        case .onlyRequestLine:
            return past(
                "request",
                "requests",
                "made of a request line, without query, fields and body"
            )
        case .onlyStatus:
            return past("response", "responses", "made of a status, without fields and body")
        case .statusMissing:
            return past("exchange", "exchanges", "kept without a response for want of a status")
        case .otherLines: return past("line", "lines", "skipped, which say nothing of a request")
        case .recordOrder:
            return past("record", "records", "put behind the place in the file")
        }
    }
}
