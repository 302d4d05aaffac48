internal import HTTPWire

/// Decides what a proxied connection does next: one connection of a client and the one that was
/// opened to the upstream for it.
///
/// Sans-IO: it is told what happened on the two sockets and says what to do with them and what to
/// tell the recorder. It looks into the bytes only when the upstream can't be reached, to find out
/// whether there is a request to answer; all else is passed on, whatever it is.
struct ProxyConnectionState {
    /// What becomes of bytes that arrived.
    enum Route: Equatable {
        /// They go to the other end.
        case forward
        /// They wait until the upstream is connected.
        case hold
        /// Nobody is there to take them but the proxy: give them to `inspected`.
        case inspect
        /// The end that they were for is gone.
        case discard
    }

    /// One thing to do.
    enum Action: Equatable {
        /// Send what was held to the upstream.
        case forwardHeld
        /// Give what was held to `inspected`, then call `heldWasInspected`.
        case inspectHeld
        /// Read from this end.
        case read(Peer)
        /// Send this end a FIN behind everything else.
        case endOutput(Peer)
        /// Send this end a RST; the client gets everything else before it.
        case reset(Peer)
        /// Close the connection to this end, behind everything else.
        case close(Peer)
        /// Answer the client with 502.
        case answerBadGateway(hasBody: Bool)
        /// Call `lingeringEnded` when the client did not go away for a while.
        case linger
        /// Tell the recorder that an end stopped sending.
        case recordEnd(Peer, StreamEnd)
        /// Tell the recorder that the proxy answers in place of the upstream.
        case recordUnreachable
    }

    private enum Upstream {
        case connecting
        case connected
        case unreachable
    }

    private struct Side {
        /// How it stopped sending.
        var end: StreamEnd?
        /// Whether it gets nothing more than what is on the way.
        var isOutputEnded = false
        /// Whether there is a socket.
        var isOpen: Bool
        /// Whether the proxy closes or resets it; what it does then is of no interest.
        var isGivenUp = false
        /// Whether reading stopped, because the bytes could not be passed on fast enough.
        var isReadingPaused = false

        /// Whether bytes can be sent to it.
        var takesBytes: Bool { isOpen && end != .reset && !isOutputEnded && !isGivenUp }
    }

    /// How many bytes of a client are read before its upstream is connected.
    static let heldByteCountLimit = 64 << 10

    private var upstream = Upstream.connecting
    private var client = Side(isOpen: true)
    private var server = Side(isOpen: false)
    private var heldByteCount = 0
    private var isClientPaused = false
    private var requests = RequestDecoder()
    private var isAnswered = false

    /// Whether nothing more will happen.
    var isOver: Bool { !client.isOpen && !server.isOpen && upstream != .connecting }

    private subscript(peer: Peer) -> Side {
        get { peer == .client ? client : server }
        set {
            switch peer {
            case .client: client = newValue
            case .server: server = newValue
            }
        }
    }

    // MARK: - Bytes

    /// Takes note of bytes that arrived.
    mutating func received(_ byteCount: Int, from peer: Peer) -> Route {
        guard peer == .client else { return client.takesBytes ? .forward : .discard }
        switch upstream {
        case .connecting:
            heldByteCount += byteCount
            return .hold
        case .connected: return server.takesBytes ? .forward : .discard
        case .unreachable: return isAnswered ? .discard : .inspect
        }
    }

    /// All that was there has been read from this end.
    ///
    /// - Returns: Whether to read on at once.
    mutating func readCompleted(from peer: Peer, isOtherWritable: Bool) -> Bool {
        let goesOn =
            switch (peer, upstream) {
            case (.server, _): isOtherWritable
            case (.client, .connecting):
                !isClientPaused && heldByteCount < Self.heldByteCountLimit
            case (.client, .connected): !isClientPaused && isOtherWritable
            case (.client, .unreachable): !isClientPaused
            }
        self[peer].isReadingPaused = !goesOn
        return goesOn
    }

    /// This end takes bytes again.
    ///
    /// - Returns: Whether to read from the other end.
    mutating func becameWritable(_ peer: Peer) -> Bool {
        let source = peer.other
        guard self[source].isReadingPaused, source == .server || !isClientPaused else {
            return false
        }
        self[source].isReadingPaused = false
        return true
    }

    // MARK: - The upstream

    /// The connection to the upstream is there.
    mutating func upstreamConnected() -> [Action] {
        upstream = .connected
        server.isOpen = true
        guard !server.isGivenUp else { return [.reset(.server)] }
        var actions: [Action] = heldByteCount > 0 ? [.forwardHeld] : []
        heldByteCount = 0
        if client.end == .finished {
            server.isOutputEnded = true
            actions.append(.endOutput(.server))
        }
        return actions + [.read(.server)] + resumedReading()
    }

    /// There is no way to the upstream.
    mutating func upstreamFailed() -> [Action] {
        upstream = .unreachable
        return server.isGivenUp ? [] : [.recordUnreachable, .inspectHeld]
    }

    /// Looks for a request to answer in the place of the upstream.
    mutating func inspected(_ bytes: Span<UInt8>) -> [Action] {
        var offset = 0
        do {
            while !isAnswered, let event = try requests.next(in: bytes, at: &offset) {
                guard case .head(let head) = event else { continue }
                let answer = Action.answerBadGateway(hasBody: head.answeredMethod != .head)
                return [answer] + endInPlaceOfUpstream()
            }
            return []
        } catch {
            // An answer in HTTP would mean nothing to this client.
            return endInPlaceOfUpstream()
        }
    }

    /// All bytes that had been held were given to `inspected`.
    mutating func heldWasInspected() -> [Action] {
        guard client.end == nil else { return isAnswered ? [] : endInPlaceOfUpstream() }
        return resumedReading()
    }

    /// The client had time enough to take the answer.
    mutating func lingeringEnded() -> [Action] { giveUp(.client, .close(.client)) }

    private mutating func endInPlaceOfUpstream() -> [Action] {
        isAnswered = true
        client.isOutputEnded = true
        return [.recordEnd(.server, .finished), .endOutput(.client), .linger]
    }

    private mutating func resumedReading() -> [Action] {
        guard client.isReadingPaused, !isClientPaused else { return [] }
        client.isReadingPaused = false
        return [.read(.client)]
    }

    // MARK: - Ends

    /// An end stopped sending.
    mutating func ended(_ peer: Peer, _ how: StreamEnd) -> [Action] {
        guard !self[peer].isGivenUp, self[peer].end != how, self[peer].end != .reset else {
            return []
        }
        self[peer].end = how
        return [.recordEnd(peer, how)] + passOn(how, to: peer.other)
    }

    /// The socket of this end is closed.
    mutating func closed(_ peer: Peer) -> [Action] {
        self[peer].isOpen = false
        // A socket that was not closed in good order, in both directions, was closed by an error.
        guard self[peer].end == nil || !self[peer].isOutputEnded else { return [] }
        return ended(peer, .reset)
    }

    private mutating func passOn(_ how: StreamEnd, to peer: Peer) -> [Action] {
        switch how {
        case .finished:
            if peer == .server, upstream != .connected {
                return upstream == .unreachable && !isAnswered ? endInPlaceOfUpstream() : []
            }
            guard self[peer].takesBytes else { return [] }
            self[peer].isOutputEnded = true
            return [.endOutput(peer)]
        case .reset:
            return giveUp(peer, .reset(peer))
        }
    }

    private mutating func giveUp(_ peer: Peer, _ action: Action) -> [Action] {
        guard !self[peer].isGivenUp else { return [] }
        self[peer].isGivenUp = true
        return self[peer].isOpen ? [action] : []
    }

    // MARK: - The end of the recording

    /// Reads nothing more from the client, so that no new exchange begins.
    mutating func pauseClient() {
        isClientPaused = true
    }

    /// Reads from the client again, because it is in the middle of a request.
    mutating func resumeClient() -> [Action] {
        isClientPaused = false
        return resumedReading()
    }

    /// Closes both ends, because the proxy stops.
    mutating func stop() -> [Action] {
        giveUp(.client, .close(.client)) + giveUp(.server, .close(.server))
    }
}
