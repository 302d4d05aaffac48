internal import HTTPWire
internal import TraceFormat

// What the client sends.
extension ExchangeAssembler {
    mutating func receiveFromClient(_ bytes: Span<UInt8>, at time: Int64) {
        switch requests.mode {
        case .inSync: break
        case .ignoring(let counter):
            byteCounts[keyPath: counter] += UInt64(bytes.count)
            return
        case .searching:
            if MessageStart.isHTTP2Preface(bytes) {
                beginHTTP2(bytes, prefaceByteCount: 0, at: time)
                return
            }
            guard MessageStart.isRequest(bytes) else {
                if passUndecodable(bytes) { return }
                byteCounts.resynchronizing += UInt64(bytes.count)
                return
            }
            requests.synchronize(RequestDecoder(), isProven: false)
        }
        readRequests(bytes, at: time)
    }

    private mutating func readRequests(_ bytes: Span<UInt8>, at time: Int64) {
        var offset = 0
        while requests.isInSync {
            let start = offset
            do {
                guard let event = try requests.decoder.next(in: bytes, at: &offset) else {
                    passInsideRequest(offset - start, at: time)
                    break
                }
                take(event, in: bytes, byteCount: offset - start, at: time)
            } catch {
                if error.reason == .http2Preface, exchanges.isEmpty {
                    requests.mode = .ignoring(\.notHTTP)
                    let rest = bytes.extracting(start..<bytes.count)
                    beginHTTP2(rest, prefaceByteCount: requests.dropHead(), at: time)
                } else {
                    breakRequests(bytes, from: start, at: time)
                }
                return
            }
        }
        guard offset < bytes.count else { return }
        if case .ignoring(let counter) = requests.mode {
            byteCounts[keyPath: counter] += UInt64(bytes.count - offset)
        } else {
            hold(bytes, offset..<bytes.count, at: time)
        }
    }

    private mutating func passInsideRequest(_ byteCount: Int, at time: Int64) {
        guard requests.isMessageOpen else {
            requests.passedInsideHead(byteCount, at: time)
            return
        }
        byteCounts.inMessages += UInt64(byteCount)
        exchanges[exchanges.count - 1].request.passed(byteCount, at: time)
    }

    private mutating func take(
        _ event: RequestDecoder.Event,
        in bytes: Span<UInt8>,
        byteCount: Int,
        at time: Int64
    ) {
        switch event {
        case .padding: byteCounts.padding += UInt64(byteCount)
        case .opaque: byteCounts.opaque += UInt64(byteCount)
        case .head(let head): beginExchange(head, lastByteCount: byteCount, at: time)
        case .body(let range):
            passInsideRequest(byteCount, at: time)
            let last = exchanges.count - 1
            let kept = exchanges[last].keptByteCount
            exchanges[last].request.append(
                bytes,
                range,
                room: limits.bodyByteCount - keptByteCount
            )
            keptByteCount += exchanges[last].keptByteCount - kept
        case .trailers(let section):
            passInsideRequest(byteCount, at: time)
            exchanges[exchanges.count - 1].request.trailers = section
        case .end:
            passInsideRequest(byteCount, at: time)
            endRequest(isComplete: !requests.hasGap)
        }
    }

    private mutating func beginExchange(
        _ head: RequestHead,
        lastByteCount: Int,
        at time: Int64
    ) {
        let (byteCount, firstByteTime) = requests.takeHead(lastByteCount: lastByteCount, at: time)
        guard exchanges.count < limits.openExchangeCount else {
            byteCounts.overLimit += byteCount
            requests.mode = .ignoring(\.overLimit)
            return
        }
        byteCounts.inMessages += byteCount
        let request = MessageRecording(
            head: head.bytes,
            firstByteTime: firstByteTime,
            lastByteTime: time,
            keepsBody: retention.keepsBodies(of: .client)
        )
        var exchange = OpenExchange(head, request: request)
        if isUpstreamUnreachable { exchange.fail(.upstreamUnreachable) }
        if isPairingDoubtful {
            // Unless the client waited, the response may be that to a request that is missing.
            isPairingDoubtful = !(exchanges.isEmpty && hasServerSpoken)
            if isPairingDoubtful { exchange.fail(.gap) }
        }
        if responses.isEnded {
            exchange.fail(.closedWithoutResponse)
            exchange.answer = .ended
        }
        exchanges.append(exchange)
        requests.isMessageOpen = true
        requests.hasGap = false
    }

    private mutating func endRequest(isComplete: Bool) {
        let last = exchanges.count - 1
        exchanges[last].request.isComplete = isComplete
        exchanges[last].isRequestOpen = false
        requests.isMessageOpen = false
        if exchanges[last].answer != .awaited {
            resumeRequests(inTunnel: exchanges[last].leftHTTP)
        }
        recordFinished()
    }

    /// Goes on behind a request that asked to leave HTTP, if that is where the client is.
    mutating func resumeRequests(inTunnel: Bool) {
        guard requests.isInSync, requests.decoder.isPaused else { return }
        requests.decoder.resume(inTunnel: inTunnel)
        for piece in takeHeld() { receiveFromClient(piece.bytes.span, at: piece.time) }
    }

    /// Takes out the bytes behind a request that asked to leave HTTP.
    mutating func takeHeld() -> [(bytes: [UInt8], time: Int64)] {
        defer {
            held = []
            heldByteCount = 0
        }
        return held
    }

    private mutating func hold(_ bytes: Span<UInt8>, _ range: Range<Int>, at time: Int64) {
        held.append((bytes.copy(range), time))
        heldByteCount += range.count
        guard heldByteCount > limits.heldByteCount else { return }
        dropHeld(as: \.overLimit)
        requests.mode = .ignoring(\.overLimit)
    }

    private mutating func dropHeld(as counter: WritableKeyPath<ByteCounts, UInt64>) {
        byteCounts[keyPath: counter] += UInt64(heldByteCount)
        held = []
        heldByteCount = 0
    }

    /// The bytes from `start` on can't be framed.
    private mutating func breakRequests(_ bytes: Span<UInt8>, from start: Int, at time: Int64) {
        let unreadByteCount = UInt64(bytes.count - start)
        if requests.isMessageOpen {
            byteCounts.notHTTP += unreadByteCount
            requests.mode = .ignoring(\.notHTTP)
            exchanges[exchanges.count - 1].fail(.malformedRequest)
            endRequest(isComplete: false)
        } else if requests.isProven {
            byteCounts.notHTTP += requests.dropHead() + unreadByteCount
            requests.mode = .ignoring(\.notHTTP)
        } else {
            requests.mode = .searching
            let headByteCount = requests.dropHead()
            byteCounts.resynchronizing += headByteCount
            if headByteCount > 0 {
                // What an earlier delivery began was no request; this one may start one.
                receiveFromClient(bytes, at: time)
            } else {
                byteCounts.resynchronizing += unreadByteCount
            }
        }
    }

    mutating func missRequestBytes(_ byteCount: UInt64) {
        if requests.isInSync, requests.decoder.inputEnded() == .insideTunnel { return }
        if requests.isInSync, requests.isMessageOpen {
            exchanges[exchanges.count - 1].fail(.gap)
            requests.hasGap = true
            let passed = passMissingBytes(byteCount) { (bytes, offset) throws(WireError) in
                try requests.decoder.next(in: bytes, at: &offset).map { $0 == .end }
            }
            if passed == .insideBody { return }
            endRequest(isComplete: false)
            if passed == .toTheEnd { return }
        }
        isPairingDoubtful = true
        hasServerSpoken = false
        loseRequests()
    }

    /// Nothing is known of the next request bytes any more.
    mutating func loseRequests() {
        byteCounts.unfinishedHeads += requests.dropHead()
        dropHeld(as: \.resynchronizing)
        if requests.isInSync { requests.mode = .searching }
    }

    mutating func endRequests() {
        if requests.isMessageOpen {
            exchanges[exchanges.count - 1].fail(.requestTruncated)
            endRequest(isComplete: false)
        }
        byteCounts.unfinishedHeads += requests.dropHead()
        dropHeld(as: \.opaque)
        requests.mode = .ignoring(\.afterEnd)
        requests.isEnded = true
        guard isHTTP2 else { return }
        http2[0].endRequests(counting: &byteCounts)
        recordFinishedStreams()
    }
}
