internal import DequeModule
public import TraceFormat

/// Reads what GoReplay recorded (`.gor`), inflated if it was compressed.
///
/// Requests wait for their responses in the order in which they came, up to a limit, so that
/// exchanges leave in order of time. The format names no connections; see `ConnectionAssignment`.
public struct GoReplayImporter: TraceImporter {
    public private(set) var info: TraceInfo?
    public private(set) var losses = LossReport()

    /// A request that waits for its response, or for those before it.
    private struct Pending {
        let id: String
        var exchange: Exchange
        var hasRequestLength: Bool
        var isAnswered = false
    }

    private static let payloadLimit = 256 << 20
    private let writer: String
    private let countLimit: Int
    private let byteLimit: Int
    private var buffer: [UInt8] = []
    private var scanned = 0
    /// Where the buffer starts in the input.
    private var bufferOffset = 0
    private var clock = RecordedClock(epoch: 0)
    private var pending: Deque<Pending> = []
    private var pendingByteCount = 0
    /// The position of each waiting request among all requests, by identifier.
    private var positions: [String: Int] = [:]
    private var firstPosition = 0
    private var connections = ConnectionAssignment()
    private var records: [TraceRecord] = []

    /// Lets so many requests wait for their responses, with so many bytes.
    public init(writer: String, countLimit: Int = 10_000, byteLimit: Int = 64 << 20) {
        self.writer = writer
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    public mutating func read(_ bytes: [UInt8]) throws(InterchangeError) {
        buffer += bytes
        var start = 0
        while let end = nextSeparator() {
            try readPayload(start..<end)
            start = end + GoReplayFormat.separator.count
            scanned = start
        }
        guard buffer.count - start <= Self.payloadLimit else {
            throw InterchangeError(
                .byte(bufferOffset + start),
                "the payload is over the limit of \(Self.payloadLimit) bytes"
            )
        }
        buffer.removeFirst(start)
        scanned -= start
        bufferOffset += start
    }

    public mutating func finish() throws(InterchangeError) {
        guard buffer.isEmpty else {
            throw InterchangeError(
                .byte(bufferOffset),
                "the payload that starts here is cut off: no separator follows"
            )
        }
        while !pending.isEmpty { giveOutFirst() }
        connections.finish(to: &records)
    }

    public mutating func takeRecords() -> [TraceRecord] {
        defer { records = [] }
        return records
    }

    /// Where the next separator starts; what was looked at once is not looked at again.
    private mutating func nextSeparator() -> Int? {
        let separator = GoReplayFormat.separator
        while let start = buffer[scanned...].firstIndex(of: separator[0]) {
            guard start + separator.count <= buffer.count else {
                scanned = start
                return nil
            }
            if buffer[start..<start + separator.count].elementsEqual(separator) { return start }
            scanned = start + 1
        }
        scanned = buffer.count
        return nil
    }

    private mutating func readPayload(_ range: Range<Int>) throws(InterchangeError) {
        let payload = buffer[range]
        let place = InterchangeError.Place.byte(bufferOffset + range.lowerBound)
        let lineEnd = payload.firstIndex(of: UInt8(ascii: "\n")) ?? payload.endIndex
        guard let header = GoReplayFormat.Header(payload[..<lineEnd]) else {
            throw InterchangeError(
                place,
                "no payload of GoReplay starts here: a line with kind, identifier and time is missing"
            )
        }
        let bytes = Array(payload[lineEnd...].dropFirst())
        switch header.kind {
        case .request: try readRequest(bytes, header, place)
        case .response: try readResponse(bytes, header, place)
        case .replayedResponse: losses[.replayedResponse] += 1
        }
    }

    private mutating func readRequest(
        _ bytes: [UInt8],
        _ header: GoReplayFormat.Header,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) {
        guard let finding = WireMessage.request(bytes) else {
            losses[.notHTTP] += 1
            return
        }
        if info == nil { try begin(at: header.time, place) }
        count(finding)
        var message = finding.message
        message.firstByteTime = try time(header.time, place)
        message.lastByteTime = try time(header.time.addingClamped(header.length ?? 0), place)
        let exchange = Exchange(
            connection: 0,
            sequence: 0,
            request: message,
            response: nil,
            end: message.isComplete ? .cutByRecordingEnd : .gap
        )
        positions[header.id] = firstPosition + pending.count
        pendingByteCount += TraceRecord.exchange(exchange).keptByteCount
        pending.append(
            Pending(id: header.id, exchange: exchange, hasRequestLength: header.length != nil)
        )
        while pending.count > countLimit || pendingByteCount > byteLimit { giveOutFirst() }
    }

    private mutating func readResponse(
        _ bytes: [UInt8],
        _ header: GoReplayFormat.Header,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) {
        guard let position = positions.removeValue(forKey: header.id) else {
            losses[.requestMissing] += 1
            return
        }
        let index = position - firstPosition
        let request = pending[index].exchange.request
        pending[index].isAnswered = true
        if let finding = WireMessage.response(bytes, answering: request.head) {
            count(finding)
            let end = try time(header.time.addingClamped(header.length ?? 0), place)
            let start = try time(header.time, place)
            // Before GoReplay 1.3 the line has the request's time, so the start is not known.
            let isOfRequest = !pending[index].hasRequestLength && start == request.firstByteTime
            pending[index].exchange.answer(with: finding, from: isOfRequest ? end : start, to: end)
            pendingByteCount += finding.message.head.count + Int(finding.message.body.length)
        } else {
            losses[.notHTTP] += 1
            pending[index].exchange.end = .malformedResponse
        }
        while let first = pending.first, first.isAnswered { giveOutFirst() }
    }

    private mutating func giveOutFirst() {
        let first = pending.removeFirst()
        if positions[first.id] == firstPosition { positions[first.id] = nil }
        firstPosition += 1
        pendingByteCount -= TraceRecord.exchange(first.exchange).keptByteCount
        losses[.connectionUnknown] += 1
        connections.add(first.exchange, name: nil, client: "", server: "", to: &records)
    }

    private mutating func count(_ finding: WireMessage.Finding) {
        if !finding.message.isComplete { losses[.bodyCut] += 1 }
        if finding.bytesBehind > 0 { losses[.bytesBehindMessage] += 1 }
    }

    private mutating func begin(
        at epoch: Int64,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) {
        info = try TraceInfo(importing: "gor", writer: writer, epoch: epoch, bodies: "all", place)
        clock = RecordedClock(epoch: epoch)
    }

    private func time(
        _ unixTime: Int64,
        _ place: InterchangeError.Place
    ) throws(InterchangeError) -> Int64 {
        guard let time = clock.recordedTime(unixTime) else {
            throw InterchangeError(place, "its time is more than 73 years from the first one")
        }
        return time
    }
}

extension Exchange {
    /// Adds the response that was found.
    fileprivate mutating func answer(
        with finding: WireMessage.Finding,
        from start: Int64,
        to end: Int64
    ) {
        var message = finding.message
        message.firstByteTime = start
        message.lastByteTime = end
        interim = finding.interim.map { InterimResponse(head: $0, time: start) }
        response = RecordedResponse(status: finding.status, message: message)
        self.end = message.isComplete && request.isComplete ? .complete : .gap
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflowed) = addingReportingOverflow(other)
        return overflowed ? .max : sum
    }
}
