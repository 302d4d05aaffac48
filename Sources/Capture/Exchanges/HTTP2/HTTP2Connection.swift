internal import NIOCore
internal import NIOHPACK
internal import TraceFormat

/// Makes exchanges out of the frames of an HTTP/2 connection, one for each stream.
///
/// The fields of all messages that an end sends are compressed with what it sent before (RFC 7541).
/// So where bytes other than those of a body are missing, nothing more of that end can be read, and
/// what it goes on to send is counted as undecodable.
struct HTTP2Connection {
    /// The fields of a message, until they are whole.
    struct Block {
        /// The frame that they began in.
        var header: HTTP2FrameHeader
        /// What is there of them.
        var bytes: [UInt8]
        /// The bytes that their frames take.
        var wireByteCount: UInt64
        /// When the first of them came.
        var firstByteTime: Int64
    }

    /// What is known of what one end sends.
    struct Direction {
        var reader = HTTP2FrameReader()
        var fields = HPACKDecoder(
            allocator: ByteBufferAllocator(),
            maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize,
            maxHeaderListSize: HTTP2FrameReader.payloadLimit
        )
        /// The bytes of a frame that is not whole yet, and when the first of them came.
        var pending: (byteCount: UInt64, time: Int64) = (0, 0)
        var block: Block?
        /// How many bytes of the connection preface are there already.
        var prefaceByteCount = 0
        var isLost = false
        var isEnded = false
    }

    /// One request with its response.
    struct Stream {
        var exchange: OpenExchange
        let sequence: UInt64
        /// Whether bytes of the request's body are missing, or of the response's.
        var hasGap = (request: false, response: false)
    }

    /// What a client sends first (RFC 9113, section 3.4).
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// The largest table of fields that an end may ask for.
    private static let tableLimit = 1 << 20

    let retention: BodyRetention
    let limits: ExchangeLimits
    var streams: [UInt32: Stream] = [:]
    /// The latest stream that the client opened.
    var lastStream: UInt32 = 0
    var nextSequence: UInt64
    var keptByteCount = 0
    private var directions = PeerPair(client: Direction(), server: Direction())
    private var finished: [Stream] = []

    /// Starts in front of the preface, or behind some bytes of it.
    init(
        bodies: BodyRetention,
        limits: ExchangeLimits,
        prefaceByteCount: Int,
        nextSequence: UInt64
    ) {
        retention = bodies
        self.limits = limits
        self.nextSequence = nextSequence
        directions.client.prefaceByteCount = prefaceByteCount
        directions.server.prefaceByteCount = Self.preface.count
    }

    /// Starts behind the agreement of an exchange of HTTP/1.1 to go on with HTTP/2; what answers it
    /// comes on stream 1, which the client has closed (RFC 7540, section 3.2).
    init(
        upgrading exchange: OpenExchange,
        sequence: UInt64,
        bodies: BodyRetention,
        limits: ExchangeLimits
    ) {
        self.init(
            bodies: bodies,
            limits: limits,
            prefaceByteCount: 0,
            nextSequence: sequence + 1
        )
        streams[1] = Stream(exchange: exchange, sequence: sequence)
        lastStream = 1
        keptByteCount = exchange.keptByteCount
        heed(exchange.offeredSettings ?? [], of: .client)
    }

    subscript(peer: Peer) -> Direction {
        get { directions[peer] }
        _modify { yield &directions[peer] }
    }

    /// Takes out the exchanges that are finished, in the order in which they were.
    mutating func takeFinished() -> [(exchange: OpenExchange, sequence: UInt64)] {
        defer { finished = [] }
        return finished.map { ($0.exchange, $0.sequence) }
    }

    /// Moves an exchange out if nothing more is expected of it.
    mutating func finishIfDone(_ id: UInt32) {
        guard let stream = streams[id], stream.exchange.isFinished else { return }
        streams[id] = nil
        keptByteCount -= stream.exchange.keptByteCount
        finished.append(stream)
    }

    /// Takes bytes that an end sent.
    mutating func receive(
        _ bytes: Span<UInt8>,
        from peer: Peer,
        at time: Int64,
        counting counts: inout ByteCounts
    ) {
        guard !self[peer].isEnded else {
            counts.afterEnd += UInt64(bytes.count)
            return
        }
        var offset = 0
        passPreface(bytes, at: &offset, from: peer, &counts)
        while !self[peer].isLost {
            let start = offset
            do throws(HTTP2Fault) {
                let event: HTTP2FrameReader.Event?
                do throws(HTTP2Fault) {
                    event = try self[peer].reader.next(in: bytes, at: &offset)
                } catch {
                    passed(offset - start, from: peer, at: time)
                    throw error
                }
                passed(offset - start, from: peer, at: time)
                guard let event else { return }
                try take(event, in: bytes, from: peer, at: time, &counts)
                self[peer].pending.byteCount = 0
            } catch {
                lose(peer, counting: &counts)
            }
        }
        counts.undecodableHTTP2 += UInt64(bytes.count - offset)
    }

    /// Says that an end sent bytes here that nobody saw.
    mutating func missing(
        _ byteCount: UInt64,
        from peer: Peer,
        counting counts: inout ByteCounts
    ) {
        guard !self[peer].isLost, !self[peer].isEnded else { return }
        guard let frame = self[peer].reader.skip(byteCount) else {
            lose(peer, counting: &counts)
            return
        }
        streams[frame.stream]?.exchange.fail(.gap)
        switch peer {
        case .client: streams[frame.stream]?.hasGap.request = true
        case .server: streams[frame.stream]?.hasGap.response = true
        }
        // They may have been the last of the frame; then it ends here.
        receive(Span(), from: peer, at: 0, counting: &counts)
    }

    // MARK: - Frames

    private mutating func passPreface(
        _ bytes: Span<UInt8>,
        at offset: inout Int,
        from peer: Peer,
        _ counts: inout ByteCounts
    ) {
        while self[peer].prefaceByteCount < Self.preface.count, offset < bytes.count {
            guard bytes[offset] == Self.preface[self[peer].prefaceByteCount] else {
                lose(peer, counting: &counts)
                return
            }
            self[peer].prefaceByteCount += 1
            offset += 1
            counts.http2Control += 1
        }
    }

    /// Notes bytes of a frame until it is known what they came to.
    private mutating func passed(_ byteCount: Int, from peer: Peer, at time: Int64) {
        guard byteCount > 0 else { return }
        if self[peer].pending.byteCount == 0 { self[peer].pending.time = time }
        self[peer].pending.byteCount += UInt64(byteCount)
    }

    /// Takes what a frame has; the bytes that are pending are all of its own.
    private mutating func take(
        _ event: HTTP2FrameReader.Event,
        in bytes: Span<UInt8>,
        from peer: Peer,
        at time: Int64,
        _ counts: inout ByteCounts
    ) throws(HTTP2Fault) {
        if self[peer].block != nil {
            guard case .frame(let header, _) = event, header.kind == .continuation else {
                throw .malformed
            }
        }
        let byteCount = self[peer].pending.byteCount
        switch event {
        case .data(let header, let range):
            takeData(bytes, range, of: header, byteCount, from: peer, at: time, &counts)
        case .dataEnd(let header):
            takeData(bytes, 0..<0, of: header, byteCount, from: peer, at: time, &counts)
            if header.has(HTTP2FrameHeader.Flag.endStream) {
                endMessage(of: header.stream, from: peer)
            }
        case .frame(let header, let payload):
            switch header.kind {
            case .headers, .pushPromise, .continuation:
                try takeFragment(header, payload, from: peer, at: time, &counts)
            case .settings:
                counts.http2Control += byteCount
                if !header.has(HTTP2FrameHeader.Flag.acknowledgment) { heed(payload, of: peer) }
            case .resetStream:
                counts.http2Control += byteCount
                reset(header.stream, by: peer)
            default: counts.http2Control += byteCount
            }
        }
    }

    /// Lets the other end's fields be compressed as these settings allow (RFC 9113, 6.5.2).
    ///
    /// A smaller table is not enforced: the encoder says itself when it begins to use it.
    private mutating func heed(_ settings: [UInt8], of peer: Peer) {
        for start in stride(from: 0, to: settings.count - 5, by: 6)
        where settings[start] == 0 && settings[start + 1] == 1 {
            let size = settings[start + 2..<start + 6].reduce(0) { $0 << 8 | Int($1) }
            let largest = max(self[peer.other].fields.maxDynamicTableLength, size)
            self[peer.other].fields.maxDynamicTableLength = min(largest, Self.tableLimit)
        }
    }
}
