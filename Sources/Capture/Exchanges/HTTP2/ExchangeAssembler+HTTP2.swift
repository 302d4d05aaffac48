internal import HTTPWire
internal import TraceFormat

// How a connection comes to speak HTTP/2.
extension ExchangeAssembler {
    /// The most bytes that a server's first settings are remembered for.
    private static let earlyFrameLimit = 1 << 14

    /// Whether the bytes that come now are frames.
    var isHTTP2: Bool { !http2.isEmpty }

    /// Goes on with HTTP/2 behind some bytes of its preface.
    mutating func beginHTTP2(_ bytes: Span<UInt8>, prefaceByteCount: UInt64, at time: Int64) {
        byteCounts.http2Control += prefaceByteCount
        byteCounts.unfinishedHeads += responses.dropHead()
        http2 = [
            HTTP2Connection(
                bodies: retention,
                limits: limits,
                prefaceByteCount: Int(clamping: prefaceByteCount),
                nextSequence: exchangeCount
            )
        ]
        let early = earlyFrames
        earlyFrames = []
        byteCounts.withoutRequest -= UInt64(early.count)
        receiveHTTP2(early.span, from: .server, at: time)
        receiveHTTP2(bytes, from: .client, at: time)
    }

    /// Whether this answer to an exchange agrees to go on with HTTP/2.
    ///
    /// A client may send frames only behind the whole of its request, so a request that is still
    /// open asked for something else.
    func agreesToHTTP2(_ head: ResponseHead, answering index: Int) -> Bool {
        head.status == 101 && head.fields.hasElement("h2c", in: "upgrade") && exchanges.count == 1
            && exchanges[index].offeredSettings != nil && !exchanges[index].isRequestOpen
    }

    /// Goes on with HTTP/2 behind the answer that agreed to it, which becomes an interim one of the
    /// exchange.
    mutating func upgradeToHTTP2(_ head: ResponseHead, lastByteCount: Int, at time: Int64) {
        byteCounts.inMessages +=
            responses.takeHead(lastByteCount: lastByteCount, at: time).byteCount
        guard var exchange = exchanges.popFirst() else {
            preconditionFailure("an upgrade was answered, but nothing asked for it")
        }
        keptByteCount -= exchange.keptByteCount
        exchange.interim.append(InterimResponse(head: head.bytes, time: time))
        http2 = [
            HTTP2Connection(
                upgrading: exchange,
                sequence: exchangeCount,
                bodies: retention,
                limits: limits
            )
        ]
        for piece in takeHeld() { receiveHTTP2(piece.bytes.span, from: .client, at: piece.time) }
    }

    /// Takes bytes of a connection that speaks HTTP/2.
    mutating func receiveHTTP2(_ bytes: Span<UInt8>, from peer: Peer, at time: Int64) {
        http2[0].receive(bytes, from: peer, at: time, counting: &byteCounts)
        recordFinishedStreams()
    }

    /// Remembers what a server sends before the client has said what it speaks: its first settings
    /// may be ahead of the preface.
    mutating func rememberEarlyFrames(_ bytes: Span<UInt8>) {
        guard isOpeningKnown, exchangeCount == 0, exchanges.isEmpty,
            !earlyFrames.isEmpty || HTTP2FrameHeader.areFirstSettings(bytes),
            earlyFrames.count + bytes.count <= Self.earlyFrameLimit
        else { return }
        earlyFrames += bytes.copy(0..<bytes.count)
    }

    /// Counts bytes of a connection that spoke HTTP/2 before the recording began; returns whether
    /// they are such.
    ///
    /// Its fields are compressed with some that were not seen, so none of it can be read.
    mutating func passUndecodable(_ bytes: Span<UInt8>) -> Bool {
        guard !isOpeningKnown, exchangeCount == 0,
            hasJoinedHTTP2 || HTTP2FrameHeader.areFrames(bytes)
        else { return false }
        hasJoinedHTTP2 = true
        byteCounts.undecodableHTTP2 += UInt64(bytes.count)
        return true
    }
}
