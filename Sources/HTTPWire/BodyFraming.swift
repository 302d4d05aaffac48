/// How the end of a message's body is known (RFC 9112, section 6.3).
enum BodyFraming: Equatable {
    /// There is no body.
    case none
    /// The body has this many bytes.
    case length(UInt64)
    /// The body is in chunks.
    case chunked
    /// The body goes on until the connection is closed.
    case untilClose
    /// The connection has left HTTP; what follows is opaque.
    case tunnel
}

extension BodyFraming {
    /// The rules of RFC 9112, section 6.3, for a request.
    init(of head: RequestHead) throws(WireError) {
        let coding = try TransferCoding(of: head.fields, version: head.version)
        let length = try declaredLength(of: head.fields)
        switch (coding, length) {
        case (.chunked, nil): self = .chunked  // rule 4
        case (.chunked, _?), (.other, _?): throw WireError(.conflictingFraming, at: 0)  // rule 3
        case (.other, nil): throw WireError(.unsupportedTransferEncoding, at: 0)  // rule 4
        case (nil, let length?): self = length == 0 ? .none : .length(length)  // rule 6
        case (nil, nil): self = .none  // rule 7
        }
    }

    /// The rules of RFC 9112, section 6.3, for a final response.
    init(of head: ResponseHead, answering method: AnsweredMethod) throws(WireError) {
        if method == .head || head.status == 204 || head.status == 304 {  // rule 1
            self = .none
            return
        }
        if head.status == 101 || method == .connect && (200..<300).contains(head.status) {  // 2
            self = .tunnel
            return
        }
        let coding = try TransferCoding(of: head.fields, version: head.version)
        let length = try declaredLength(of: head.fields)
        switch (coding, length) {
        case (.chunked, nil): self = .chunked  // rule 4
        case (.chunked, _?), (.other, _?): throw WireError(.conflictingFraming, at: 0)  // rule 3
        case (.other, nil): self = .untilClose  // rule 4
        case (nil, let length?): self = length == 0 ? .none : .length(length)  // rule 6
        case (nil, nil): self = .untilClose  // rule 8
        }
    }
}

/// What `Transfer-Encoding` says about the end of the body.
private enum TransferCoding {
    /// The last coding is `chunked`.
    case chunked
    /// There are codings, and the last one is not `chunked`.
    case other

    /// Reads the field; `nil` when there is none.
    init?(of fields: HeaderFields, version: HTTPVersion) throws(WireError) {
        guard let index = fields.firstIndex(of: "transfer-encoding") else { return nil }
        let offset = fields.valueRange(at: index).lowerBound
        // An HTTP/1.0 reader would ignore the field and take the next bytes for a message.
        guard version == .http1_1 else {
            throw WireError(.unsupportedTransferEncoding, at: offset)
        }
        var chunkedCount = 0
        var isLastChunked = false
        fields.forEachElement(of: "transfer-encoding") { range in
            isLastChunked = fields.isEqual(range, "chunked")
            if isLastChunked { chunkedCount += 1 }
        }
        guard chunkedCount <= 1, chunkedCount == 0 || isLastChunked else {
            throw WireError(.unsupportedTransferEncoding, at: offset)
        }
        self = isLastChunked ? .chunked : .other
    }
}

/// The number in `Content-Length`; the same number given again is accepted (RFC 9110, section 8.6).
private func declaredLength(of fields: HeaderFields) throws(WireError) -> UInt64? {
    guard let index = fields.firstIndex(of: "content-length") else { return nil }
    let error = WireError(.ambiguousContentLength, at: fields.valueRange(at: index).lowerBound)
    var lengths: [UInt64?] = []
    fields.forEachElement(of: "content-length") { range in
        lengths.append(decimalNumber(fields.bytes.span, range))
    }
    guard let first = lengths.first, let length = first, lengths.allSatisfy({ $0 == length }) else {
        throw error
    }
    return length
}

/// A decimal number below 2⁶³, or `nil` when the bytes are anything else.
private func decimalNumber(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var number: UInt64 = 0
    for offset in range {
        guard let digit = ByteClass.decimalValue(of: bytes[offset]),
            number < UInt64(Int64.max) / 10
        else { return nil }
        number = number * 10 + UInt64(digit)
    }
    return number
}
