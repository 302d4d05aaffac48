/// Encodes the records of one block by column.
struct TraceColumnsEncoder: Sendable {
    private(set) var recordCount = 0
    private(set) var exchangeCount = 0
    /// The least and the greatest order time so far.
    private(set) var times: ClosedRange<Int64>?
    /// The least and the greatest connection so far.
    private(set) var connections: ClosedRange<UInt64>?

    private let position: Int64
    private let firstConnection: UInt64
    /// The greatest connection so far, by the distance from which others are told.
    private var greatestConnection: UInt64
    private var kinds: [UInt8] = []
    private var openingConnections: [Int64] = []
    private var openingTimes: [Int64] = []
    private var closingConnections: [Int64] = []
    private var closingTimes: [Int64] = []
    private var closers: [UInt8] = []
    private var exchangeConnections: [Int64] = []
    private var sequences: [Int64] = []
    private var expectedSequences = ConnectionSequences()
    private var ends: [UInt8] = []
    private var marks: [Int64] = []
    private var requestTimes: [Int64] = []
    private var responseTimes: [Int64] = []
    private var statuses: [Int64] = []
    private var upstreamTimes = UpstreamColumns()
    private var interimCounts: [Int64] = []
    private var interimTimes: [Int64] = []
    private var requests = MessageColumnsEncoder()
    private var responses = MessageColumnsEncoder()
    private var addresses = TextColumnsEncoder(plainFieldCount: PlainField.count)

    /// Starts the block at `position` of the file, behind blocks with connections up to
    /// `greatestConnection`.
    init(position: Int64, greatestConnection: UInt64) {
        self.position = position
        firstConnection = greatestConnection
        self.greatestConnection = greatestConnection
    }

    /// The greatest connection of this block and those in front of it.
    var lastConnection: UInt64 { greatestConnection }

    private var textWeight: Int {
        requests.texts.weight + responses.texts.weight + addresses.weight
    }

    /// Whether it is time to write the block.
    var isFull: Bool {
        if recordCount >= Layout.blockRecordTarget || memorySize >= Layout.blockTextTarget {
            return true
        }
        let bodyWeight = requests.bodies.weight + responses.bodies.weight
        if bodyWeight >= Layout.blockSizeTarget { return true }
        // Looking at all texts takes a while.
        return recordCount & 63 == 0
            && recordCount * 8 + bodyWeight + textWeight >= Layout.blockSizeTarget
    }

    /// The bytes of texts and bodies that a reader makes of it.
    private var memorySize: Int {
        requests.texts.textSize + responses.texts.textSize + addresses.textSize
            + requests.bodies.contentSize + responses.bodies.contentSize
    }

    /// Adds a record; raw contents are told by `contents` if they are in the file already.
    mutating func append(_ record: TraceRecord, contents: inout ContentDictionary) {
        recordCount += 1
        if let time = record.orderTime { times = times?.widened(to: time) ?? time...time }
        let connection = record.connection
        let known = connections ?? connection...connection
        connections = min(known.lowerBound, connection)...max(known.upperBound, connection)
        let distance = Int64(bitPattern: greatestConnection &- connection)
        greatestConnection = max(greatestConnection, connection)
        switch record {
        case .opened(let opening):
            kinds.append((opening.time == nil ? RecordKind.unseenOpening : .opening).rawValue)
            openingConnections.append(distance)
            if let time = opening.time { openingTimes.append(time) }
            addresses.append(Array(opening.client.utf8), field: PlainField.client)
            addresses.append(Array(opening.server.utf8), field: PlainField.server)
        case .closed(let closing):
            kinds.append(RecordKind.closing.rawValue)
            closingConnections.append(distance)
            closingTimes.append(closing.time)
            closers.append(closing.by.rawValue)
        case .exchange(let exchange):
            kinds.append(RecordKind.exchange.rawValue)
            exchangeCount += 1
            exchangeConnections.append(distance)
            append(exchange, contents: &contents)
        }
    }

    private mutating func append(_ exchange: Exchange, contents: inout ContentDictionary) {
        let expected = expectedSequences.expected(exchange.connection)
        sequences.append(Int64(bitPattern: exchange.sequence &- expected))
        expectedSequences.note(exchange.connection, exchange.sequence)
        ends.append(exchange.end.rawValue)
        marks.append(exchange.marks)
        let request = exchange.request
        requestTimes.append(request.firstByteTime)
        requests.append(request, contents: &contents, position: position)
        if !exchange.interim.isEmpty {
            interimCounts.append(Int64(exchange.interim.count))
            for interim in exchange.interim {
                interimTimes.append(interim.time - request.firstByteTime)
                responses.texts.append(head: interim.head)
            }
        }
        if let response = exchange.response {
            statuses.append(Int64(response.status))
            responseTimes.append(response.message.firstByteTime - request.lastByteTime)
            responses.append(response.message, contents: &contents, position: position)
        }
        if let upstream = exchange.upstream { upstreamTimes.append(upstream, exchange) }
    }

    /// The payload of the block, and its size with all columns inflated.
    func finished() -> (payload: [UInt8], rawSize: Int) {
        var writer = ColumnPayloadWriter()
        let unit = timeUnit
        var facts: [UInt8] = []
        for fact in [
            UInt64(unit), firstConnection, UInt64(requests.texts.textSize),
            UInt64(responses.texts.textSize), UInt64(addresses.textSize),
        ] { facts.append(variable: fact) }
        writer.append(TraceColumn.facts.rawValue, facts)
        writer.append(TraceColumn.kinds.rawValue, kinds)
        writer.append(.openingConnections, openingConnections)
        writer.append(.openingTimes, openingTimes, unit: unit)
        writer.append(.closingConnections, closingConnections)
        writer.append(.closingTimes, closingTimes, unit: unit)
        writer.append(TraceColumn.closers.rawValue, closers)
        writer.append(.connections, exchangeConnections)
        writer.append(.sequences, sequences)
        writer.append(TraceColumn.ends.rawValue, ends)
        writer.append(.marks, marks)
        writer.append(.requestTimes, requestTimes, unit: unit)
        writer.append(.requestDurations, requests.durations, unit: unit)
        writer.append(.responseTimes, responseTimes, unit: unit)
        writer.append(.responseDurations, responses.durations, unit: unit)
        writer.append(.statuses, statuses)
        writer.append(.upstreamRequestTimes, upstreamTimes.requestTimes, unit: unit)
        writer.append(.upstreamResponseTimes, upstreamTimes.responseTimes, unit: unit)
        writer.append(.upstreamResponseEnds, upstreamTimes.responseEnds, unit: unit)
        writer.append(.interimCounts, interimCounts)
        writer.append(.interimTimes, interimTimes, unit: unit)
        requests.bodies.write(to: &writer, base: TraceColumn.requestBodies.rawValue)
        responses.bodies.write(to: &writer, base: TraceColumn.responseBodies.rawValue)
        requests.texts.write(to: &writer, base: TraceColumn.requestTexts.rawValue)
        responses.texts.write(to: &writer, base: TraceColumn.responseTexts.rawValue)
        addresses.write(to: &writer, base: TraceColumn.addresses.rawValue)
        return writer.finished()
    }

    /// The greatest number of nanoseconds that all times are multiples of, such as 1000 when they
    /// come from a clock of microseconds.
    private var timeUnit: Int64 {
        var unit: UInt64 = 0
        for column in [
            requestTimes, requests.durations, responseTimes, responses.durations, openingTimes,
            closingTimes, interimTimes, upstreamTimes.requestTimes, upstreamTimes.responseTimes,
            upstreamTimes.responseEnds,
        ] {
            for time in column {
                if unit == 1 { return 1 }
                unit = greatestCommonDivisor(unit, time.magnitude)
            }
        }
        return unit == 0 ? 1 : Int64(unit)
    }
}

private func greatestCommonDivisor(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var (left, right) = (first, second)
    while right != 0 { (left, right) = (right, left % right) }
    return left
}

/// What requests and responses have in common.
private struct MessageColumnsEncoder: Sendable {
    private(set) var durations: [Int64] = []
    private(set) var bodies = BodyColumnsEncoder()
    var texts = TextColumnsEncoder(plainFieldCount: PlainField.count)

    mutating func append(
        _ message: RecordedMessage,
        contents: inout ContentDictionary,
        position: Int64
    ) {
        durations.append(message.lastByteTime - message.firstByteTime)
        texts.append(head: message.head)
        if !message.trailers.isEmpty { texts.append(message.trailers, field: PlainField.trailers) }
        bodies.append(message.body, texts: &texts, contents: &contents, position: position)
    }
}

/// The times of upstreams, as distances from what the recorder saw on its other side.
private struct UpstreamColumns: Sendable {
    var requestTimes: [Int64] = []
    var responseTimes: [Int64] = []
    var responseEnds: [Int64] = []

    mutating func append(_ times: UpstreamTimes, _ exchange: Exchange) {
        let request = exchange.request.firstByteTime
        if let time = times.requestFirstByte { requestTimes.append(time - request) }
        let response = exchange.response?.message
        if let time = times.responseFirstByte {
            responseTimes.append(time - (response?.firstByteTime ?? request))
        }
        if let time = times.responseLastByte {
            responseEnds.append(time - (response?.lastByteTime ?? request))
        }
    }
}

extension Exchange {
    fileprivate var marks: Int64 {
        var marks: Int64 = 0
        if request.isComplete { marks |= ExchangeMark.requestIsWhole }
        if !request.trailers.isEmpty { marks |= ExchangeMark.requestHasTrailers }
        if !interim.isEmpty { marks |= ExchangeMark.hasInterim }
        if let response {
            marks |= ExchangeMark.hasResponse
            if response.message.isComplete { marks |= ExchangeMark.responseIsWhole }
            if !response.message.trailers.isEmpty { marks |= ExchangeMark.responseHasTrailers }
        }
        if let upstream {
            marks |= ExchangeMark.hasUpstream
            if upstream.requestFirstByte != nil { marks |= ExchangeMark.upstreamRequest }
            if upstream.responseFirstByte != nil { marks |= ExchangeMark.upstreamResponse }
            if upstream.responseLastByte != nil { marks |= ExchangeMark.upstreamResponseEnd }
        }
        return marks
    }
}

extension ColumnPayloadWriter {
    /// Adds a column of integers, in multiples of a unit.
    fileprivate mutating func append(
        _ column: TraceColumn,
        _ values: [Int64],
        unit: Int64 = 1
    ) {
        append(column.rawValue, integers: unit == 1 ? values : values.map { $0 / unit })
    }
}
