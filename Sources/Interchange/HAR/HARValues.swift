internal import TraceFormat

/// Turns an entry into the values of a trace, or says what is wrong with it.
struct HARValues {
    let place: InterchangeError.Place
    let clock: RecordedClock
    let times: HARTimes

    /// The exchange of an entry, without connection and sequence.
    func exchange(
        _ entry: HAREntry,
        losses: inout LossReport
    ) throws(InterchangeError) -> Exchange {
        let request = try request(entry.request, losses: &losses)
        let response = try response(entry.response, losses: &losses)
        let isWhole = request.isComplete && response?.message.isComplete ?? false
        return Exchange(
            connection: 0,
            sequence: 0,
            request: request,
            response: response,
            end: try end(entry.end) ?? (isWhole ? .complete : .gap)
        )
    }

    private func request(
        _ request: HAREntry.Request,
        losses: inout LossReport
    ) throws(InterchangeError) -> RecordedMessage {
        guard let url = HARURL.parts(of: request.url) else {
            throw error("request.url '\(request.url)' has no scheme and host")
        }
        let version = version(request.httpVersion)
        var fields = fields(request.headers)
        if !fields.contains(where: { $0.name.lowercased() == "host" }) {
            let name = version == "HTTP/2" ? "host" : "Host"
            let authority = request.headers.first { $0.name == ":authority" }?.value
            fields.insert(.init(name: name, value: authority ?? url.authority), at: 0)
        }
        let head = MessageHead(
            method: request.method,
            target: request.target ?? url.target,
            version: version,
            fields: fields
        )
        if let fault = head.fault { throw error("in the request, \(fault)") }
        let text = request.postData?.text
        let body = try body(
            text: text,
            isBase64: request.postData?.encoding == "base64",
            size: request.bodySize ?? (request.postData == nil ? 0 : -1),
            head,
            request.extras,
            losses: &losses
        )
        return try message(head, body, request.extras, times.requestFirst, times.requestLast)
    }

    private func response(
        _ response: HAREntry.Response,
        losses: inout LossReport
    ) throws(InterchangeError) -> RecordedResponse? {
        guard response.status > 0 else { return nil }
        let head = MessageHead(
            version: version(response.httpVersion),
            status: response.status,
            reason: response.statusText ?? "",
            fields: fields(response.headers)
        )
        if let fault = head.fault { throw error("in the response, \(fault)") }
        let body = try body(
            text: response.content?.text,
            isBase64: response.content?.encoding == "base64",
            size: response.content?.size ?? response.bodySize ?? -1,
            head,
            response.extras,
            losses: &losses
        )
        return RecordedResponse(
            status: response.status,
            message: try message(
                head,
                body,
                response.extras,
                times.responseFirst,
                times.responseLast
            )
        )
    }

    private func message(
        _ head: MessageHead,
        _ body: (RecordedBody, isKnown: Bool),
        _ extras: HAREntry.Extras,
        _ first: Int64,
        _ last: Int64
    ) throws(InterchangeError) -> RecordedMessage {
        guard let firstByteTime = clock.recordedTime(first),
            let lastByteTime = clock.recordedTime(last)
        else { throw error("its time is more than 73 years from the first one") }
        return RecordedMessage(
            head: head.bytes,
            body: body.0,
            firstByteTime: firstByteTime,
            lastByteTime: lastByteTime,
            isComplete: body.isKnown && extras.isComplete ?? true
        )
    }

    /// The body, and whether it is known to be what was on the wire.
    ///
    /// Browsers write bodies without their content coding, and some write less than was sent.
    private func body(
        text: String?,
        isBase64: Bool,
        size: Int64,
        _ head: MessageHead,
        _ extras: HAREntry.Extras,
        losses: inout LossReport
    ) throws(InterchangeError) -> (RecordedBody, isKnown: Bool) {
        if let text = extras.fingerprint {
            guard let fingerprint = Fingerprint(hexadecimal: text) else {
                throw error("_fingerprint is not 32 hexadecimal digits")
            }
            let length = UInt64(clamping: size)
            return (
                RecordedBody(
                    length: length,
                    wireLength: extras.wireSize ?? length,
                    fingerprint: fingerprint,
                    bytes: nil
                ), isKnown: true
            )
        }
        guard let text else {
            let isEmpty = size <= 0 && extras.wireSize == nil
            if !isEmpty, extras.isComplete == nil { losses[.bodyDecoded] += 1 }
            return (body([], extras), isKnown: isEmpty || extras.isComplete != nil)
        }
        let decoded = isBase64 ? decodedBase64(text) : Array(text.utf8)
        guard let decoded else { throw error("a body is not base64") }
        guard extras.isComplete == nil, isDecoded(decoded, head) else {
            return (body(decoded, extras), isKnown: true)
        }
        losses[.bodyDecoded] += 1
        return (body([], extras), isKnown: false)
    }

    /// Whether the body is not the one that was on the wire.
    private func isDecoded(_ bytes: [UInt8], _ head: MessageHead) -> Bool {
        let coding = head.value(of: "content-encoding")?.lowercased() ?? "identity"
        let length = head.value(of: "content-length").flatMap { Int($0) }
        return coding != "identity" || length.map { $0 != bytes.count } ?? false
    }

    private func body(_ bytes: [UInt8], _ extras: HAREntry.Extras) -> RecordedBody {
        RecordedBody(
            length: UInt64(bytes.count),
            wireLength: extras.wireSize ?? UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: bytes
        )
    }

    /// The field lines; pseudo-fields of HTTP/2 have their place in the start line.
    private func fields(_ headers: [HAREntry.Pair]) -> [MessageHead.Field] {
        headers.filter { !$0.name.hasPrefix(":") }.map { .init(name: $0.name, value: $0.value) }
    }

    /// The version as it stands in a trace; HTTP/3 has the semantics of HTTP/2.
    private func version(_ text: String?) -> String {
        switch text?.lowercased() ?? "" {
        case "http/1.0": "HTTP/1.0"
        case "h2", "http/2", "http/2.0", "h3", "http/3", "http/3.0": "HTTP/2"
        default: "HTTP/1.1"
        }
    }

    private func end(_ name: String?) throws(InterchangeError) -> ExchangeEnd? {
        guard let name else { return nil }
        guard let end = ExchangeEnd.allCases.first(where: { $0.name == name }) else {
            throw error("'\(name)' is not known as _end")
        }
        return end
    }

    private func error(_ reason: String) -> InterchangeError { InterchangeError(place, reason) }
}

extension Fingerprint {
    /// Reads 32 hexadecimal digits.
    init?(hexadecimal text: String) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
