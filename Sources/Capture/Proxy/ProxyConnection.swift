internal import Encryption
internal import NIOCore

/// One connection of a client with the one to the upstream that was opened for it: carries out
/// what its state decides.
///
/// Belongs to one event loop, like everything here.
final class ProxyConnection {
    /// How the recording of the connection is.
    var recording: ConnectionRecording
    private var state = ProxyConnectionState()
    private let loop: ProxyLoop
    private var client: ProxyHandler?
    private var server: ProxyHandler?
    private var held: [ByteBuffer] = []
    private var forwardedFields: ForwardedFields?
    /// What the client is told of the upstream beside that it can't be reached.
    private var upstreamFailure = ""
    private var lingering: Scheduled<Void>?
    private var isOver = false

    /// How long a client may take to go away after it was answered in the upstream's place.
    private static let lingerTime = TimeAmount.seconds(2)

    /// Makes a connection of which nothing has happened yet.
    init(id: UInt64, loop: ProxyLoop) {
        recording = ConnectionRecording(connection: id)
        self.loop = loop
    }

    // MARK: - Events

    /// The client is there.
    func accepted(_ handler: ProxyHandler, from address: SocketAddress?) {
        client = handler
        forwardedFields = loop.forwardedFields(for: address)
        loop.feed.opened(
            &recording,
            client: address.hostAndPort,
            server: loop.upstream.authority,
            at: loop.now()
        )
        loop.insert(self)
        loop.connectToUpstream { [self] result in
            do {
                let handler = ProxyHandler(.server, of: self)
                try result.get().pipeline.syncOperations.addHandler(handler)
                server = handler
                loop.feed.upstreamConnected(in: &recording, at: loop.now())
                run(state.upstreamConnected())
            } catch {
                if let reason = reasonOfFailedHandshake(error) {
                    upstreamFailure = ": \(reason)"
                    loop.feed.handshakeFailed(with: .server)
                }
                run(state.upstreamFailed())
            }
            endIfOver()
        }
        handler.read()
    }

    /// How long the client may take to agree on the encryption, in nanoseconds.
    var handshakeLimit: Int64 { loop.handshakeLimit }

    /// The client and the proxy did not agree on how to encrypt.
    func handshakeFailed() {
        loop.feed.handshakeFailed(with: .client)
    }

    /// Bytes arrived.
    func received(_ bytes: ByteBuffer, from peer: Peer) {
        loop.feed.received(bytes, from: peer, in: &recording, at: loop.now())
        switch state.received(bytes.readableBytes, from: peer) {
        case .forward: self[peer.other]?.write(peer == .client ? outgoing(bytes) : bytes)
        case .hold: held.append(bytes)
        case .inspect: run(state.inspected(bytes.readableBytesUInt8Span))
        case .discard: break
        }
    }

    /// All bytes that were there have arrived.
    func readCompleted(from peer: Peer) {
        let other = self[peer.other]
        other?.flush()
        if state.readCompleted(from: peer, isOtherWritable: other?.isWritable ?? true) {
            self[peer]?.read()
        }
    }

    /// An end takes bytes again.
    func becameWritable(_ peer: Peer) {
        if state.becameWritable(peer) { self[peer.other]?.read() }
    }

    /// An end stopped sending.
    func ended(_ peer: Peer, _ how: StreamEnd) {
        run(state.ended(peer, how))
    }

    /// The socket of an end is closed.
    func closed(_ peer: Peer) {
        run(state.closed(peer))
        endIfOver()
    }

    private func endIfOver() {
        guard state.isOver, !isOver else { return }
        isOver = true
        lingering?.cancel()
        client = nil
        server = nil
        loop.feed.over(&recording, at: loop.now())
        loop.remove(self)
    }

    // MARK: - The end of the recording

    /// Reads nothing more from the client.
    func pauseClient() {
        state.pauseClient()
    }

    /// Reads from the client again.
    func resumeClient() {
        run(state.resumeClient())
    }

    /// Closes both ends, when everything that was received has been passed on.
    func stop() {
        run(state.stop())
    }

    /// Closes both ends at once.
    func abandon() {
        stop()
        server?.abandon()
        client?.abandon()
    }

    // MARK: - Actions

    private subscript(peer: Peer) -> ProxyHandler? { peer == .client ? client : server }

    private func run(_ actions: [ProxyConnectionState.Action]) {
        for action in actions { run(action) }
    }

    private func run(_ action: ProxyConnectionState.Action) {
        switch action {
        case .forwardHeld:
            for bytes in held { server?.write(outgoing(bytes)) }
            held = []
            server?.flush()
        case .inspectHeld:
            for bytes in held { run(state.inspected(bytes.readableBytesUInt8Span)) }
            held = []
            run(state.heldWasInspected())
        case .read(let peer): self[peer]?.read()
        case .endOutput(.client): client?.endOutput()
        case .endOutput(.server):
            if let rest = forwardedFields?.remainder(), !rest.isEmpty {
                server?.write(ByteBuffer(bytes: rest))
            }
            server?.endOutput()
        case .reset(.client): client?.resetAfterWrites()
        case .reset(.server): server?.reset()
        case .close(let peer): self[peer]?.close()
        case .answerBadGateway(let hasBody): answerBadGateway(hasBody: hasBody)
        case .linger:
            lingering = loop.schedule(in: Self.lingerTime) { [self] in
                run(state.lingeringEnded())
            }
        case .recordEnd(let peer, let how):
            loop.feed.ended(peer, how, in: &recording, at: loop.now())
        case .recordUnreachable:
            loop.feed.upstreamUnreachable(in: &recording, at: loop.now())
        }
    }

    /// What the upstream gets for bytes of the client.
    private func outgoing(_ bytes: ByteBuffer) -> ByteBuffer {
        guard let changed = forwardedFields?.forwarded(bytes.readableBytesUInt8Span) else {
            return bytes
        }
        return ByteBuffer(bytes: changed)
    }

    private func answerBadGateway(hasBody: Bool) {
        let upstream = loop.upstream.authority
        let body = "mik-replay: the upstream \(upstream) can't be reached\(upstreamFailure)\n"
        let answer = ByteBuffer(
            string: """
                HTTP/1.1 502 Bad Gateway\r
                Content-Type: text/plain\r
                Content-Length: \(body.utf8.count)\r
                Connection: close\r
                \r
                \(hasBody ? body : "")
                """
        )
        client?.write(answer)
        client?.flush()
        loop.feed.answered(answer, in: &recording, at: loop.now())
    }
}

extension SocketAddress? {
    /// The address as the trace has it; a client may be gone before it can be asked for it.
    fileprivate var hostAndPort: String {
        guard let host = self?.ipAddress, let port = self?.port else { return "unknown:0" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
