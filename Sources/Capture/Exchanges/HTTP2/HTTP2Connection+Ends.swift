internal import TraceFormat

// How messages, streams and the connection end.
extension HTTP2Connection {
    /// Says that an end has sent all of its message on a stream.
    mutating func endMessage(of id: UInt32, from peer: Peer) {
        guard let stream = streams[id] else { return }
        switch peer {
        case .client:
            guard stream.exchange.isRequestOpen else { return }
            streams[id]?.exchange.request.isComplete = !stream.hasGap.request
            streams[id]?.exchange.isRequestOpen = false
        case .server:
            if stream.exchange.answer == .awaited { streams[id]?.exchange.fail(.malformedResponse) }
            guard stream.exchange.answer != .ended else { return }
            streams[id]?.exchange.response?.isComplete = !stream.hasGap.response
            streams[id]?.exchange.answer = .ended
        }
        finishIfDone(id)
    }

    /// Ends a stream at once (RFC 9113, section 6.4).
    mutating func reset(_ id: UInt32, by peer: Peer) {
        guard let exchange = streams[id]?.exchange else { return }
        let end: ExchangeEnd =
            switch peer {
            case .client: exchange.isRequestOpen ? .requestTruncated : .abandonedByClient
            case .server where exchange.answer == .ended: .requestTruncated
            case .server: exchange.isAnswered ? .responseTruncated : .resetWithoutResponse
            }
        streams[id]?.exchange.fail(end)
        streams[id]?.exchange.isRequestOpen = false
        streams[id]?.exchange.answer = .ended
        finishIfDone(id)
    }

    /// Notes a reason for all open exchanges not to be complete.
    mutating func failAll(_ end: ExchangeEnd) {
        for id in streams.keys { streams[id]?.exchange.fail(end) }
    }

    /// Says that the client sends no more.
    mutating func endRequests(counting counts: inout ByteCounts) {
        giveUpRequests(.requestTruncated)
        end(.client, &counts)
    }

    /// Says that the server sends no more; ends its answers by whether they have begun and whether
    /// their requests are still open.
    mutating func endAnswers(
        counting counts: inout ByteCounts,
        _ end: (_ isBegun: Bool, _ isRequestOpen: Bool) -> ExchangeEnd
    ) {
        giveUpAnswers { end($0.isAnswered, $0.isRequestOpen) }
        self.end(.server, &counts)
    }

    /// Gives up on what an end sends from here on.
    mutating func lose(_ peer: Peer, counting counts: inout ByteCounts) {
        guard !self[peer].isLost else { return }
        self[peer].isLost = true
        counts.undecodableHTTP2 += takeUnfinished(peer)
        switch peer {
        case .client: giveUpRequests(.gap)
        case .server: giveUpAnswers { _ in .gap }
        }
    }

    private mutating func end(_ peer: Peer, _ counts: inout ByteCounts) {
        self[peer].isEnded = true
        counts.unfinishedHeads += takeUnfinished(peer)
    }

    /// The bytes of frames and fields that will never be whole.
    private mutating func takeUnfinished(_ peer: Peer) -> UInt64 {
        let byteCount = self[peer].pending.byteCount + (self[peer].block?.wireByteCount ?? 0)
        self[peer].pending.byteCount = 0
        self[peer].block = nil
        return byteCount
    }

    private mutating func giveUpRequests(_ end: ExchangeEnd) {
        // In order, so that the same packets always make the same trace.
        for id in streams.keys.sorted() where streams[id]?.exchange.isRequestOpen == true {
            streams[id]?.exchange.fail(end)
            streams[id]?.exchange.isRequestOpen = false
            finishIfDone(id)
        }
    }

    private mutating func giveUpAnswers(_ end: (OpenExchange) -> ExchangeEnd) {
        for id in streams.keys.sorted() {
            guard let exchange = streams[id]?.exchange, exchange.answer != .ended else { continue }
            streams[id]?.exchange.fail(end(exchange))
            streams[id]?.exchange.answer = .ended
            finishIfDone(id)
        }
    }
}

extension OpenExchange {
    /// Whether anything of an answer is there.
    fileprivate var isAnswered: Bool { answer != .awaited || !interim.isEmpty }
}
