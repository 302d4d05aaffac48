import HTTPWire
import TraceFormat

/// Reads the responses of one live connection and keeps what an outcome says of them.
struct ResponseReader {
    /// What was read.
    enum Event: Equatable {
        /// A part of a response.
        case part
        /// The target wants the body of the request (100, RFC 9110, section 15.2.1).
        case goAhead
        /// The last byte of a response. The connection carries another one only if it is reusable.
        case ended(isReusable: Bool)
    }

    private var decoder = ResponseDecoder()
    private var head: ResponseHead?
    /// What was read of the body; `nil` as long as it is empty.
    private var body: Fingerprinter?
    private var bodyByteCount: UInt64 = 0
    /// The coding of the body that is to be looked into.
    private var coding: ContentCoding?
    /// What came of the body, as long as it is to be kept or looked into.
    private var keptBody: [UInt8]?
    private let keeping: ResponseKeeping

    /// Reads the responses of a connection from its start.
    init(keeping: ResponseKeeping) {
        self.keeping = keeping
    }

    /// Goes on with the first byte of a response, whatever came before.
    mutating func reset() {
        self = ResponseReader(keeping: keeping)
    }

    /// Whether a response has begun and not ended.
    var isInsideMessage: Bool { head != nil || !decoder.isBetweenMessages }
    /// Whether the response is complete when the connection is closed.
    var endsWithConnection: Bool { decoder.inputEnded() == .bodyEnded }

    /// Reads on from `offset`.
    ///
    /// - Parameters:
    ///   - bytes: What came.
    ///   - offset: Where to begin; moved behind what was read.
    ///   - method: What the request was.
    ///   - wantsValues: Whether `values(at:)` is going to be asked for.
    /// - Returns: What was read; `nil` when more bytes are needed.
    /// - Throws: When the bytes are no response.
    mutating func read(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        answering method: AnsweredMethod,
        wantsValues: Bool = false
    ) throws(WireError) -> Event? {
        switch try decoder.next(in: bytes, at: &offset, answering: method) {
        case nil: return nil
        case .interim(let head) where head.status == 100: return .goAhead
        case .padding, .interim, .trailers, .opaque: return .part
        case .head(let head):
            self.head = head
            coding = head.fields.onlyContentCoding
            if keeping.keepsBodies || wantsValues || coding != nil { keptBody = [] }
            return .part
        case .body(let range):
            if body == nil { body = Fingerprinter() }
            body?.update(bytes, range)
            bodyByteCount += UInt64(range.count)
            keep(bytes, range)
            return .part
        case .end:
            return .ended(isReusable: isReusable)
        }
    }

    private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let count = keptBody?.count else { return }
        guard range.count <= Outcome.keptBodyLimit - count else {
            keptBody = nil
            return
        }
        unsafe bytes.extracting(range).withUnsafeBufferPointer { part in
            unsafe keptBody?.append(contentsOf: part)
        }
    }

    private var isReusable: Bool {
        // In a tunnel no further answer could be told apart.
        guard let head, decoder.isBetweenMessages else { return false }
        return head.keepsConnectionAlive
    }

    /// The values of the whole response at some places; `nil` for one that is not there.
    func values(at places: [ResponsePlace]) -> [[UInt8]?] {
        guard let head else { return places.map { _ in nil } }
        return ResponseValues(head, body: keptBody).values(at: places)
    }

    /// Writes what is known of the response into the outcome, and is ready for the next one.
    ///
    /// - Returns: The body, if it is whole and there is something in it to be looked into.
    mutating func describe(in outcome: inout Outcome, isWhole: Bool) -> CodedBody? {
        guard let head else { return nil }
        outcome.status = head.status
        outcome.responseHeadByteCount = UInt64(head.bytes.count)
        outcome.responseBodyByteCount = bodyByteCount
        if isWhole { outcome.fingerprint = body?.finish() ?? RecordedBody.empty.fingerprint }
        outcome.serverMilliseconds = head.fields["x-mik-duration-ms"].flatMap { UInt64($0) }
        outcome.requestID = head.fields["x-request-id"].map { String($0.prefix(128)) }
        outcome.keptFields = keptFields(of: head)
        if isWhole, keeping.keepsBodies { outcome.keptBody = keptBody }
        let codedBody = isWhole ? codedBody : nil
        self.head = nil
        body = nil
        keptBody = nil
        bodyByteCount = 0
        return codedBody
    }

    /// What came under a coding; `nil` where there was none, or nothing under it.
    private var codedBody: CodedBody? {
        guard let coding, let keptBody, !keptBody.isEmpty else { return nil }
        return CodedBody(coding: coding, bytes: keptBody)
    }

    private func keptFields(of head: ResponseHead) -> [UInt8] {
        var kept: [UInt8] = []
        let fields = head.fields
        for index in 0..<fields.count
        where keeping.fields.contains(where: { fields.isLine(at: index, named: $0) }) {
            let line = fields.lineRange(at: index)
            guard kept.count + line.count <= Outcome.keptFieldsLimit else { continue }
            kept += head.bytes[line]
        }
        return kept
    }
}
