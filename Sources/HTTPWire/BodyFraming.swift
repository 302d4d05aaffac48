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
        switch try DeclaredFraming(of: head.fields, version: head.version) {
        case .chunked: self = .chunked  // rule 4
        case .otherCoding(let offset):  // rule 4
            throw WireError(.unsupportedTransferEncoding, at: offset)
        case .length(let length): self = length == 0 ? .none : .length(length)  // rule 6
        case .nothing: self = .none  // rule 7
        }
    }

    /// The rules of RFC 9112, section 6.3, for a final response.
    init(of head: ResponseHead, answering method: AnsweredMethod) throws(WireError) {
        // A switch of protocols is no body: it comes before the rules, and rule 2 before rule 1.
        if head.status == 101 || method == .connect && (200..<300).contains(head.status) {
            self = .tunnel
            return
        }
        if method == .head || head.status == 204 || head.status == 304 {  // rule 1
            self = .none
            return
        }
        switch try DeclaredFraming(of: head.fields, version: head.version) {
        case .chunked: self = .chunked  // rule 4
        case .otherCoding: self = .untilClose  // rule 4
        case .length(let length): self = length == 0 ? .none : .length(length)  // rule 6
        case .nothing: self = .untilClose  // rule 8
        }
    }
}

/// What the field lines say about the body's end, once they are known not to contradict
/// themselves (rules 3 and 5).
private enum DeclaredFraming {
    /// The last transfer coding is `chunked`.
    case chunked
    /// There are transfer codings, and `chunked` is not among them.
    case otherCoding(offset: Int)
    /// `Content-Length` gives a number.
    case length(UInt64)
    /// Neither field is there.
    case nothing

    init(of fields: HeaderFields, version: HTTPVersion) throws(WireError) {
        let length = try declaredLength(of: fields)
        guard let index = fields.firstIndex(of: "transfer-encoding") else {
            self = length.map { .length($0) } ?? .nothing
            return
        }
        let offset = fields.valueRange(at: index).lowerBound
        // An HTTP/1.0 reader would ignore the field and take the next bytes for a message.
        guard version == .http1_1 else {
            throw WireError(.unsupportedTransferEncoding, at: offset)
        }
        let isChunked = try endsInChunked(fields)
        guard length == nil else { throw WireError(.conflictingFraming, at: offset) }  // rule 3
        self = isChunked ? .chunked : .otherCoding(offset: offset)
    }
}

/// Whether the last transfer coding is `chunked`; it may stand nowhere else (RFC 9112, section 6.1).
///
/// Anything but bare names is an error: no registered coding has parameters, and readers differ in
/// what they make of them, and of empty elements.
private func endsInChunked(_ fields: HeaderFields) throws(WireError) -> Bool {
    var isChunked = false
    try fields.forEachElement(of: "transfer-encoding") { range throws(WireError) in
        guard !isChunked, !range.isEmpty,
            range.allSatisfy({ ByteClass.isToken(fields.bytes[$0]) })
        else { throw WireError(.unsupportedTransferEncoding, at: range.lowerBound) }
        isChunked = fields.bytes.span.isEqual(range, ignoringCase: "chunked")
    }
    return isChunked
}

/// The number in `Content-Length`; the same number given again is accepted (RFC 9110, section 8.6).
private func declaredLength(of fields: HeaderFields) throws(WireError) -> UInt64? {
    var declared: UInt64?
    try fields.forEachElement(of: "content-length") { range throws(WireError) in
        guard let length = decimalNumber(fields.bytes.span, range), length == declared ?? length
        else { throw WireError(.ambiguousContentLength, at: range.lowerBound) }  // rule 5
        declared = length
    }
    return declared
}

/// A decimal number below 2⁶³, or `nil` when the bytes are anything else.
private func decimalNumber(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    guard !range.isEmpty else { return nil }
    var number: Int64 = 0
    for offset in range {
        guard let digit = ByteClass.decimalValue(of: bytes[offset]) else { return nil }
        let (product, overflowed) = number.multipliedReportingOverflow(by: 10)
        let (sum, overflowedAgain) = product.addingReportingOverflow(Int64(digit))
        if overflowed || overflowedAgain { return nil }
        number = sum
    }
    return UInt64(number)
}
