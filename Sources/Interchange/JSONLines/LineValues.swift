internal import TraceFormat

/// Turns the members of a line into the values of a trace, or says what is wrong with them.
struct LineValues {
    let clock: RecordedClock
    let place: InterchangeError.Place

    /// An error at the line.
    func error(_ reason: String) -> InterchangeError { InterchangeError(place, reason) }

    /// The exchange of a line.
    func exchange(_ line: ExchangeLine) throws(InterchangeError) -> Exchange {
        guard let end = ExchangeEnd.allCases.first(where: { $0.name == line.end }) else {
            throw error("'\(line.end)' is not known as end")
        }
        let request = line.request
        let head = MessageHead(
            method: request.method,
            target: request.target,
            version: request.version,
            fields: try fields(request.message.fields, "request")
        )
        var interim: [InterimResponse] = []
        for response in line.interim ?? [] {
            interim.append(
                InterimResponse(
                    head: try bytes(of: response.line, response.fields, "interim"),
                    time: try time(response.time, "interim.time_ns")
                )
            )
        }
        let times = line.times
        return Exchange(
            connection: line.connection.id,
            sequence: line.sequence,
            request: try message(
                request.message,
                head: try bytes(of: head, request.message.fields, "request"),
                first: times.requestFirst,
                last: times.requestLast,
                "request"
            ),
            interim: interim,
            response: try line.response.map { (response) throws(InterchangeError) in
                try self.response(response, times)
            },
            end: end,
            upstream: try line.upstream.map { (times) throws(InterchangeError) in
                UpstreamTimes(
                    requestFirstByte: try time(times.requestFirst, "upstream_ns.request_first"),
                    responseFirstByte: try time(times.responseFirst, "upstream_ns.response_first"),
                    responseLastByte: try time(times.responseLast, "upstream_ns.response_last")
                )
            }
        )
    }

    private func response(
        _ response: ExchangeLine.Response,
        _ times: ExchangeLine.Times
    ) throws(InterchangeError) -> RecordedResponse {
        guard let first = times.responseFirst, let last = times.responseLast else {
            throw error("times_ns.response_first or times_ns.response_last is missing")
        }
        return RecordedResponse(
            status: response.line.status,
            message: try message(
                response.message,
                head: try bytes(of: response.line, response.message.fields, "response"),
                first: first,
                last: last,
                "response"
            )
        )
    }

    private func message(
        _ message: ExchangeLine.Message,
        head: [UInt8],
        first: Int64,
        last: Int64,
        _ name: String
    ) throws(InterchangeError) -> RecordedMessage {
        RecordedMessage(
            head: head,
            body: try body(message, name),
            trailers: try decoded(message.trailers, "\(name).trailers_base64") ?? [],
            firstByteTime: try time(first, "times_ns.\(name)_first"),
            lastByteTime: try time(last, "times_ns.\(name)_last"),
            isComplete: message.isComplete
        )
    }

    private func body(
        _ message: ExchangeLine.Message,
        _ name: String
    ) throws(InterchangeError) -> RecordedBody {
        let bytes = try decoded(message.body, "\(name).body_base64")
        guard let length = message.bodyLength ?? bytes.map({ UInt64($0.count) }) else {
            throw error("\(name).body_length is missing")
        }
        if let bytes, length != UInt64(bytes.count) {
            throw error(
                "\(name).body_length is \(length), but \(name).body_base64 has \(bytes.count) bytes"
            )
        }
        let recorded = try fingerprint(message.bodyFingerprint, "\(name).body_fingerprint")
        let wireLength = message.bodyWireLength ?? length
        if length == 0, wireLength == 0, recorded == nil { return .empty }
        guard let fingerprint = recorded ?? bytes.map(Fingerprint.init(of:)) else {
            throw error("\(name) has neither body_base64 nor body_fingerprint")
        }
        return RecordedBody(
            length: length,
            wireLength: wireLength,
            fingerprint: fingerprint,
            bytes: bytes
        )
    }

    private func bytes(
        of line: ExchangeLine.StatusLine,
        _ fields: ExchangeLine.Fields,
        _ name: String
    ) throws(InterchangeError) -> [UInt8] {
        let head = MessageHead(
            version: line.version,
            status: line.status,
            reason: line.reason ?? "",
            fields: try self.fields(fields, name)
        )
        return try bytes(of: head, fields, name)
    }

    /// The exact bytes of a head where they are given, else those that its parts make.
    private func bytes(
        of head: MessageHead,
        _ fields: ExchangeLine.Fields,
        _ name: String
    ) throws(InterchangeError) -> [UInt8] {
        if let bytes = try decoded(fields.exactHead, "\(name).head_base64") { return bytes }
        if let fault = head.fault { throw error("in the \(name), \(fault)") }
        return head.bytes
    }

    private func fields(
        _ fields: ExchangeLine.Fields,
        _ name: String
    ) throws(InterchangeError) -> [MessageHead.Field] {
        var result: [MessageHead.Field] = []
        result.reserveCapacity(fields.headers.count)
        for (index, pair) in fields.headers.enumerated() {
            guard pair.count == 2 else {
                throw error("\(name).headers[\(index)] is not a pair of name and value")
            }
            result.append(MessageHead.Field(name: pair[0], value: pair[1]))
        }
        return result
    }

    private func decoded(_ text: String?, _ name: String) throws(InterchangeError) -> [UInt8]? {
        guard let text else { return nil }
        guard let bytes = decodedBase64(text) else { throw error("\(name) is not base64") }
        return bytes
    }

    private func fingerprint(
        _ text: String?,
        _ name: String
    ) throws(InterchangeError) -> Fingerprint? {
        guard let text else { return nil }
        guard let fingerprint = Fingerprint(hexadecimal: text) else {
            throw error("\(name) is not 32 hexadecimal digits")
        }
        return fingerprint
    }

    /// A Unix time as time of the trace.
    func time(_ unixTime: Int64, _ name: String) throws(InterchangeError) -> Int64 {
        guard let time = clock.recordedTime(unixTime) else {
            throw error("\(name) is more than 73 years from the trace's epoch")
        }
        return time
    }

    /// A Unix time, if there is one, as time of the trace.
    func time(_ unixTime: Int64?, _ name: String) throws(InterchangeError) -> Int64? {
        guard let unixTime else { return nil }
        return try time(unixTime, name) as Int64
    }
}
