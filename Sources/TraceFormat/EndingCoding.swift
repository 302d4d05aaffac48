extension [UInt8] {
    /// Appends the groups with their counters, in order.
    mutating func append(ledger: Ledger) {
        let counters = ledger.groups.reduce(0) { $0 + $1.counters.count }
        precondition(counters <= Layout.nameLimit, "a ledger has too many counters")
        append(variable: UInt64(ledger.groups.count))
        for group in ledger.groups {
            append(text: group.name)
            append(variable: UInt64(group.counters.count))
            for counter in group.counters {
                append(text: counter.name)
                append(variable: counter.count)
            }
        }
    }

    /// Appends the ending of a trace.
    mutating func append(ending summary: TraceSummary) {
        append(variable: summary.exchanges)
        append(variable: summary.connections)
        append(optionalTime: summary.firstRequestTime)
        append(optionalTime: summary.lastTime)
        append(text: summary.contentHash)
        append(ledger: summary.ledger ?? Ledger())
    }

    /// Appends the ending of a run.
    mutating func append(ending: RunEnding) {
        append(ending.isPartial ? 1 : 0)
        append(signed: ending.duration)
        append(ledger: ending.ledger)
    }

    private mutating func append(optionalTime time: Int64?) {
        append(time == nil ? 0 : 1)
        if let time { append(signed: time) }
    }
}

extension ByteCursor {
    /// Reads the ending of a trace.
    mutating func traceEnding() throws(BlockFault) -> TraceSummary {
        let exchanges = try variable()
        let connections = try variable()
        let firstRequestTime = try optionalTime()
        let lastTime = try optionalTime()
        let contentHash = try text()
        return TraceSummary(
            exchanges: exchanges,
            connections: connections,
            firstRequestTime: firstRequestTime,
            lastTime: lastTime,
            contentHash: contentHash,
            ledger: try ledger()
        )
    }

    /// Reads the ending of a run.
    mutating func runEnding() throws(BlockFault) -> RunEnding {
        let isPartial = try flag()
        let duration = try signed()
        guard Layout.times.contains(duration) else { throw fault(.time) }
        return RunEnding(isPartial: isPartial, duration: duration, ledger: try ledger())
    }

    private mutating func ledger() throws(BlockFault) -> Ledger {
        var ledger = Ledger()
        var names = 0
        for _ in 0..<(try count()) {
            let group = try text()
            for _ in 0..<(try count()) {
                names += 1
                guard names <= Layout.nameLimit else { throw fault(.names) }
                let name = try text()
                ledger[group, name] = try variable()
            }
        }
        return ledger
    }

    private mutating func optionalTime() throws(BlockFault) -> Int64? {
        guard try flag() else { return nil }
        let time = try signed()
        guard Layout.times.contains(time) else { throw fault(.time) }
        return time
    }
}
