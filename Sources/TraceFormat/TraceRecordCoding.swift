/// The first byte of an encoded record of a trace.
private enum RecordTag: UInt8 {
    case opened = 1
    case exchange = 2
    case closed = 3
}

/// The bits of a message's first byte.
private enum MessageFlag {
    static let isComplete: UInt8 = 1
    static let hasEmptyBody: UInt8 = 2
    static let keepsBody: UInt8 = 4

    /// Whether the bits can stand together.
    static func isValid(_ flags: UInt8) -> Bool {
        flags <= 7 && flags & (hasEmptyBody | keepsBody) != hasEmptyBody | keepsBody
    }
}

/// The bits of the byte in front of the upstream's times.
private enum UpstreamFlag {
    static let requestFirstByte: UInt8 = 1
    static let responseFirstByte: UInt8 = 2
    static let responseLastByte: UInt8 = 4
    static let all: UInt8 = 7
}

extension [UInt8] {
    /// Appends a record of a trace: its size, then its fields.
    ///
    /// The same record always gives the same bytes, which the content hash relies on.
    mutating func append(record: TraceRecord) {
        let start = beginRecord()
        switch record {
        case .opened(let opening):
            append(RecordTag.opened.rawValue)
            append(variable: opening.connection)
            append(opening.time == nil ? 0 : 1)
            if let time = opening.time { append(signed: time) }
            append(text: opening.client)
            append(text: opening.server)
        case .exchange(let exchange):
            append(RecordTag.exchange.rawValue)
            append(fieldsOf: exchange)
        case .closed(let closing):
            append(RecordTag.closed.rawValue)
            append(variable: closing.connection)
            append(signed: closing.time)
            append(closing.by.rawValue)
        }
        endRecord(start)
    }

    private mutating func append(fieldsOf exchange: Exchange) {
        let epoch = exchange.request.firstByteTime
        append(variable: exchange.connection)
        append(variable: exchange.sequence)
        append(exchange.end.rawValue)
        append(signed: epoch)
        append(message: exchange.request)
        append(variable: UInt64(exchange.interim.count))
        for interim in exchange.interim {
            append(signed: interim.time &- epoch)
            append(counted: interim.head)
        }
        append(exchange.response == nil ? 0 : 1)
        if let response = exchange.response {
            append(variable: UInt64(response.status))
            append(signed: response.message.firstByteTime &- epoch)
            append(message: response.message)
        }
        if let upstream = exchange.upstream { append(upstream: upstream, epoch: epoch) }
    }

    /// Appends the last field of an exchange, which is there only where there is something to say.
    private mutating func append(upstream: UpstreamTimes, epoch: Int64) {
        var flags: UInt8 = 0
        if upstream.requestFirstByte != nil { flags |= UpstreamFlag.requestFirstByte }
        if upstream.responseFirstByte != nil { flags |= UpstreamFlag.responseFirstByte }
        if upstream.responseLastByte != nil { flags |= UpstreamFlag.responseLastByte }
        append(flags)
        if let time = upstream.requestFirstByte { append(signed: time &- epoch) }
        if let time = upstream.responseFirstByte { append(signed: time &- epoch) }
        if let time = upstream.responseLastByte { append(signed: time &- epoch) }
    }

    private mutating func append(message: RecordedMessage) {
        let body = message.body
        let hasEmptyBody = body == .empty
        var flags: UInt8 = message.isComplete ? MessageFlag.isComplete : 0
        if hasEmptyBody {
            flags |= MessageFlag.hasEmptyBody
        } else if body.bytes != nil {
            flags |= MessageFlag.keepsBody
        }
        append(flags)
        append(signed: message.lastByteTime &- message.firstByteTime)
        append(counted: message.head)
        append(counted: message.trailers)
        if hasEmptyBody { return }
        append(variable: body.length)
        append(variable: body.wireLength)
        append(fingerprint: body.fingerprint)
        if let bytes = body.bytes { append(counted: bytes) }
    }
}

/// Reads the records of a block; those that only a later minor version knows are left out.
func decodeTraceRecords(
    _ payload: [UInt8],
    count: Int,
    isLaterMinor: Bool
) throws(BlockFault) -> [TraceRecord] {
    var cursor = ByteCursor(payload)
    var records: [TraceRecord] = []
    for _ in 0..<count {
        try cursor.beginRecord()
        if let record = try cursor.traceRecord(isLaterMinor: isLaterMinor) {
            records.append(record)
        }
        try cursor.endRecord(mayHaveMore: isLaterMinor)
    }
    guard cursor.isAtEnd else { throw cursor.fault(.bytesLeftOver) }
    return records
}

extension ByteCursor {
    fileprivate mutating func traceRecord(isLaterMinor: Bool) throws(BlockFault) -> TraceRecord? {
        let record: TraceRecord
        switch RecordTag(rawValue: try byte()) {
        case .opened:
            record = .opened(try opening())
        case .exchange:
            record = .exchange(try exchange())
        case .closed:
            record = .closed(
                ConnectionClosing(
                    connection: try variable(),
                    time: try signed(),
                    by: try closer()
                )
            )
        case nil:
            guard isLaterMinor else { throw fault(.value) }
            return nil
        }
        guard record.times?.isWithinTimeLimit ?? true else { throw fault(.time) }
        return record
    }

    private mutating func opening() throws(BlockFault) -> ConnectionOpening {
        let connection = try variable()
        let time = try flag() ? try signed() : nil
        let client = try text()
        return ConnectionOpening(
            connection: connection,
            client: client,
            server: try text(),
            time: time
        )
    }

    private mutating func closer() throws(BlockFault) -> ConnectionCloser {
        guard let closer = ConnectionCloser(rawValue: try byte()) else { throw fault(.value) }
        return closer
    }

    private mutating func exchange() throws(BlockFault) -> Exchange {
        let connection = try variable()
        let sequence = try variable()
        guard let end = ExchangeEnd(rawValue: try byte()) else { throw fault(.value) }
        let epoch = try signed()
        let request = try message(firstByteTime: epoch)
        var interim: [InterimResponse] = []
        for _ in 0..<(try count()) {
            let time = try signed() &+ epoch
            interim.append(InterimResponse(head: try counted(), time: time))
        }
        var response: RecordedResponse?
        if try flag() {
            let status = try status()
            let firstByteTime = try signed() &+ epoch
            response = RecordedResponse(
                status: status,
                message: try message(firstByteTime: firstByteTime)
            )
        }
        return Exchange(
            connection: connection,
            sequence: sequence,
            request: request,
            interim: interim,
            response: response,
            end: end,
            upstream: isAtEnd ? nil : try upstream(epoch: epoch)
        )
    }

    private mutating func upstream(epoch: Int64) throws(BlockFault) -> UpstreamTimes {
        let flags = try byte()
        guard flags <= UpstreamFlag.all else { throw fault(.value) }
        var times = UpstreamTimes()
        if flags & UpstreamFlag.requestFirstByte != 0 {
            times.requestFirstByte = try signed() &+ epoch
        }
        if flags & UpstreamFlag.responseFirstByte != 0 {
            times.responseFirstByte = try signed() &+ epoch
        }
        if flags & UpstreamFlag.responseLastByte != 0 {
            times.responseLastByte = try signed() &+ epoch
        }
        return times
    }

    private mutating func message(firstByteTime: Int64) throws(BlockFault) -> RecordedMessage {
        let flags = try byte()
        guard MessageFlag.isValid(flags) else { throw fault(.value) }
        let lastByteTime = try signed() &+ firstByteTime
        let head = try counted()
        let trailers = try counted()
        return RecordedMessage(
            head: head,
            body: try body(flags: flags),
            trailers: trailers,
            firstByteTime: firstByteTime,
            lastByteTime: lastByteTime,
            isComplete: flags & MessageFlag.isComplete != 0
        )
    }

    private mutating func body(flags: UInt8) throws(BlockFault) -> RecordedBody {
        if flags & MessageFlag.hasEmptyBody != 0 { return .empty }
        let length = try variable()
        let wireLength = try variable()
        let fingerprint = try fingerprint()
        let bytes = flags & MessageFlag.keepsBody != 0 ? try counted() : nil
        return RecordedBody(
            length: length,
            wireLength: wireLength,
            fingerprint: fingerprint,
            bytes: bytes
        )
    }
}
