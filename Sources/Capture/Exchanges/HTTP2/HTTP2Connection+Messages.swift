internal import NIOCore
internal import NIOHPACK
internal import TraceFormat

// What the frames of a stream say.
extension HTTP2Connection {
    /// Takes a part of the fields of a message.
    mutating func takeFragment(
        _ header: HTTP2FrameHeader,
        _ payload: [UInt8],
        from peer: Peer,
        at time: Int64,
        _ counts: inout ByteCounts
    ) throws(HTTP2Fault) {
        let (byteCount, firstByteTime) = self[peer].pending
        var block: Block
        if header.kind == .continuation {
            guard let open = self[peer].block, open.header.stream == header.stream else {
                throw .malformed
            }
            block = open
            block.bytes += payload
            block.wireByteCount += byteCount
        } else {
            block = Block(
                header: header,
                bytes: Array(payload[try fragment(of: header, payload)]),
                wireByteCount: byteCount,
                firstByteTime: firstByteTime
            )
        }
        guard block.bytes.count <= HTTP2FrameReader.payloadLimit else { throw .tooLong }
        guard header.has(HTTP2FrameHeader.Flag.endHeaders) else {
            self[peer].block = block
            self[peer].pending.byteCount = 0
            return
        }
        var buffer = ByteBuffer(bytes: block.bytes)
        let fields: HPACKHeaders
        do {
            fields = try self[peer].fields.decodeHeaders(from: &buffer)
        } catch {
            throw .fields
        }
        self[peer].block = nil
        self[peer].pending.byteCount = 0
        take(fields, of: block, from: peer, at: time, &counts)
    }

    /// Where the fields are, between what else may stand in the frame (RFC 9113, 6.2 and 6.6).
    private func fragment(
        of header: HTTP2FrameHeader,
        _ payload: [UInt8]
    ) throws(HTTP2Fault) -> Range<Int> {
        var start = 0
        var end = payload.count
        if header.has(HTTP2FrameHeader.Flag.padded) {
            guard let padding = payload.first else { throw .malformed }
            start += 1
            end -= Int(padding)
        }
        if header.kind == .pushPromise {
            start += 4
        } else if header.has(HTTP2FrameHeader.Flag.priority) {
            start += 5
        }
        guard start <= end else { throw .malformed }
        return start..<end
    }

    private mutating func take(
        _ fields: HPACKHeaders,
        of block: Block,
        from peer: Peer,
        at time: Int64,
        _ counts: inout ByteCounts
    ) {
        let id = block.header.stream
        let isKnown = streams[id] != nil
        switch peer {
        case .client where isKnown: takeTrailers(fields, of: block, from: .client, time, &counts)
        case .client where id > lastStream && id % 2 == 1:
            beginExchange(fields, of: block, at: time, &counts)
        case .server where block.header.kind == .pushPromise:
            // Nobody asked for what it announces.
            counts.withoutRequest += block.wireByteCount
        case .server where streams[id]?.exchange.answer == .awaited:
            beginResponse(fields, of: block, at: time, &counts)
        case .server where isKnown: takeTrailers(fields, of: block, from: .server, time, &counts)
        default: countStray(block.wireByteCount, of: id, from: peer, &counts)
        }
        if block.header.kind == .headers, block.header.has(HTTP2FrameHeader.Flag.endStream) {
            endMessage(of: id, from: peer)
        }
    }

    private mutating func beginExchange(
        _ fields: HPACKHeaders,
        of block: Block,
        at time: Int64,
        _ counts: inout ByteCounts
    ) {
        lastStream = block.header.stream
        guard let head = HTTP2Head.request(fields) else {
            counts.notHTTP += block.wireByteCount
            return
        }
        guard streams.count < limits.openExchangeCount else {
            counts.overLimit += block.wireByteCount
            return
        }
        counts.inMessages += block.wireByteCount
        let request = MessageRecording(
            head: head.bytes,
            firstByteTime: block.firstByteTime,
            lastByteTime: time,
            keepsBody: retention.keepsBodies(of: .client)
        )
        var exchange = OpenExchange(answeredMethod: head.method, request: request)
        if self[.server].isLost || self[.server].isEnded {
            exchange.fail(self[.server].isLost ? .gap : .closedWithoutResponse)
            exchange.answer = .ended
        }
        streams[lastStream] = Stream(exchange: exchange, sequence: nextSequence)
        nextSequence += 1
    }

    private mutating func beginResponse(
        _ fields: HPACKHeaders,
        of block: Block,
        at time: Int64,
        _ counts: inout ByteCounts
    ) {
        let id = block.header.stream
        guard let head = HTTP2Head.response(fields) else {
            counts.notHTTP += block.wireByteCount
            streams[id]?.exchange.fail(.malformedResponse)
            streams[id]?.exchange.answer = .ended
            finishIfDone(id)
            return
        }
        if head.status < 200 {
            let count = streams[id]?.exchange.interim.count ?? 0
            guard count < limits.interimCount else {
                counts.overLimit += block.wireByteCount
                return
            }
            counts.inMessages += block.wireByteCount
            streams[id]?.exchange.interim.append(InterimResponse(head: head.bytes, time: time))
            return
        }
        counts.inMessages += block.wireByteCount
        streams[id]?.exchange.status = head.status
        streams[id]?.exchange.answer = .begun
        streams[id]?.exchange.response = MessageRecording(
            head: head.bytes,
            firstByteTime: block.firstByteTime,
            lastByteTime: time,
            keepsBody: retention.keepsBodies(of: .server)
        )
    }

    private mutating func takeTrailers(
        _ fields: HPACKHeaders,
        of block: Block,
        from peer: Peer,
        _ time: Int64,
        _ counts: inout ByteCounts
    ) {
        let id = block.header.stream
        guard isMessageOpen(of: id, from: peer) else {
            countStray(block.wireByteCount, of: id, from: peer, &counts)
            return
        }
        guard let lines = HTTP2Head.trailers(fields) else {
            counts.notHTTP += block.wireByteCount
            streams[id]?.exchange.fail(
                peer == .client ? .malformedRequest : .malformedResponse
            )
            return
        }
        counts.inMessages += block.wireByteCount
        changeMessage(of: id, from: peer) { message in
            message.passed(Int(clamping: block.wireByteCount), at: time)
            message.trailers = lines
        }
    }

    /// Takes bytes of a body, or the padding behind them.
    mutating func takeData(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        of header: HTTP2FrameHeader,
        _ byteCount: UInt64,
        from peer: Peer,
        at time: Int64,
        _ counts: inout ByteCounts
    ) {
        let id = header.stream
        guard isMessageOpen(of: id, from: peer) else {
            countStray(byteCount, of: id, from: peer, &counts)
            return
        }
        counts.inMessages += byteCount
        let room = limits.bodyByteCount - keptByteCount
        let kept = streams[id]?.exchange.keptByteCount ?? 0
        changeMessage(of: id, from: peer) { message in
            message.passed(Int(clamping: byteCount), at: time)
            if !range.isEmpty { message.append(bytes, range, room: room) }
        }
        keptByteCount += (streams[id]?.exchange.keptByteCount ?? 0) - kept
    }

    private func isMessageOpen(of id: UInt32, from peer: Peer) -> Bool {
        guard let exchange = streams[id]?.exchange else { return false }
        return peer == .client ? exchange.isRequestOpen : exchange.answer == .begun
    }

    private mutating func changeMessage(
        of id: UInt32,
        from peer: Peer,
        _ change: (inout MessageRecording) -> Void
    ) {
        guard var stream = streams.removeValue(forKey: id) else { return }
        switch peer {
        case .client: change(&stream.exchange.request)
        case .server:
            if var message = stream.exchange.response.take() {
                change(&message)
                stream.exchange.response = message
            }
        }
        streams[id] = stream
    }

    /// Counts bytes of a message that no exchange is open for.
    private func countStray(
        _ byteCount: UInt64,
        of id: UInt32,
        from peer: Peer,
        _ counts: inout ByteCounts
    ) {
        if peer == .server && (id > lastStream || id % 2 == 0) {
            counts.withoutRequest += byteCount
        } else {
            counts.http2ClosedStreams += byteCount
        }
    }
}
