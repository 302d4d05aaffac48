internal import TraceFormat

/// Collects what is recorded of one message while its bytes come.
struct MessageRecording {
    private let head: [UInt8]
    private let firstByteTime: Int64
    private var lastByteTime: Int64
    private var bodyByteCount: UInt64 = 0
    private var wireByteCount: UInt64 = 0
    private var fingerprinter: Fingerprinter?
    /// The body; `nil` when it is not kept.
    private var kept: [UInt8]?
    /// The trailer section, once it came.
    var trailers: [UInt8] = []
    /// Whether every byte came.
    var isComplete = false

    /// Starts behind a head.
    init(head: [UInt8], firstByteTime: Int64, lastByteTime: Int64, keepsBody: Bool) {
        self.head = head
        self.firstByteTime = firstByteTime
        self.lastByteTime = lastByteTime
        kept = keepsBody ? [] : nil
    }

    /// The memory that the kept part of the body takes.
    var keptByteCount: Int { kept?.count ?? 0 }

    /// Notes bytes that the message takes on the wire behind its head.
    mutating func passed(_ byteCount: Int, at time: Int64) {
        guard byteCount > 0 else { return }
        wireByteCount += UInt64(byteCount)
        lastByteTime = time
    }

    /// Adds bytes to the body, and keeps them if they fit in `room`.
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>, room: Int) {
        bodyByteCount += UInt64(range.count)
        var fingerprinter = self.fingerprinter.take() ?? Fingerprinter()
        fingerprinter.update(bytes, range)
        self.fingerprinter = fingerprinter
        guard kept != nil else { return }
        guard range.count <= room else {
            kept = nil
            return
        }
        unsafe bytes.extracting(range).withUnsafeBufferPointer { part in
            unsafe kept?.append(contentsOf: part)
        }
    }

    /// What goes into the trace.
    func recorded() -> RecordedMessage {
        var body = RecordedBody.empty
        if let fingerprinter {
            body.fingerprint = fingerprinter.finish()
            body.bytes = kept
        }
        body.length = bodyByteCount
        body.wireLength = wireByteCount
        return RecordedMessage(
            head: head,
            body: body,
            trailers: trailers,
            firstByteTime: firstByteTime,
            lastByteTime: lastByteTime,
            isComplete: isComplete
        )
    }
}
