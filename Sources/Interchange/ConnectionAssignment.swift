internal import HeapModule
internal import TraceFormat

/// Gives connections to exchanges of an input that has none of its own, or only their addresses.
///
/// Without a name, an exchange goes on the connection with the lowest number on which nothing is
/// in progress: the fewest connections on which no request waits for another's response. With a
/// name, all exchanges of that name share a connection, until it has been idle for long.
struct ConnectionAssignment {
    /// A connection that is open.
    private struct Open {
        var id: UInt64
        var nextSequence: UInt64
        var lastTime: Int64
    }

    private struct Busy: Comparable {
        let end: Int64
        let id: UInt64

        static func < (left: Busy, right: Busy) -> Bool {
            (left.end, left.id) < (right.end, right.id)
        }
    }

    /// A named connection that did nothing for so long is taken to be closed.
    private static let idleLimit: Int64 = 60_000_000_000

    private var connectionCount: UInt64 = 0
    private var named: [String: Open] = [:]
    private var sweepCount = 10_000
    private var unnamed: [UInt64: Open] = [:]
    private var busy = Heap<Busy>()
    private var free = Heap<UInt64>()

    /// Puts an exchange on its connection, and adds the records that this takes.
    ///
    /// - Parameters:
    ///   - exchange: The exchange; its connection and sequence are set here.
    ///   - name: What the input calls the connection.
    ///   - client: The client's address, as far as the input has it.
    ///   - server: The server's address, as far as the input has it.
    ///   - records: Where the opening, if it is a new connection, and the exchange go.
    mutating func add(
        _ exchange: Exchange,
        name: String?,
        client: String,
        server: String,
        to records: inout [TraceRecord]
    ) {
        let start = exchange.request.firstByteTime
        let end = max(
            exchange.request.lastByteTime,
            exchange.response?.message.lastByteTime ?? start
        )
        var exchange = exchange
        var open: Open
        if let name {
            sweep(before: start, to: &records)
            open = named[name] ?? newConnection(client, server, to: &records)
        } else {
            open = unnamedConnection(at: start, client, server, to: &records)
        }
        exchange.connection = open.id
        exchange.sequence = open.nextSequence
        open.nextSequence += 1
        open.lastTime = max(open.lastTime, end)
        records.append(.exchange(exchange))
        if let name {
            named[name] = open
        } else {
            unnamed[open.id] = open
            // Nothing shows when a connection without a response is free again.
            if exchange.response != nil { busy.insert(Busy(end: end, id: open.id)) }
        }
    }

    /// Closes all connections.
    mutating func finish(to records: inout [TraceRecord]) {
        close(Array(named.values) + Array(unnamed.values), to: &records)
        named = [:]
        unnamed = [:]
    }

    private mutating func unnamedConnection(
        at time: Int64,
        _ client: String,
        _ server: String,
        to records: inout [TraceRecord]
    ) -> Open {
        while let first = busy.min, first.end <= time {
            free.insert(first.id)
            busy.removeMin()
        }
        if let id = free.popMin(), let open = unnamed[id] { return open }
        return newConnection(client, server, to: &records)
    }

    private mutating func newConnection(
        _ client: String,
        _ server: String,
        to records: inout [TraceRecord]
    ) -> Open {
        defer { connectionCount += 1 }
        records.append(
            .opened(
                ConnectionOpening(
                    connection: connectionCount,
                    client: client,
                    server: server,
                    time: nil
                )
            )
        )
        return Open(id: connectionCount, nextSequence: 0, lastTime: .min)
    }

    /// Closes named connections that are idle, once there are many.
    private mutating func sweep(before time: Int64, to records: inout [TraceRecord]) {
        guard named.count >= sweepCount else { return }
        let idle = named.filter { time &- $0.value.lastTime > Self.idleLimit }
        for name in idle.keys { named[name] = nil }
        close(Array(idle.values), to: &records)
        sweepCount = max(10_000, named.count * 2)
    }

    private func close(_ connections: [Open], to records: inout [TraceRecord]) {
        for open in connections.sorted(by: { ($0.lastTime, $0.id) < ($1.lastTime, $1.id) }) {
            records.append(
                .closed(
                    ConnectionClosing(connection: open.id, time: open.lastTime, by: .recordingEnd)
                )
            )
        }
    }
}
