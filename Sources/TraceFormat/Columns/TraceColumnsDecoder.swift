/// Decodes the records of one block of columns.
struct TraceColumnsDecoder {
    private let kinds: [UInt8]
    private let readsInterim: Bool
    /// The order times that the block's header allows.
    private let orderTimes: ClosedRange<Int64>
    private var greatestConnection: UInt64
    private var openingConnections: ValueQueue
    private var openingTimes: ValueQueue
    private var closingConnections: ValueQueue
    private var closingTimes: ValueQueue
    private var closers: ByteCursor
    private var exchangeConnections: ValueQueue
    private var sequences: ValueQueue
    private var expectedSequences = ConnectionSequences()
    private var ends: ByteCursor
    private var marks: ValueQueue
    private var requestTimes: ValueQueue
    private var responseTimes: ValueQueue
    private var statuses: ValueQueue
    private var upstreamRequestTimes: ValueQueue
    private var upstreamResponseTimes: ValueQueue
    private var upstreamResponseEnds: ValueQueue
    private var interimCounts: ValueQueue
    private var interimTimes: ValueQueue
    private var requests: MessageColumnsDecoder
    private var responses: MessageColumnsDecoder
    private var addresses: TextColumnsDecoder

    /// Reads the columns of the block that the index tells of by `entry`, as far as it is asked for.
    init(
        _ reader: ColumnPayloadReader,
        _ entry: IndexEntry,
        depth: ReadingDepth = .whole,
        earlier: [EarlierContent: [UInt8]]
    ) throws(BlockFault) {
        readsInterim = depth == .whole
        orderTimes = entry.times
        kinds = try reader.column(TraceColumn.kinds.rawValue)
        guard kinds.count == entry.recordCount else {
            throw .contents(.cutShort, offset: kinds.count)
        }
        let facts = try TraceFacts(reader)
        greatestConnection = facts.firstConnection
        let counts = try RecordCounts(kinds)
        func queue(
            _ column: TraceColumn,
            _ count: Int,
            isTime: Bool = false
        ) throws(BlockFault) -> ValueQueue {
            ValueQueue(
                try reader.integers(column.rawValue, count: count),
                unit: isTime ? facts.unit : 1
            )
        }
        func bodies(
            _ column: TraceColumn,
            _ count: Int
        ) throws(BlockFault) -> BodyColumnsDecoder {
            try BodyColumnsDecoder(
                reader,
                base: column.rawValue,
                count: count,
                blockOffset: entry.offset,
                earlier: earlier
            )
        }
        openingConnections = try queue(.openingConnections, counts.openings + counts.unseen)
        openingTimes = try queue(.openingTimes, counts.openings, isTime: true)
        closingConnections = try queue(.closingConnections, counts.closings)
        closingTimes = try queue(.closingTimes, counts.closings, isTime: true)
        closers = try reader.cursor(TraceColumn.closers.rawValue)
        exchangeConnections = try queue(.connections, counts.exchanges)
        sequences = try queue(.sequences, counts.exchanges)
        ends = try reader.cursor(TraceColumn.ends.rawValue)
        marks = try queue(.marks, counts.exchanges)
        let marked = MarkCounts(marks)
        requestTimes = try queue(.requestTimes, counts.exchanges, isTime: true)
        responseTimes = try queue(.responseTimes, marked.responses, isTime: true)
        statuses = try queue(.statuses, marked.responses)
        upstreamRequestTimes = try queue(
            .upstreamRequestTimes,
            marked.upstreamRequests,
            isTime: true
        )
        upstreamResponseTimes = try queue(
            .upstreamResponseTimes,
            marked.upstreamResponses,
            isTime: true
        )
        upstreamResponseEnds = try queue(.upstreamResponseEnds, marked.upstreamEnds, isTime: true)
        interimCounts = try queue(.interimCounts, marked.interims)
        interimTimes = try queue(
            .interimTimes,
            try interimCounts.sum(atMost: Layout.rawSizeLimit, least: 1),
            isTime: true
        )
        requests = try MessageColumnsDecoder(
            reader,
            .requestTexts,
            facts,
            parts: depth.ofRequests,
            durations: try queue(.requestDurations, counts.exchanges, isTime: true),
            bodies: { () throws(BlockFault) in try bodies(.requestBodies, counts.exchanges) }
        )
        responses = try MessageColumnsDecoder(
            reader,
            .responseTexts,
            facts,
            parts: depth.ofResponses,
            durations: try queue(.responseDurations, marked.responses, isTime: true),
            bodies: { () throws(BlockFault) in try bodies(.responseBodies, marked.responses) }
        )
        addresses = try facts.texts(reader, .addresses)
    }

    /// All records, and how many bodies are without their bytes because an earlier block cannot
    /// be read.
    mutating func records() throws(BlockFault) -> (records: [TraceRecord], lostBodies: Int) {
        var records: [TraceRecord] = []
        records.reserveCapacity(kinds.count)
        for kind in kinds {
            records.append(try record(kind))
        }
        guard closers.isAtEnd, ends.isAtEnd, requests.isAtEnd, responses.isAtEnd,
            addresses.isAtEnd
        else { throw .contents(.bytesLeftOver, offset: records.count) }
        return (records, requests.lostBodyCount + responses.lostBodyCount)
    }

    private mutating func record(_ kind: UInt8) throws(BlockFault) -> TraceRecord {
        switch RecordKind(rawValue: kind) {
        case .exchange:
            return .exchange(try exchange())
        case .closing:
            let connection = connection(closingConnections.next())
            guard let by = ConnectionCloser(rawValue: try closers.byte()) else {
                throw closers.fault(.value)
            }
            let time = closingTimes.next()
            try checkOrderTime(time)
            return .closed(ConnectionClosing(connection: connection, time: time, by: by))
        default:
            let connection = connection(openingConnections.next())
            let time = kind == RecordKind.opening.rawValue ? openingTimes.next() : nil
            if let time { try checkOrderTime(time) }
            return .opened(
                ConnectionOpening(
                    connection: connection,
                    client: try address(PlainField.client),
                    server: try address(PlainField.server),
                    time: time
                )
            )
        }
    }

    /// The order by time relies on the times that the index has of a block.
    private func checkOrderTime(_ time: Int64) throws(BlockFault) {
        guard orderTimes.contains(time) else { throw .contents(.time, offset: 0) }
    }

    private mutating func connection(_ distance: Int64) -> UInt64 {
        let connection = greatestConnection &- UInt64(bitPattern: distance)
        greatestConnection = max(greatestConnection, connection)
        return connection
    }

    private mutating func address(_ field: Int) throws(BlockFault) -> String {
        guard let text = String(validating: try addresses.next(field: field), as: UTF8.self) else {
            throw .contents(.text, offset: 0)
        }
        return text
    }

    private mutating func exchange() throws(BlockFault) -> Exchange {
        let connection = connection(exchangeConnections.next())
        let expected = expectedSequences.expected(connection)
        let sequence = expected &+ UInt64(bitPattern: sequences.next())
        expectedSequences.note(connection, sequence)
        guard let end = ExchangeEnd(rawValue: try ends.byte()) else { throw ends.fault(.value) }
        let marks = marks.next()
        guard 0...ExchangeMark.all ~= marks else { throw .contents(.value, offset: 0) }
        let request = try request(marks)
        let interim =
            marks & ExchangeMark.hasInterim == 0 || !readsInterim
            ? [] : try interim(of: request.firstByteTime)
        let response = marks & ExchangeMark.hasResponse == 0 ? nil : try response(request, marks)
        var exchange = Exchange(
            connection: connection,
            sequence: sequence,
            request: request,
            interim: interim,
            response: response,
            end: end
        )
        if marks & ExchangeMark.hasUpstream != 0 {
            exchange.upstream = upstream(of: exchange, marks)
        }
        guard exchange.times.isWithinTimeLimit else { throw .contents(.time, offset: 0) }
        return exchange
    }

    private mutating func request(_ marks: Int64) throws(BlockFault) -> RecordedMessage {
        let time = requestTimes.next()
        try checkOrderTime(time)
        return try requests.next(
            at: time,
            hasTrailers: marks & ExchangeMark.requestHasTrailers != 0,
            isComplete: marks & ExchangeMark.requestIsWhole != 0
        )
    }

    private mutating func interim(of epoch: Int64) throws(BlockFault) -> [InterimResponse] {
        var interim: [InterimResponse] = []
        for _ in 0..<interimCounts.next() {
            let time = epoch &+ interimTimes.next()
            interim.append(InterimResponse(head: try responses.nextHead(), time: time))
        }
        return interim
    }

    private mutating func response(
        _ request: RecordedMessage,
        _ marks: Int64
    ) throws(BlockFault) -> RecordedResponse {
        guard let status = UInt16(exactly: statuses.next()) else {
            throw .contents(.value, offset: 0)
        }
        return RecordedResponse(
            status: status,
            message: try responses.next(
                at: request.lastByteTime &+ responseTimes.next(),
                hasTrailers: marks & ExchangeMark.responseHasTrailers != 0,
                isComplete: marks & ExchangeMark.responseIsWhole != 0
            )
        )
    }

    private mutating func upstream(of exchange: Exchange, _ marks: Int64) -> UpstreamTimes {
        var times = UpstreamTimes()
        let request = exchange.request.firstByteTime
        let response = exchange.response?.message
        if marks & ExchangeMark.upstreamRequest != 0 {
            times.requestFirstByte = request &+ upstreamRequestTimes.next()
        }
        if marks & ExchangeMark.upstreamResponse != 0 {
            times.responseFirstByte =
                (response?.firstByteTime ?? request) &+ upstreamResponseTimes.next()
        }
        if marks & ExchangeMark.upstreamResponseEnd != 0 {
            times.responseLastByte =
                (response?.lastByteTime ?? request) &+ upstreamResponseEnds.next()
        }
        return times
    }
}

/// What is the same for all records of a block.
struct TraceFacts {
    var unit: Int64
    var firstConnection: UInt64
    private var textSizes: [Int] = []

    init(_ reader: ColumnPayloadReader) throws(BlockFault) {
        var cursor = try reader.cursor(TraceColumn.facts.rawValue)
        let unit = try cursor.variable()
        guard 1...UInt64(Layout.times.upperBound) ~= unit else { throw cursor.fault(.value) }
        self.unit = Int64(unit)
        firstConnection = try cursor.variable()
        var left = UInt64(Layout.rawSizeLimit)
        for _ in 0..<3 {
            let size = try cursor.variable()
            guard size <= left else { throw .sizesOutOfRange }
            left -= size
            textSizes.append(Int(size))
        }
        guard cursor.isAtEnd else { throw cursor.fault(.bytesLeftOver) }
    }

    func texts(
        _ reader: ColumnPayloadReader,
        _ column: TraceColumn
    ) throws(BlockFault) -> TextColumnsDecoder {
        let index = column == .requestTexts ? 0 : column == .responseTexts ? 1 : 2
        return try TextColumnsDecoder(
            reader,
            base: column.rawValue,
            plainFieldCount: PlainField.count,
            limit: textSizes[index]
        )
    }
}

/// How many records of each kind a block holds.
private struct RecordCounts {
    var openings = 0
    var exchanges = 0
    var closings = 0
    var unseen = 0

    init(_ kinds: [UInt8]) throws(BlockFault) {
        for (offset, kind) in kinds.enumerated() {
            switch RecordKind(rawValue: kind) {
            case .opening: openings += 1
            case .exchange: exchanges += 1
            case .closing: closings += 1
            case .unseenOpening: unseen += 1
            case nil: throw .contents(.value, offset: offset)
            }
        }
    }
}

/// How many exchanges of a block have what is not there in all.
private struct MarkCounts {
    var responses = 0
    var interims = 0
    var upstreamRequests = 0
    var upstreamResponses = 0
    var upstreamEnds = 0

    init(_ marks: ValueQueue) {
        for mark in marks.values {
            if mark & ExchangeMark.hasResponse != 0 { responses += 1 }
            if mark & ExchangeMark.hasInterim != 0 { interims += 1 }
            guard mark & ExchangeMark.hasUpstream != 0 else { continue }
            if mark & ExchangeMark.upstreamRequest != 0 { upstreamRequests += 1 }
            if mark & ExchangeMark.upstreamResponse != 0 { upstreamResponses += 1 }
            if mark & ExchangeMark.upstreamResponseEnd != 0 { upstreamEnds += 1 }
        }
    }
}

/// The values of a column, given out one by one.
///
/// There are as many as the kinds and marks of the records ask for, which was checked before.
struct ValueQueue {
    let values: [Int64]
    private let unit: Int64
    private var position = 0

    init(_ values: [Int64], unit: Int64) {
        self.values = values
        self.unit = unit
    }

    mutating func next() -> Int64 {
        defer { position += 1 }
        return values[position] &* unit
    }

    /// The sum of sizes that stand as one more than they are, or as 0 for none.
    func sumOfSizes(atMost limit: Int) throws(BlockFault) -> Int {
        try sum(atMost: limit) - values.count { $0 > 0 }
    }

    /// The sum of counts that must be at least `least`, or a fault when it is over a limit.
    func sum(atMost limit: Int, least: Int64 = 0) throws(BlockFault) -> Int {
        var sum = 0
        for value in values {
            guard value >= least, value <= Int64(limit - sum) else {
                throw .contents(.value, offset: 0)
            }
            sum += Int(value)
        }
        return sum
    }
}
