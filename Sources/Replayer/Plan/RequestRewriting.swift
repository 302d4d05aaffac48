import HTTPWire
import SeededRandom
import TraceFormat

/// Turns a recorded request into the bytes that are sent: verbatim but for what must change.
///
/// `Host` names the target; a recorded `traceparent` gets fresh identifiers, so that two runs
/// never share a trace (W3C Trace Context, section 3.2); the user's field edits are applied.
struct RequestRewriting {
    /// The longest body that is filled in when its bytes were not recorded.
    private static let fillerLimit: UInt64 = 64 << 20

    private let authority: [UInt8]
    private let edits: [FieldEdit]
    private let seed: UInt64
    private let keepsTraceparent: Bool

    /// How many requests had a body whose bytes were not recorded, and got a filler instead.
    private(set) var filledBodyCount: UInt64 = 0

    /// Rewrites for this target.
    init(target: Target, edits: [FieldEdit], seed: UInt64, keepsTraceparent: Bool = false) {
        self.keepsTraceparent = keepsTraceparent
        authority = Array(target.authority.utf8)
        self.edits = edits
        self.seed = seed
    }

    /// Whether a body can be sent: its bytes were kept, or it is short enough to be filled in.
    func canSend(_ body: RecordedBody) -> Bool {
        body.bytes != nil || body.length <= Self.fillerLimit
    }

    /// Whether the request, as it is sent, says that it is the last one on its connection.
    func endsConnection(_ head: RequestHead) -> Bool {
        if let value = edited("connection") { return value.lowercased().contains("close") }
        return !head.keepsConnectionAlive
    }

    /// Whether the request, as it is sent, has its body wait for the target's word (RFC 9110,
    /// section 10.1.1).
    func awaitsContinue(_ head: RequestHead) -> Bool {
        if let value = edited("expect") { return value.lowercased() == "100-continue" }
        return head.fields.hasElement("100-continue", in: "expect")
    }

    /// What the user made of a field: no value when it is removed, `nil` when it stays.
    private func edited(_ lowercasedName: String) -> String? {
        for edit in edits.reversed() where edit.name.lowercased() == lowercasedName {
            if case .set(_, let value) = edit { return value }
            return ""
        }
        return nil
    }

    /// The bytes to send for a recorded request with its parsed head, and where its body begins.
    ///
    /// Identifiers that are drawn depend on the seed and on `index` alone, so that the parts of a
    /// replay on several machines draw the same ones as the whole.
    mutating func bytes(
        of request: RecordedMessage,
        head: RequestHead,
        index: UInt64
    ) -> (bytes: [UInt8], bodyOffset: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.bytes.count + bodyByteCount(of: request) + 128)
        appendHead(head, identifiers(ofRequest: index), to: &bytes)
        let bodyOffset = bytes.count
        appendBody(of: request, isChunked: head.isChunked, to: &bytes)
        return (bytes, bodyOffset)
    }

    private func identifiers(ofRequest index: UInt64) -> SplitMix64 {
        var mixed = SplitMix64(seed: index)
        return SplitMix64(seed: seed ^ mixed.next())
    }

    /// Copies the head line by line and replaces what must change in its place.
    private func appendHead(
        _ head: RequestHead,
        _ identifiers: SplitMix64,
        to bytes: inout [UInt8]
    ) {
        var identifiers = identifiers
        let recorded = head.bytes
        let fields = head.fields
        var copied = appendTarget(of: head, to: &bytes)
        for index in 0..<fields.count {
            let line = fields.lineRange(at: index)
            let value = fields.valueRange(at: index)
            if isEdited(fields, index) || head.offersHTTP2 && isOffer(fields, index) {
                bytes += recorded[copied..<line.lowerBound]
                copied = line.upperBound
            } else if fields.isLine(at: index, named: "host") {
                bytes += recorded[copied..<value.lowerBound]
                bytes += authority
                copied = value.upperBound
            } else if !keepsTraceparent, fields.isLine(at: index, named: "traceparent") {
                bytes += recorded[copied..<value.lowerBound]
                bytes += identifiers.nextTraceparent(like: recorded[value])
                copied = value.upperBound
            }
        }
        let end = headEnd(recorded, fields)
        bytes += recorded[copied..<end]
        for case .set(let name, let value) in edits {
            bytes += "\(name): \(value)\r\n".utf8
        }
        bytes += recorded[end...]
    }

    /// Copies the start line up to the end of an authority in its target, if there is one, which
    /// then names the target of the replay; servers believe it rather than `Host` (RFC 9112,
    /// section 3.2.2).
    ///
    /// - Returns: How many bytes of the recorded head that stands for.
    private func appendTarget(of head: RequestHead, to bytes: inout [UInt8]) -> Int {
        let scheme = Array("http://".utf8)
        let target = head.bytes[head.targetRange]
        guard target.count > scheme.count,
            zip(target, scheme).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
        else { return 0 }
        let start = target.startIndex + scheme.count
        let end = target[start...].firstIndex { "/?#".utf8.contains($0) } ?? target.endIndex
        bytes += head.bytes[..<start]
        bytes += authority
        return end
    }

    private func bodyByteCount(of request: RecordedMessage) -> Int {
        request.body.bytes?.count ?? Int(clamping: request.body.length)
    }

    /// Where the empty line that ends the head begins.
    private func headEnd(_ recorded: [UInt8], _ fields: HeaderFields) -> Int {
        let hasCarriageReturn = recorded.dropLast().last == UInt8(ascii: "\r")
        return recorded.count - (hasCarriageReturn ? 2 : 1)
    }

    private func isEdited(_ fields: HeaderFields, _ index: Int) -> Bool {
        guard !edits.isEmpty else { return false }
        let name = fields.name(at: index).lowercased()
        return edits.contains { $0.name.lowercased() == name }
    }

    /// Whether the field offers HTTP/2, which a replay does not speak.
    private func isOffer(_ fields: HeaderFields, _ index: Int) -> Bool {
        fields.isLine(at: index, named: "upgrade")
            || fields.isLine(at: index, named: "http2-settings")
    }

    /// Sends the recorded body; one chunk stands for however many there were.
    private mutating func appendBody(
        of request: RecordedMessage,
        isChunked: Bool,
        to bytes: inout [UInt8]
    ) {
        let length = bodyByteCount(of: request)
        if isChunked, length > 0 { bytes += "\(String(length, radix: 16))\r\n".utf8 }
        if let body = request.body.bytes {
            bytes += body
        } else if length > 0 {
            filledBodyCount += 1
            bytes += repeatElement(UInt8(ascii: " "), count: length)
        }
        guard isChunked else { return }
        if length > 0 { bytes += "\r\n".utf8 }
        bytes += "0\r\n".utf8
        bytes += request.trailers
        bytes += "\r\n".utf8
    }
}

extension RequestHead {
    /// Whether the body is in chunks (RFC 9112, section 6.1).
    var isChunked: Bool { fields.hasElement("chunked", in: "transfer-encoding") }
}

extension SplitMix64 {
    /// A traceparent with fresh identifiers and the flags of the recorded one.
    ///
    /// Anything that is not of version 00 is kept: nobody would understand a changed one.
    fileprivate mutating func nextTraceparent(like recorded: ArraySlice<UInt8>) -> [UInt8] {
        guard recorded.count == 55, recorded.starts(with: Array("00-".utf8)) else {
            return Array(recorded)
        }
        var bytes = Array("00-".utf8)
        bytes.reserveCapacity(55)
        appendHexadecimal(next(), to: &bytes)
        appendHexadecimal(next() | 1, to: &bytes)  // all zeros would be invalid
        bytes.append(UInt8(ascii: "-"))
        appendHexadecimal(next() | 1, to: &bytes)
        bytes += recorded.suffix(3)
        return bytes
    }

    private func appendHexadecimal(_ value: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
            bytes.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }
}
