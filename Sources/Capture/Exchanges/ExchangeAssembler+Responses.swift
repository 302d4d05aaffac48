internal import HTTPWire
internal import TraceFormat

// What the server sends.
extension ExchangeAssembler {
    /// The exchange that the next response belongs to.
    private var awaitedIndex: Int? {
        (0..<exchanges.count).first { exchanges[$0].answer != .ended }
    }

    mutating func receiveFromServer(_ bytes: Span<UInt8>, at time: Int64) {
        hasServerSpoken = true
        switch responses.mode {
        case .inSync: break
        case .ignoring(let counter):
            byteCounts[keyPath: counter] += UInt64(bytes.count)
            return
        case .searching:
            guard awaitedIndex != nil else {
                if passUndecodable(bytes) { return }
                rememberEarlyFrames(bytes)
                byteCounts.withoutRequest += UInt64(bytes.count)
                return
            }
            guard MessageStart.isResponse(bytes) else {
                byteCounts.resynchronizing += UInt64(bytes.count)
                return
            }
            responses.synchronize(ResponseDecoder(), isProven: false)
        }
        readResponses(bytes, at: time)
    }

    private mutating func readResponses(_ bytes: Span<UInt8>, at time: Int64) {
        var offset = 0
        while true {
            let start = offset
            let awaited = awaitedIndex
            if awaited == nil, offset < bytes.count, responses.decoder.isBetweenMessages {
                rememberEarlyFrames(bytes.extracting(offset..<bytes.count))
                byteCounts.withoutRequest += UInt64(bytes.count - offset)
                responses.mode = .searching
                return
            }
            do {
                let event = try responses.decoder.next(
                    in: bytes,
                    at: &offset,
                    answering: awaited.map { exchanges[$0].answeredMethod } ?? .other
                )
                guard let event else {
                    passInsideResponse(offset - start, of: awaited, at: time)
                    return
                }
                let byteCount = offset - start
                guard take(event, in: bytes, byteCount: byteCount, of: awaited, at: time) else {
                    breakResponses(bytes, from: offset, at: time)
                    return
                }
                if isHTTP2 {
                    let rest = bytes.extracting(offset..<bytes.count)
                    receiveHTTP2(rest, from: .server, at: time)
                    return
                }
            } catch {
                breakResponses(bytes, from: start, at: time)
                return
            }
        }
    }

    private mutating func passInsideResponse(_ byteCount: Int, of index: Int?, at time: Int64) {
        guard responses.isMessageOpen, let index else {
            responses.passedInsideHead(byteCount, at: time)
            return
        }
        byteCounts.inMessages += UInt64(byteCount)
        exchanges[index].response?.passed(byteCount, at: time)
    }

    /// Returns whether the event is acceptable.
    private mutating func take(
        _ event: ResponseDecoder.Event,
        in bytes: Span<UInt8>,
        byteCount: Int,
        of awaited: Int?,
        at time: Int64
    ) -> Bool {
        switch (event, awaited) {
        case (.padding, _): byteCounts.padding += UInt64(byteCount)
        case (.opaque, _): byteCounts.opaque += UInt64(byteCount)
        case (_, nil): preconditionFailure("a response was read, but no request awaited it")
        case (.interim(let head), let index?):
            byteCounts.inMessages +=
                responses.takeHead(lastByteCount: byteCount, at: time).byteCount
            guard exchanges[index].interim.count < limits.interimCount else { return false }
            exchanges[index].interim.append(InterimResponse(head: head.bytes, time: time))
        case (.head(let head), let index?) where agreesToHTTP2(head, answering: index):
            upgradeToHTTP2(head, lastByteCount: byteCount, at: time)
        case (.head(let head), let index?):
            beginResponse(head, of: index, lastByteCount: byteCount, at: time)
        case (.body(let range), let index?):
            passInsideResponse(byteCount, of: index, at: time)
            let kept = exchanges[index].keptByteCount
            exchanges[index].response?.append(
                bytes,
                range,
                room: limits.bodyByteCount - keptByteCount
            )
            keptByteCount += exchanges[index].keptByteCount - kept
        case (.trailers(let section), let index?):
            passInsideResponse(byteCount, of: index, at: time)
            exchanges[index].response?.trailers = section
        case (.end, let index?):
            passInsideResponse(byteCount, of: index, at: time)
            endResponse(of: index, isComplete: !responses.hasGap)
        }
        return true
    }

    private mutating func beginResponse(
        _ head: ResponseHead,
        of index: Int,
        lastByteCount: Int,
        at time: Int64
    ) {
        let (byteCount, firstByteTime) = responses.takeHead(lastByteCount: lastByteCount, at: time)
        byteCounts.inMessages += byteCount
        exchanges[index].status = head.status
        exchanges[index].response = MessageRecording(
            head: head.bytes,
            firstByteTime: firstByteTime,
            lastByteTime: time,
            keepsBody: retention.keepsBodies(of: .server)
        )
        exchanges[index].answer = .begun
        responses.isMessageOpen = true
        responses.hasGap = false
        if index == exchanges.count - 1 {
            resumeRequests(inTunnel: exchanges[index].leftHTTP)
        }
    }

    private mutating func endResponse(of index: Int, isComplete: Bool) {
        exchanges[index].response?.isComplete = isComplete
        exchanges[index].answer = .ended
        responses.isMessageOpen = false
        recordFinished()
    }

    /// The bytes from `start` on can't be framed.
    private mutating func breakResponses(_ bytes: Span<UInt8>, from start: Int, at time: Int64) {
        responses.mode = .searching
        let headByteCount = responses.dropHead()
        let unreadByteCount = UInt64(bytes.count - start)
        if responses.isProven {
            byteCounts.notHTTP += headByteCount + unreadByteCount
            failAwaited { _ in .malformedResponse }
        } else if headByteCount > 0 {
            // What an earlier delivery began was no response; this one may start one.
            byteCounts.resynchronizing += headByteCount
            receiveFromServer(bytes, at: time)
        } else {
            byteCounts.resynchronizing += unreadByteCount
        }
    }

    mutating func missResponseBytes(_ byteCount: UInt64) {
        hasServerSpoken = true
        if responses.isInSync {
            guard responses.decoder.inputEnded() != .insideTunnel else { return }
            if responses.isMessageOpen, let index = awaitedIndex {
                let passed = passMissingBody(byteCount, of: index)
                if passed == .insideBody { return }
                endResponse(of: index, isComplete: false)
                if passed == .toTheEnd { return }
            }
            responses.mode = .searching
        }
        byteCounts.unfinishedHeads += responses.dropHead()
        failAwaited { _ in .gap }
    }

    private mutating func passMissingBody(
        _ byteCount: UInt64,
        of index: Int
    ) -> MissingBytesPassed {
        exchanges[index].fail(.gap)
        responses.hasGap = true
        let method = exchanges[index].answeredMethod
        return passMissingBytes(byteCount) { (bytes, offset) throws(WireError) in
            try responses.decoder.next(in: bytes, at: &offset, answering: method)
                .map { $0 == .end }
        }
    }

    /// No exchange gets a response any more, or the rest of it.
    private mutating func failAwaited(_ end: (OpenExchange) -> ExchangeEnd) {
        for index in 0..<exchanges.count where exchanges[index].answer != .ended {
            exchanges[index].fail(end(exchanges[index]))
            exchanges[index].answer = .ended
        }
        responses.isMessageOpen = false
        // Whether the client left HTTP will never be known.
        if requests.isInSync, requests.decoder.isPaused { loseRequests() }
        recordFinished()
    }

    mutating func endResponses(isClientGone: Bool) {
        if responses.isMessageOpen, let index = awaitedIndex,
            responses.decoder.inputEnded() == .bodyEnded
        {
            endResponse(of: index, isComplete: !responses.hasGap)
        }
        endEveryAnswer { isBegun, _ in
            if isBegun {
                .responseTruncated
            } else if isClientGone {
                .abandonedByClient
            } else {
                .closedWithoutResponse
            }
        }
    }

    /// Ends all answers, by whether they have begun and whether their request is still open.
    mutating func endEveryAnswer(
        _ end: (_ isBegun: Bool, _ isRequestOpen: Bool) -> ExchangeEnd
    ) {
        let begun = responses.headByteCount > 0 ? awaitedIndex : nil
        for index in 0..<exchanges.count where index == begun {
            exchanges[index].fail(end(true, exchanges[index].isRequestOpen))
        }
        failAwaited { end($0.answer == .begun || !$0.interim.isEmpty, $0.isRequestOpen) }
        byteCounts.unfinishedHeads += responses.dropHead()
        responses.mode = .ignoring(\.afterEnd)
        responses.isEnded = true
        guard isHTTP2 else { return }
        http2[0].endAnswers(counting: &byteCounts, end)
        recordFinishedStreams()
    }

    mutating func reset(by peer: Peer, isClientGone: Bool) {
        endEveryAnswer { isBegun, isRequestOpen in
            if isBegun { return peer == .server ? .responseTruncated : .abandonedByClient }
            if !isClientGone { return .resetWithoutResponse }
            return isRequestOpen ? .requestTruncated : .abandonedByClient
        }
        endRequests()
    }
}
