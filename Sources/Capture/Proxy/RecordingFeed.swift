internal import NIOCore

/// What the feed keeps of a connection: how much of it was handed over, and what was lost.
struct ConnectionRecording {
    /// The identifier of the connection.
    let connection: UInt64
    /// Whether the recorder knows of the connection.
    fileprivate(set) var isRecorded = false
    /// Whether some of its bytes are missing from the recording.
    fileprivate(set) var hasLosses = false
    /// How many events were handed over.
    fileprivate(set) var eventCount: UInt64 = 0
    private var lostFromClient: UInt64 = 0
    private var lostFromServer: UInt64 = 0

    /// Starts with a connection of which nothing is known.
    init(connection: UInt64) {
        self.connection = connection
    }

    /// Bytes that were lost and of which the recorder does not know yet.
    fileprivate subscript(lostFrom peer: Peer) -> UInt64 {
        get { peer == .client ? lostFromClient : lostFromServer }
        set {
            switch peer {
            case .client: lostFromClient = newValue
            case .server: lostFromServer = newValue
            }
        }
    }
}

/// Hands events from the forwarding event loop to the recorder, without ever waiting for it.
///
/// When the recorder falls behind by more than `weightLimit`, or can't write any more, bytes are
/// left out of the recording, and counted. Belongs to the event loop.
final class RecordingFeed {
    /// What went through the proxy so far.
    private(set) var traffic = ProxyTraffic()
    private let recorder: RecordingThread
    private let eventLoop: any EventLoop
    private let weightLimit: Int
    private var batch: [ProxyEvent] = []
    private var isHandOverScheduled = false
    private var flushing: RepeatedTask?
    private var isStopped = false

    /// How long an event waits for others, so that they are handed over together.
    private static let handOverDelay = TimeAmount.milliseconds(10)
    private static let batchCountLimit = 1024
    private static let flushInterval = TimeAmount.seconds(1)

    /// Starts to feed a recorder of which the epoch is `start`; stop it with `stop()`.
    init(
        recorder: RecordingThread,
        eventLoop: any EventLoop,
        start: NIODeadline,
        weightLimit: Int
    ) {
        self.recorder = recorder
        self.eventLoop = eventLoop
        self.weightLimit = weightLimit
        flushing = eventLoop.scheduleRepeatedTask(
            initialDelay: Self.flushInterval,
            delay: Self.flushInterval
        ) { _ in recorder.flush(at: (NIODeadline.now() - start).nanoseconds) }
    }

    /// Records that a client connected.
    func opened(
        _ recording: inout ConnectionRecording,
        client: String,
        server: String,
        at time: Int64
    ) {
        traffic.connections += 1
        recording.isRecorded = hasRoom
        if recording.isRecorded {
            append(.opened(client: client, server: server), to: &recording, at: time)
        } else {
            recording.hasLosses = true
            traffic.lostConnections += 1
        }
    }

    /// Records bytes that an end sent.
    func received(
        _ bytes: ByteBuffer,
        from peer: Peer,
        in recording: inout ConnectionRecording,
        at time: Int64
    ) {
        let byteCount = UInt64(bytes.readableBytes)
        switch peer {
        case .client: traffic.clientByteCount += byteCount
        case .server: traffic.serverByteCount += byteCount
        }
        appendBytes(bytes, from: peer, to: &recording, at: time)
    }

    /// Records that the upstream was reached.
    func upstreamConnected(in recording: inout ConnectionRecording, at time: Int64) {
        appendAlways(.upstreamConnected, to: &recording, at: time)
    }

    /// Records that the upstream could not be reached.
    func upstreamUnreachable(in recording: inout ConnectionRecording, at time: Int64) {
        traffic.unreachableUpstreams += 1
        appendAlways(.upstreamUnreachable, to: &recording, at: time)
    }

    /// Counts that a connection with an end could not be encrypted.
    func handshakeFailed(with peer: Peer) {
        switch peer {
        case .client: traffic.failedClientHandshakes += 1
        case .server: traffic.failedUpstreamHandshakes += 1
        }
    }

    /// Records what the proxy sends in the place of the upstream.
    func answered(_ bytes: ByteBuffer, in recording: inout ConnectionRecording, at time: Int64) {
        traffic.ownByteCount += UInt64(bytes.readableBytes)
        appendBytes(bytes, from: .server, to: &recording, at: time)
    }

    /// Records that an end stopped sending.
    func ended(
        _ peer: Peer,
        _ how: StreamEnd,
        in recording: inout ConnectionRecording,
        at time: Int64
    ) {
        appendAlways(.ended(peer, how), to: &recording, at: time)
    }

    /// Records that nothing more happens on the connection.
    func over(_ recording: inout ConnectionRecording, at time: Int64) {
        appendAlways(.over, to: &recording, at: time)
    }

    /// Hands over what waits for others.
    func handOver() {
        guard !batch.isEmpty else { return }
        recorder.record(batch)
        batch = []
        batch.reserveCapacity(64)
    }

    /// Hands over everything, and feeds nothing more.
    func stop() {
        isStopped = true
        flushing?.cancel()
        handOver()
    }

    // MARK: - Batches

    private var hasRoom: Bool {
        !recorder.isStopped && recorder.waitingWeight < weightLimit
    }

    private func appendBytes(
        _ bytes: ByteBuffer,
        from peer: Peer,
        to recording: inout ConnectionRecording,
        at time: Int64
    ) {
        guard recording.isRecorded, hasRoom else {
            let byteCount = UInt64(bytes.readableBytes)
            traffic.lostByteCount += byteCount
            recording.hasLosses = true
            recording[lostFrom: peer] += byteCount
            return
        }
        admitLosses(in: &recording, at: time)
        append(.bytes(bytes, from: peer), to: &recording, at: time)
    }

    /// Appends one of the few small events of a connection, for which there is always room.
    private func appendAlways(
        _ kind: ProxyEvent.Kind,
        to recording: inout ConnectionRecording,
        at time: Int64
    ) {
        guard recording.isRecorded else { return }
        admitLosses(in: &recording, at: time)
        append(kind, to: &recording, at: time)
    }

    /// Tells the recorder of the bytes that were lost so far.
    private func admitLosses(in recording: inout ConnectionRecording, at time: Int64) {
        for peer in Peer.allCases where recording[lostFrom: peer] > 0 {
            let byteCount = recording[lostFrom: peer]
            recording[lostFrom: peer] = 0
            append(.missing(byteCount, from: peer), to: &recording, at: time)
        }
    }

    private func append(
        _ kind: ProxyEvent.Kind,
        to recording: inout ConnectionRecording,
        at time: Int64
    ) {
        guard !isStopped else { return }
        let event = ProxyEvent(connection: recording.connection, time: time, kind: kind)
        recording.eventCount += 1
        recorder.announce(event)
        batch.append(event)
        if batch.count >= Self.batchCountLimit {
            handOver()
        } else if !isHandOverScheduled {
            isHandOverScheduled = true
            eventLoop.assumeIsolated().scheduleTask(in: Self.handOverDelay) { [self] in
                isHandOverScheduled = false
                handOver()
            }
        }
    }
}
