public import TraceFormat

/// Decides, record by record, what an edited trace holds.
///
/// Connections get new numbers from 0 in the order in which they appear; sequences stay, so that
/// what was left out of a connection can be seen. Memory grows with the connections that are open.
public struct TraceEdit: Sendable {
    /// One of the traces that are edited into one.
    public struct Input: Equatable, Sendable {
        /// When its first request began, in its own time.
        public var firstRequestTime: Int64
        /// Where its first request stands in the output.
        public var start: Int64

        /// Places an input.
        public init(firstRequestTime: Int64, start: Int64) {
            self.firstRequestTime = firstRequestTime
            self.start = start
        }
    }

    private struct ConnectionKey: Hashable {
        let input: Int
        let connection: UInt64
    }

    /// What became of a connection so far.
    private struct Connection {
        /// Its opening, until it is written.
        var opening: ConnectionOpening?
        /// Its number in the output, once something of it is written.
        var number: UInt64?
        /// The latest time of what was written.
        var lastTime: Int64 = .min
    }

    /// How many exchanges and connections were read, kept and left out.
    public private(set) var counts = EditCounts()
    private let selection: Selection
    private let factor: Double
    private let inputs: [Retiming]
    private var connections: [ConnectionKey: Connection] = [:]
    private var connectionCount: UInt64 = 0

    /// Edits these inputs into one, in which time goes on `factor` times as long.
    public init(_ selection: Selection, factor: Double, inputs: [Input]) {
        self.selection = selection
        self.factor = factor
        self.inputs = inputs.map {
            Retiming(origin: $0.firstRequestTime, start: $0.start, factor: factor)
        }
    }

    /// Takes the next record of an input and adds what the output holds of it.
    public mutating func add(
        _ record: TraceRecord,
        from input: Int,
        to records: inout [TraceRecord]
    ) {
        let key = ConnectionKey(input: input, connection: record.connection)
        switch record {
        case .opened(let opening): add(opening, key, to: &records)
        case .exchange(let exchange): add(exchange, key, to: &records)
        case .closed(let closing): add(closing, key, to: &records)
        }
    }

    /// Closes what a slice cut open.
    public mutating func finish(to records: inout [TraceRecord]) {
        let open = connections.compactMap { key, connection in
            connection.number.map { (number: $0, key: key, lastTime: connection.lastTime) }
        }
        connections = [:]
        guard selection.slice != nil else { return }
        for connection in open.sorted(by: { $0.number < $1.number }) {
            let end = selection.sliceEnd.map { recordedEnd(of: connection.key.input, $0) }
            let time = max(end ?? connection.lastTime, connection.lastTime)
            records.append(
                .closed(
                    ConnectionClosing(connection: connection.number, time: time, by: .recordingEnd)
                )
            )
        }
    }

    private mutating func add(
        _ opening: ConnectionOpening,
        _ key: ConnectionKey,
        to records: inout [TraceRecord]
    ) {
        counts.connectionsRead += 1
        connections[key] = Connection(opening: opening)
        if selection.keepsEverything { _ = number(key, to: &records) }
    }

    private mutating func add(
        _ exchange: Exchange,
        _ key: ConnectionKey,
        to records: inout [TraceRecord]
    ) {
        let retiming = inputs[key.input]
        let recordedTime = exchange.request.firstByteTime &- retiming.origin
        counts.exchangesRead += 1
        let reason = selection.reasonToLeaveOut(exchange, at: recordedTime, input: key.input)
        if let reason {
            counts.leftOut[reason, default: 0] += 1
            return
        }
        counts.exchangesKept += 1
        var kept = retiming.exchange(exchange)
        kept.connection = number(key, to: &records)
        let lastTime = connections[key]?.lastTime ?? .min
        connections[key]?.lastTime = max(lastTime, kept.lastTime)
        records.append(.exchange(kept))
    }

    private mutating func add(
        _ closing: ConnectionClosing,
        _ key: ConnectionKey,
        to records: inout [TraceRecord]
    ) {
        let known = connections.removeValue(forKey: key)
        let isAlone = known == nil && selection.keepsEverything
        guard let number = known?.number ?? (isAlone ? newNumber() : nil) else { return }
        let lastTime = known?.lastTime ?? .min
        var (time, by) = (inputs[key.input].time(closing.time), closing.by)
        // Stretched, an exchange may end later than its connection's end would stand.
        if factor != 1 { time = max(time, lastTime) }
        if let end = selection.sliceEnd.map({ recordedEnd(of: key.input, $0) }), time > end {
            (time, by) = (max(end, lastTime), .recordingEnd)
        }
        records.append(.closed(ConnectionClosing(connection: number, time: time, by: by)))
    }

    /// The number of a connection in the output; its opening is written first.
    private mutating func number(_ key: ConnectionKey, to records: inout [TraceRecord]) -> UInt64 {
        var connection = connections[key] ?? Connection()
        let number = connection.number ?? newNumber()
        connection.number = number
        if var opening = connection.opening {
            opening.connection = number
            opening.time = opening.time.flatMap { time in
                let recordedTime = time &- inputs[key.input].origin
                let isCut = selection.slice.map { recordedTime < $0.lowerBound } ?? false
                return isCut ? nil : inputs[key.input].time(time)
            }
            records.append(.opened(opening))
            connection.opening = nil
        }
        connections[key] = connection
        return number
    }

    private mutating func newNumber() -> UInt64 {
        defer { connectionCount += 1 }
        counts.connectionsKept += 1
        return connectionCount
    }

    /// Where the end of the slice stands in the output.
    private func recordedEnd(of input: Int, _ end: Int64) -> Int64 {
        inputs[input].time(inputs[input].origin &+ end)
    }
}

/// What became of the records that an edit read.
public struct EditCounts: Equatable, Sendable {
    /// Exchanges in the inputs.
    public var exchangesRead: UInt64 = 0
    /// Exchanges in the output.
    public var exchangesKept: UInt64 = 0
    /// Exchanges that are not in the output, by reason.
    public var leftOut: [Selection.Reason: UInt64] = [:]
    /// Connections in the inputs.
    public var connectionsRead: UInt64 = 0
    /// Connections in the output.
    public var connectionsKept: UInt64 = 0

    /// The counters under their names; of reasons, those that left something out.
    public func add(to ledger: inout Ledger) {
        ledger["exchanges", "read"] = exchangesRead
        ledger["exchanges", "kept"] = exchangesKept
        for reason in Selection.Reason.all {
            if let count = leftOut[reason] { ledger["exchanges", reason.name] = count }
        }
        ledger["connections", "read"] = connectionsRead
        ledger["connections", "kept"] = connectionsKept
    }
}
