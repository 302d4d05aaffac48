internal import HTTPWire
public import TraceFormat

/// Makes the trace records of one connection out of the bytes of its two directions.
///
/// Sans-IO, and without any idea of where the bytes come from: a capture or a proxy. Give it what
/// each end sent in the order in which it happened, and take the records out:
///
///     var assembler = ExchangeAssembler(connection: 0, client: "[::1]:50000", server: "[::1]:3000")
///     assembler.opened(at: 0)
///     assembler.received(request.span, from: .client, at: 1_000)
///     assembler.received(response.span, from: .server, at: 2_000)
///     let records = assembler.takeRecords()   // the opening and one exchange
///
/// Requests are paired with responses in order (RFC 9112, section 9.3). Where bytes are missing
/// nothing is guessed: exchanges that could be affected are kept and marked, and reading goes on
/// at the next message that starts where a delivery starts. Bytes that are no message are counted.
/// A client that starts with the preface of HTTP/2 is followed by `HTTP2Connection`.
public struct ExchangeAssembler {
    /// What the bytes so far came to.
    public internal(set) var byteCounts = ByteCounts()
    /// Its identifier in the trace.
    public var connection: UInt64 { opening.connection }
    /// How many exchanges were recorded.
    public private(set) var exchangeCount: UInt64 = 0
    /// Whether the connection is in the trace: it is, if it carried an exchange or no byte at all.
    public private(set) var isRecorded = false
    private var records: [TraceRecord] = []
    private var opening: ConnectionOpening
    private var firstEnd: (peer: Peer, how: StreamEnd, time: Int64)?
    private var isClosed = false

    let retention: BodyRetention
    let limits: ExchangeLimits
    var exchanges = PopQueue<OpenExchange>()
    var keptByteCount = 0
    var requests = StreamState(RequestDecoder())
    var responses = StreamState(ResponseDecoder())
    var isUpstreamUnreachable = false
    /// Bytes behind a request that asks to leave HTTP, until it is answered.
    var held: [(bytes: [UInt8], time: Int64)] = []
    var heldByteCount = 0
    /// Whether requests may be missing, so that the next response may belong to one of them.
    var isPairingDoubtful = false
    /// Whether the server sent anything since `isPairingDoubtful` was set.
    var hasServerSpoken = false
    /// The connection once it speaks HTTP/2: at most one, and elsewhere, because few do.
    var http2: [HTTP2Connection] = []
    /// Frames that the server sent before the client had sent anything.
    var earlyFrames: [UInt8] = []
    /// Whether it seems that HTTP/2 was spoken before the recording began.
    var hasJoinedHTTP2 = false

    /// Starts a connection that may have been open for long.
    ///
    /// - Parameters:
    ///   - connection: Its identifier in the trace.
    ///   - client: The client's address as `host:port`.
    ///   - server: The server's address as `host:port`.
    ///   - bodies: Which bodies are kept.
    ///   - limits: How much may be held in memory.
    public init(
        connection: UInt64,
        client: String,
        server: String,
        bodies: BodyRetention = .requests,
        limits: ExchangeLimits = ExchangeLimits()
    ) {
        opening = ConnectionOpening(
            connection: connection,
            client: client,
            server: server,
            time: nil
        )
        retention = bodies
        self.limits = limits
    }

    /// Says that the connection was opened now, so that its first bytes start a message.
    public mutating func opened(at time: Int64) {
        opening.time = time
        requests.synchronize(RequestDecoder(), isProven: true)
        responses.synchronize(ResponseDecoder(), isProven: true)
    }

    /// Takes bytes that an end sent.
    public mutating func received(_ bytes: Span<UInt8>, from peer: Peer, at time: Int64) {
        guard !bytes.isEmpty else { return }
        if isHTTP2 {
            receiveHTTP2(bytes, from: peer, at: time)
            return
        }
        switch peer {
        case .client: receiveFromClient(bytes, at: time)
        case .server: receiveFromServer(bytes, at: time)
        }
    }

    /// Says that an end sent bytes here that are not in the recording.
    public mutating func missing(_ byteCount: UInt64, from peer: Peer) {
        guard byteCount > 0 else { return }
        if isHTTP2 {
            http2[0].missing(byteCount, from: peer, counting: &byteCounts)
            recordFinishedStreams()
            return
        }
        switch peer {
        case .client: missRequestBytes(byteCount)
        case .server: missResponseBytes(byteCount)
        }
    }

    /// Says that the upstream could not be reached, and that what comes as a response is the
    /// proxy's own.
    public mutating func upstreamWasUnreachable() {
        isUpstreamUnreachable = true
        for index in 0..<exchanges.count { exchanges[index].fail(.upstreamUnreachable) }
    }

    /// Says that an end stopped sending.
    public mutating func closed(from peer: Peer, how: StreamEnd, at time: Int64) {
        guard !isClosed else { return }
        let first = firstEnd ?? (peer, how, time)
        firstEnd = first
        switch (how, peer) {
        case (.finished, .client): endRequests()
        case (.finished, .server): endResponses(isClientGone: first.peer == .client)
        case (.reset, _): reset(by: peer, isClientGone: first.peer == .client)
        }
        recordFinished()
        guard how == .reset || requests.isEnded && responses.isEnded else { return }
        close(at: time, by: Self.closer(first.peer, first.how))
    }

    /// Says that nothing more of the connection will be recorded.
    public mutating func recordingEnded(at time: Int64) {
        guard !isClosed else { return }
        for index in 0..<exchanges.count { exchanges[index].fail(.cutByRecordingEnd) }
        if isHTTP2 { http2[0].failAll(.cutByRecordingEnd) }
        endEveryAnswer { _, _ in .cutByRecordingEnd }
        endRequests()
        if let firstEnd {
            close(at: firstEnd.time, by: Self.closer(firstEnd.peer, firstEnd.how))
        } else {
            close(at: time, by: .recordingEnd)
        }
    }

    /// Takes out the records that are ready, oldest first.
    public mutating func takeRecords() -> [TraceRecord] {
        guard !records.isEmpty else { return [] }
        defer { records = [] }
        return records
    }

    // MARK: - Records

    /// Moves the exchanges that are finished from the front of the queue to the records.
    mutating func recordFinished() {
        while exchanges.first?.isFinished == true, let exchange = exchanges.popFirst() {
            keptByteCount -= exchange.keptByteCount
            record(exchange, sequence: exchangeCount)
        }
    }

    /// Moves the finished exchanges of HTTP/2 to the records; they keep the places of their requests.
    mutating func recordFinishedStreams() {
        for (exchange, sequence) in http2[0].takeFinished() { record(exchange, sequence: sequence) }
    }

    private mutating func record(_ exchange: OpenExchange, sequence: UInt64) {
        recordOpening()
        let recorded = exchange.recorded(connection: opening.connection, sequence: sequence)
        records.append(.exchange(recorded))
        exchangeCount += 1
    }

    /// The bytes that are kept of the exchanges in progress.
    var memoryByteCount: Int {
        keptByteCount + heldByteCount + earlyFrames.count + (http2.first?.keptByteCount ?? 0)
    }

    /// Whether the connection was opened in the recording.
    var isOpeningKnown: Bool { opening.time != nil }

    private mutating func recordOpening() {
        guard !isRecorded else { return }
        isRecorded = true
        records.append(.opened(opening))
    }

    private mutating func close(at time: Int64, by closer: ConnectionCloser) {
        isClosed = true
        if byteCounts.total == 0 { recordOpening() }
        guard isRecorded else { return }
        let closing = ConnectionClosing(connection: opening.connection, time: time, by: closer)
        records.append(.closed(closing))
    }

    private static func closer(_ peer: Peer, _ how: StreamEnd) -> ConnectionCloser {
        switch (peer, how) {
        case (.client, .finished): .client
        case (.client, .reset): .clientReset
        case (.server, .finished): .server
        case (.server, .reset): .serverReset
        }
    }
}
