/// A response as mik decides it; the connection adds request id, trace context, date and length.
struct Answer: Equatable {
    /// One header field; the name is in lower case.
    struct Field: Equatable {
        let name: String
        let value: String
    }

    let status: Int
    var fields: [Field] = []
    var body: [UInt8]

    /// Plain text; most of mik's plain texts go out without a content type.
    static func text(_ status: Int, _ text: String, contentType: String? = nil) -> Answer {
        Answer(
            status: status,
            fields: contentType.map { [Field(name: "content-type", value: $0)] } ?? [],
            body: Array(text.utf8)
        )
    }

    /// JSON that is already text.
    static func json(_ status: Int, _ json: String, extra: [Field] = []) -> Answer {
        Answer(
            status: status,
            fields: [Field(name: "content-type", value: "application/json")] + extra,
            body: Array(json.utf8)
        )
    }

    /// mik's usual error object: the message and the status again.
    static func failure(_ status: Int, _ message: String, retryAfter seconds: Int? = nil) -> Answer
    {
        json(
            status,
            "{\"error\":\(jsonString(message)),\"status\":\(status)}",
            extra: seconds.map { [Field(name: "retry-after", value: String($0))] } ?? []
        )
    }

    /// The 413 for a body that was announced (with its size) or turned out to be over the limit.
    static func bodyTooLong(byteCount: Int? = nil, limit: Int) -> Answer {
        let size = byteCount.map { ",\"size\":\($0)" } ?? ""
        return json(413, "{\"error\":\"request body too large\"\(size),\"max\":\(limit)}")
    }

    /// The 414 for a path over the limit.
    static func pathTooLong(byteCount: Int) -> Answer {
        json(
            414,
            "{\"error\":\"URI path too long\",\"length\":\(byteCount),\"max\":\(Route.pathLimit)}"
        )
    }

    /// The answer to a request that may not use the module.
    static func refusal(_ refusal: ModuleHost.Refusal, of key: ModuleKey) -> Answer {
        switch refusal {
        case .circuitOpen:
            failure(503, "circuit breaker open for module '\(key.cacheKey)'", retryAfter: 30)
        case .notFound:
            failure(404, "module not found: \(key.handler)")
        case .overloaded(let permits):
            failure(
                429,
                "rate limit exceeded: Module '\(key.cacheKey)' overloaded (max \(permits) concurrent)",
                retryAfter: 5
            )
        }
    }
}
