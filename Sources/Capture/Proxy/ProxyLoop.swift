internal import Encryption
internal import NIOCore
internal import NIOPosix

/// The forwarding side of the proxy: its open connections, on one event loop.
final class ProxyLoop {
    /// Where the requests go.
    let upstream: ProxyUpstream
    /// Hands over what happens.
    let feed: RecordingFeed
    private let clientEncryption: ServerEncryption?
    private let upstreamEncryption: ClientEncryption?
    /// How long a client may take to agree on the encryption, in nanoseconds.
    let handshakeLimit: Int64
    private let addsForwardedFields: Bool
    private let eventLoop: any EventLoop
    private let recorder: RecordingThread
    private let start: NIODeadline
    private var nextID: UInt64 = 0
    private var connections: [UInt64: ProxyConnection] = [:]
    private var draining: (promise: EventLoopPromise<Void>, deadline: Scheduled<Void>)?

    private static let connectTimeout = TimeAmount.seconds(10)
    private static let drainStepTime = TimeAmount.milliseconds(10)

    /// Makes the forwarding side, without any connection.
    ///
    /// - Parameters:
    ///   - configuration: Where to pass the traffic to, and how much of it may wait.
    ///   - encryption: How the connections on both sides are encrypted.
    ///   - eventLoop: Where everything happens.
    ///   - recorder: What records it.
    ///   - start: The recording's epoch.
    init(
        _ configuration: ProxyConfiguration,
        encryption: ProxyEncryption,
        eventLoop: any EventLoop,
        recorder: RecordingThread,
        start: NIODeadline
    ) {
        clientEncryption = encryption.ofClients
        upstreamEncryption = encryption.ofUpstream
        handshakeLimit = configuration.handshakeLimit
        addsForwardedFields = configuration.addsForwardedFields
        self.eventLoop = eventLoop
        self.recorder = recorder
        self.start = start
        upstream = ProxyUpstream(configuration)
        feed = RecordingFeed(
            recorder: recorder,
            eventLoop: eventLoop,
            start: start,
            weightLimit: configuration.waitingByteCountLimit
        )
    }

    /// The time since the recording's epoch, in nanoseconds; never steps back.
    func now() -> Int64 { (NIODeadline.now() - start).nanoseconds }

    // MARK: - Connections

    /// Takes the connection of a client, before it is active.
    func admit(_ channel: any Channel) throws {
        let connection = ProxyConnection(id: nextID, loop: self)
        nextID += 1
        try clientEncryption?.encrypt(channel)
        let handler = ProxyHandler(
            .client,
            of: connection,
            isHandshaking: clientEncryption != nil
        )
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Keeps a connection until it is over.
    func insert(_ connection: ProxyConnection) {
        connections[connection.recording.connection] = connection
    }

    /// Forgets a connection that is over.
    func remove(_ connection: ProxyConnection) {
        connections[connection.recording.connection] = nil
        if connections.isEmpty { finishDraining() }
    }

    /// Opens a connection to the upstream; nothing is read from it before it is asked to.
    ///
    /// - Parameter body: Gets the connection, which is encrypted where it is to be, or why there is
    ///   no way to the upstream.
    func connectToUpstream(_ body: @escaping (Result<any Channel, any Error>) -> Void) {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(Self.connectTimeout)
        let connected =
            if let address = upstream.address {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: upstream.host, port: upstream.port)
            }
        guard let upstreamEncryption else {
            connected.assumeIsolated().whenComplete(body)
            return
        }
        connected.flatMap { channel in
            upstreamEncryption.handshake(on: channel, within: Self.connectTimeout)
                .map { channel }
        }.assumeIsolated().whenComplete(body)
    }

    /// Adds to the requests of a client who it is; `nil` when that was not asked for.
    func forwardedFields(for client: SocketAddress?) -> ForwardedFields? {
        guard addsForwardedFields, let address = client?.ipAddress else { return nil }
        return ForwardedFields(client: address, isSecure: clientEncryption != nil)
    }

    /// Does something later.
    func schedule(in time: TimeAmount, _ body: @escaping () -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: time, body)
    }

    // MARK: - The end

    /// Lets the open exchanges finish, but begins no new ones, then closes all connections.
    ///
    /// - Parameter time: How long that may take.
    /// - Returns: Done when all connections are closed.
    func drain(for time: TimeAmount) -> EventLoopFuture<Void> {
        precondition(draining == nil, "the proxy was stopped twice")
        let promise = eventLoop.makePromise(of: Void.self)
        let deadline = schedule(in: time) { [self] in
            for connection in connections.values { connection.abandon() }
            finishDraining()
        }
        draining = (promise, deadline)
        if connections.isEmpty {
            finishDraining()
        } else {
            drainStep()
        }
        return promise.futureResult
    }

    /// Asks the recorder, which alone knows what is open, and closes what is not.
    private func drainStep() {
        guard draining != nil else { return }
        for connection in connections.values {
            // Nobody knows what goes on where bytes were lost, so it goes on until the deadline.
            if connection.recording.hasLosses {
                connection.resumeClient()
            } else {
                connection.pauseClient()
            }
        }
        feed.handOver()
        recorder.progress(on: eventLoop).assumeIsolated().whenSuccess { [self] progress in
            for (id, progress) in progress {
                guard let connection = connections[id], !connection.recording.hasLosses else {
                    continue
                }
                switch progress.phase {
                case .idle:
                    // More may have happened since, for example the first bytes of a request.
                    guard connection.recording.eventCount == progress.eventCount else { continue }
                    connection.stop()
                case .receivingRequest: connection.resumeClient()
                case .awaitingResponse: break
                }
            }
            _ = schedule(in: Self.drainStepTime) { [self] in drainStep() }
        }
    }

    private func finishDraining() {
        guard let (promise, deadline) = draining else { return }
        draining = nil
        deadline.cancel()
        feed.stop()
        promise.succeed()
    }
}
