internal import TraceFormat

/// Follows one TCP connection and hands what its two ends sent to an `ExchangeAssembler`, in the
/// order of cause and effect.
///
/// An end that acknowledges bytes has received them. So nothing is given out before the bytes of
/// the other direction that its sender had acknowledged by then: a response stays behind its
/// request even when the capture has them the other way round. Acknowledged bytes that do not show
/// up within some packets were lost by the capture, and are declared missing.
struct TCPConversation {
    /// How much is waited for, and how long.
    struct Limits: Equatable {
        /// The most bytes of one direction that may wait for their turn.
        var waitingByteCount = 4 << 20
        /// How many packets of the connection to wait for bytes that are known to have arrived.
        var patience = 32
    }

    /// What is known of one direction.
    private struct Direction {
        var stream = StreamReassembler()
        /// How far the other end has acknowledged it.
        var acknowledged: Int64 = 0
        /// Acknowledged bytes that did not come yet: up to where, and how long to wait still.
        var overdue: (mark: Int64, packetsLeft: Int)?
    }

    /// Its two ends.
    let key: FlowKey
    /// The end that is taken for the client.
    private let client: Endpoint
    /// When the last packet was seen.
    private(set) var lastTime: Int64
    /// Whether both ends, or one for both, have closed it.
    private(set) var isClosed = false
    /// The number of payload bytes that came with a reset.
    private(set) var resetByteCount: UInt64 = 0
    /// Makes the exchanges.
    private(set) var assembler: ExchangeAssembler
    private let limits: Limits
    private var directions = PeerPair(client: Direction(), server: Direction())
    private var isOpened = false
    /// The time of what was last given out; it never goes back.
    private var deliveryTime: Int64

    /// Starts with a connection of which nothing was seen.
    init(
        _ key: FlowKey,
        client: Endpoint,
        assembler: ExchangeAssembler,
        limits: Limits,
        at time: Int64
    ) {
        self.key = key
        self.client = client
        self.assembler = assembler
        self.limits = limits
        lastTime = time
        deliveryTime = time
    }

    /// Its identifier in the trace.
    var connection: UInt64 { assembler.connection }
    /// What the bytes of both streams came to before they were given out.
    var streamCounts: [StreamReassembler.Counts] {
        [directions.client.stream.counts, directions.server.stream.counts]
    }

    /// About how much memory it takes: what waits for its turn, and what is kept of the exchanges
    /// in progress.
    var heldByteCount: Int {
        Self.byteCount + directions.client.stream.waitingByteCount
            + directions.server.stream.waitingByteCount + assembler.memoryByteCount
    }
    /// What a connection takes that holds nothing.
    private static let byteCount = 1024

    /// Takes the exchanges that ended.
    mutating func takeRecords() -> [TraceRecord] { assembler.takeRecords() }

    /// Whether the segment opens another connection between the same ends.
    func isReopened(by segment: TCPSegment) -> Bool {
        guard segment.isSYN, segment.acknowledgment == nil else { return false }
        let stream = self[peer(of: segment)].stream
        return stream.isStarted
            && stream.offset(of: segment.sequence.advanced(by: 1)) != 0
    }

    /// Takes a segment of this connection.
    mutating func receive(_ segment: TCPSegment, payload: Span<UInt8>, at time: Int64) {
        lastTime = max(lastTime, time)
        let peer = peer(of: segment)
        if segment.isSYN { open(segment, from: peer) }
        let cause = noteAcknowledgment(segment, from: peer)
        if segment.isRST {
            resetByteCount += UInt64(payload.count)
            flush()
            deliveryTime = max(deliveryTime, lastTime)
            assembler.closed(from: peer, how: .reset, at: deliveryTime)
            isClosed = true
            return
        }
        if !payload.isEmpty || segment.isFIN {
            take(segment, payload: payload, from: peer, cause: cause)
        }
        watch(.client)
        watch(.server)
        isClosed = directions.client.stream.isEnded && directions.server.stream.isEnded
    }

    /// Says that no more packets of this connection will come.
    mutating func recordingEnded(at time: Int64) {
        flush()
        assembler.recordingEnded(at: max(time, deliveryTime))
        isClosed = true
    }

    // MARK: - Taking segments

    private func peer(of segment: TCPSegment) -> Peer {
        segment.source == client ? .client : .server
    }

    private subscript(peer: Peer) -> Direction {
        get { directions[peer] }
        _modify { yield &directions[peer] }
    }

    private mutating func open(_ segment: TCPSegment, from peer: Peer) {
        if !self[peer].stream.isStarted {
            self[peer].stream.start(at: segment.sequence.advanced(by: 1))
        }
        guard !isOpened, !isJoined else { return }
        isOpened = true
        deliveryTime = max(deliveryTime, lastTime)
        assembler.opened(at: deliveryTime)
    }

    /// Whether bytes were seen of a connection whose opening was not.
    private var isJoined: Bool {
        !isOpened && directions.client.stream.isStarted && directions.server.stream.isStarted
    }

    /// Returns how far the sender has received the other stream.
    private mutating func noteAcknowledgment(_ segment: TCPSegment, from peer: Peer) -> Int64 {
        guard let acknowledgment = segment.acknowledgment else { return .min }
        if !self[peer.other].stream.isStarted {
            self[peer.other].stream.start(at: acknowledgment)
        }
        let offset = self[peer.other].stream.offset(of: acknowledgment)
        self[peer.other].acknowledged = max(self[peer.other].acknowledged, offset)
        return offset
    }

    private mutating func take(
        _ segment: TCPSegment,
        payload: Span<UInt8>,
        from peer: Peer,
        cause: Int64
    ) {
        let sequence = segment.isSYN ? segment.sequence.advanced(by: 1) : segment.sequence
        if !self[peer].stream.isStarted { self[peer].stream.start(at: sequence) }
        let range = self[peer].stream.receive(
            payload,
            at: self[peer].stream.offset(of: sequence),
            isEnd: segment.isFIN,
            cause: cause,
            otherPosition: self[peer.other].stream.position,
            time: lastTime
        )
        if let range {
            deliveryTime = max(deliveryTime, lastTime)
            assembler.received(payload.extracting(range), from: peer, at: deliveryTime)
        }
        drain()
        while self[peer].stream.waitingByteCount > limits.waitingByteCount { release(peer) }
    }

    // MARK: - Giving out what waited

    /// Gives out everything whose turn has come.
    private mutating func drain() {
        var isMoving = true
        while isMoving {
            isMoving = deliverNext(of: .client, otherPosition: directions.server.stream.position)
            if deliverNext(of: .server, otherPosition: directions.client.stream.position) {
                isMoving = true
            }
        }
    }

    private mutating func deliverNext(of peer: Peer, otherPosition: Int64?) -> Bool {
        guard let piece = self[peer].stream.popWaiting(otherPosition: otherPosition) else {
            return false
        }
        deliveryTime = max(deliveryTime, piece.time)
        if piece.isEnd {
            assembler.closed(from: peer, how: .finished, at: deliveryTime)
        } else {
            assembler.received(piece.bytes.span, from: peer, at: deliveryTime)
        }
        return true
    }

    /// Declares acknowledged bytes missing when they have been waited for long enough.
    private mutating func watch(_ peer: Peer) {
        let acknowledged = self[peer].acknowledged
        let position = self[peer].stream.position
        guard acknowledged > position else {
            self[peer].overdue = nil
            return
        }
        guard let overdue = self[peer].overdue, overdue.mark > position else {
            self[peer].overdue = (acknowledged, limits.patience)
            return
        }
        self[peer].overdue = (overdue.mark, overdue.packetsLeft - 1)
        if overdue.packetsLeft <= 1 { advance(peer, to: overdue.mark) }
    }

    /// Gives out the first waiting piece of a direction, whatever has to be given up for it.
    private mutating func release(_ peer: Peer) {
        guard let next = self[peer].stream.nextWaiting else { return }
        if next.offset > self[peer].stream.position {
            advance(peer, to: next.offset)
        } else {
            advance(peer.other, to: next.cause)
        }
    }

    /// Gives out, or declares missing, everything of a direction up to a place.
    ///
    /// Goes in steps, so that the other direction keeps its order of cause and effect with it.
    ///
    /// - Parameters:
    ///   - peer: Who sent the bytes.
    ///   - target: The place to reach.
    ///   - isNested: Whether the other direction waits for this one to advance: then a piece that
    ///     in turn waits for the other one is given out, as no real traffic has such a circle.
    private mutating func advance(_ peer: Peer, to target: Int64, isNested: Bool = false) {
        while self[peer].stream.position < target {
            let position = self[peer].stream.position
            let next = self[peer].stream.nextWaiting
            if let next, next.offset == position {
                if isNested {
                    _ = deliverNext(of: peer, otherPosition: nil)
                } else {
                    advance(peer.other, to: next.cause, isNested: true)
                }
            } else {
                var end = min(target, next?.offset ?? target)
                let other = self[peer.other].stream
                if let blocked = other.nextWaiting, blocked.offset == other.position,
                    blocked.cause > position
                {
                    end = min(end, blocked.cause)
                }
                let byteCount = self[peer].stream.declareMissing(upTo: end)
                assembler.missing(byteCount, from: peer)
            }
            drain()
        }
    }

    /// Gives out everything that waits, and gives up on what did not come.
    private mutating func flush() {
        drain()
        while let peer = firstWaitingPeer {
            release(peer)
            drain()
        }
        for peer in Peer.allCases { advance(peer, to: self[peer].acknowledged) }
    }

    /// The end of whose pieces one has waited the longest.
    private var firstWaitingPeer: Peer? {
        let client = directions.client.stream.nextWaiting
        let server = directions.server.stream.nextWaiting
        guard let client else { return server == nil ? nil : .server }
        guard let server else { return .client }
        return server.time < client.time ? .server : .client
    }
}
