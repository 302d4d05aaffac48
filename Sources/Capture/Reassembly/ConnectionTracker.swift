internal import TraceFormat

/// Finds the connection that each segment belongs to, and takes the finished exchanges out.
///
/// Knows no clock but the packets' times, so the same packets always make the same records.
struct ConnectionTracker {
    /// How much is kept, and for how long.
    struct Limits: Equatable {
        /// After how many nanoseconds without a packet a connection is given up.
        var idleTime: Int64 = 3_600_000_000_000
        /// For how many nanoseconds packets may still come after a close.
        var lingerTime: Int64 = 30_000_000_000
        /// The most connections that are followed at the same time.
        var openCount = 65_536
        /// The most closed connections that are remembered.
        var closedCount = 16_384
        /// The most bytes that all connections may hold together.
        var memoryByteCount = CaptureOptions.standardMemoryByteCount
        /// The limits of each connection.
        var conversation = TCPConversation.Limits()
    }

    /// Where a connection is.
    private enum State {
        /// Followed, at this index of `conversations`.
        case open(Int)
        /// Closed at this time.
        case closed(Int64)
    }

    /// What became of packets, bytes and connections.
    var counters = CaptureCounters()
    private let ports: PortSelection
    private let bodies: BodyRetention
    private let limits: Limits
    private var states: [FlowKey: State] = [:]
    private var conversations: [TCPConversation?] = []
    private var freeIndices: [Int] = []
    private var closed = PopQueue<(key: FlowKey, time: Int64)>()
    private var nextConnection: UInt64 = 0
    /// The bytes that the open connections hold.
    private var heldByteCount = 0
    private var nextExpiry: Int64 = .min
    private var records: [TraceRecord] = []

    /// Follows the connections of these ports.
    init(ports: PortSelection, bodies: BodyRetention, limits: Limits = Limits()) {
        self.ports = ports
        self.bodies = bodies
        self.limits = limits
    }

    /// The number of connections that are followed now.
    private var openCount: Int { conversations.count - freeIndices.count }
    /// Where the open connections are, oldest first.
    private var openIndices: [Int] {
        conversations.indices
            .compactMap { index in conversations[index].map { ($0.connection, index) } }
            .sorted { $0 < $1 }
            .map(\.1)
    }

    /// Takes the next segment of the capture, `payload` being its bytes.
    mutating func receive(_ segment: TCPSegment, payload: Span<UInt8>, at time: Int64) {
        guard ports.contains(segment.source.port) || ports.contains(segment.destination.port)
        else {
            counters.count(.otherPort)
            return
        }
        counters.payloadByteCount += UInt64(payload.count)
        counters.cutByteCount += UInt64(segment.cutByteCount)
        if time >= nextExpiry { expireIdle(at: time) }
        let key = FlowKey(segment.source, segment.destination)
        guard let index = findConversation(of: segment, key, payload: payload, at: time) else {
            return
        }
        counters.count(.used)
        let held = conversations[index]?.heldByteCount ?? 0
        conversations[index]?.receive(segment, payload: payload, at: time)
        takeRecords(of: index)
        heldByteCount += (conversations[index]?.heldByteCount ?? 0) - held
        if conversations[index]?.isClosed == true { retire(index, key, at: time) }
        if heldByteCount > limits.memoryByteCount { freeMemory(at: time) }
    }

    /// Gives up connections on which nothing has happened for long, while no packets come.
    mutating func passTime(to time: Int64) {
        if time >= nextExpiry { expireIdle(at: time) }
    }

    /// Says that there are no more packets.
    mutating func recordingEnded(at time: Int64) {
        for index in openIndices { giveUp(index, at: time) }
    }

    /// Takes out the records that are ready, oldest first.
    mutating func takeRecords() -> [TraceRecord] {
        guard !records.isEmpty else { return [] }
        defer { records = [] }
        return records
    }

    // MARK: - Finding and opening

    /// Finds or opens the connection; counts the packet when there is none for it.
    private mutating func findConversation(
        of segment: TCPSegment,
        _ key: FlowKey,
        payload: Span<UInt8>,
        at time: Int64
    ) -> Int? {
        switch states[key] {
        case .open(let index):
            guard conversations[index]?.isReopened(by: segment) == true else { return index }
            giveUp(index, at: time)
        case .closed(let closeTime):
            guard segment.isSYN || time &- closeTime > limits.lingerTime else {
                counters.count(.afterClose)
                counters.afterCloseByteCount += UInt64(payload.count)
                return nil
            }
        case nil: break
        }
        guard let client = client(of: segment, payload: payload) else {
            counters.count(.undecided)
            counters.undecidedByteCount += UInt64(payload.count)
            return nil
        }
        return open(key, client: client, at: time)
    }

    /// Tells which end is the client: the one that sent SYN, else the one that is not on a wanted
    /// port, else the one that sends a request or is sent a response.
    private func client(of segment: TCPSegment, payload: Span<UInt8>) -> Endpoint? {
        if segment.isSYN {
            return segment.acknowledgment == nil ? segment.source : segment.destination
        }
        if !ports.isAny {
            let isToServer = ports.contains(segment.destination.port)
            let isFromServer = ports.contains(segment.source.port)
            if isToServer != isFromServer {
                return isToServer ? segment.source : segment.destination
            }
        }
        // A few bytes more than a method, so that single letters are no request.
        guard payload.count >= 8 else { return nil }
        if MessageStart.isRequest(payload) || MessageStart.isHTTP2Preface(payload) {
            return segment.source
        }
        return MessageStart.isResponse(payload) ? segment.destination : nil
    }

    private mutating func open(_ key: FlowKey, client: Endpoint, at time: Int64) -> Int {
        if openCount >= limits.openCount { expireOldest() }
        let server = key.lower == client ? key.upper : key.lower
        let conversation = TCPConversation(
            key,
            client: client,
            assembler: ExchangeAssembler(
                connection: nextConnection,
                client: client.description,
                server: server.description,
                bodies: bodies
            ),
            limits: limits.conversation,
            at: time
        )
        nextConnection += 1
        heldByteCount += conversation.heldByteCount
        let index: Int
        if let free = freeIndices.popLast() {
            index = free
            conversations[index] = conversation
        } else {
            index = conversations.count
            conversations.append(conversation)
        }
        states[key] = .open(index)
        return index
    }

    // MARK: - Closing

    private mutating func takeRecords(of index: Int) {
        guard let ready = conversations[index]?.takeRecords(), !ready.isEmpty else { return }
        records += ready
    }

    /// Counts a connection that closed, and remembers it for the packets that are still to come.
    private mutating func retire(_ index: Int, _ key: FlowKey, at time: Int64) {
        forget(index)
        states[key] = .closed(time)
        closed.append((key, time))
        while closed.count > limits.closedCount { forgetOldestClosed() }
    }

    /// Ends a connection of which no more packets are expected.
    private mutating func giveUp(_ index: Int, at time: Int64) {
        guard let key = conversations[index]?.key else { return }
        heldByteCount -= conversations[index]?.heldByteCount ?? 0
        conversations[index]?.recordingEnded(at: time)
        heldByteCount += conversations[index]?.heldByteCount ?? 0
        takeRecords(of: index)
        forget(index)
        states[key] = nil
    }

    private mutating func forget(_ index: Int) {
        if let conversation = conversations[index].take() {
            heldByteCount -= conversation.heldByteCount
            counters.add(conversation)
            freeIndices.append(index)
        }
    }

    private mutating func forgetOldestClosed() {
        guard let oldest = closed.popFirst() else { return }
        // The ends may have closed another connection since, or have one open.
        if case .closed(oldest.time) = states[oldest.key] { states[oldest.key] = nil }
    }

    private mutating func expireIdle(at time: Int64) {
        let interval = min(limits.idleTime, 60_000_000_000)
        nextExpiry = time.addingReportingOverflow(interval).partialValue
        while let oldest = closed.first, time &- oldest.time > limits.lingerTime {
            forgetOldestClosed()
        }
        for index in openIndices {
            guard let lastTime = conversations[index]?.lastTime, time &- lastTime > limits.idleTime
            else { continue }
            counters.expiredConnections += 1
            giveUp(index, at: lastTime)
        }
    }

    /// Makes room by giving up a quarter of the connections, those that were quiet the longest.
    private mutating func expireOldest() {
        let byAge =
            openIndices
            .compactMap { index in conversations[index].map { ($0.lastTime, $0.connection, index) }
            }
            .sorted { $0 < $1 }
        for (lastTime, _, index) in byAge.prefix(max(1, openCount / 4)) {
            counters.expiredConnections += 1
            giveUp(index, at: lastTime)
        }
    }
    /// Gives up the connections that hold the most, until an eighth of the memory is free.
    ///
    /// What they go on to send is read from its next message on.
    private mutating func freeMemory(at time: Int64) {
        let bySize =
            openIndices
            .compactMap { index in conversations[index].map { ($0.heldByteCount, index) } }
            .sorted { $0.0 > $1.0 || $0.0 == $1.0 && $0.1 < $1.1 }
        let goal = limits.memoryByteCount - limits.memoryByteCount / 8
        for (_, index) in bySize where heldByteCount > goal {
            counters.connectionsOverMemory += 1
            giveUp(index, at: time)
        }
    }
}
