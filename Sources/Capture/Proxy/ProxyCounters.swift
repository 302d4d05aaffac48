internal import TraceFormat

/// What the forwarding side saw, and what it could not hand to the recorder.
struct ProxyTraffic: Equatable, Sendable {
    /// Clients that connected.
    var connections: UInt64 = 0
    /// Of these, the ones that could not be recorded from their start, and so not at all.
    var lostConnections: UInt64 = 0
    /// Connections whose upstream could not be reached.
    var unreachableUpstreams: UInt64 = 0
    /// Clients with which no encryption came about.
    var failedClientHandshakes: UInt64 = 0
    /// Connections to the upstream on which no encryption came about.
    var failedUpstreamHandshakes: UInt64 = 0
    /// Bytes that clients sent.
    var clientByteCount: UInt64 = 0
    /// Bytes that the upstream sent.
    var serverByteCount: UInt64 = 0
    /// Bytes that the proxy sent in the place of the upstream.
    var ownByteCount: UInt64 = 0
    /// Bytes that could not be recorded.
    var lostByteCount: UInt64 = 0
}

/// Accounts for everything that went through the proxy but the exchanges, which the output counts;
/// each group adds up to its first counter.
struct ProxyCounters {
    /// What the forwarding side counted.
    var traffic = ProxyTraffic()
    /// What became of the bytes of the connections that are over.
    private var bytes = ByteCounts()
    private var recordedConnections: UInt64 = 0
    private var connectionsWithoutExchange: UInt64 = 0

    /// Adds what a connection came to, when it is over.
    mutating func add(_ assembler: ExchangeAssembler) {
        bytes.add(assembler.byteCounts)
        if assembler.isRecorded {
            recordedConnections += 1
        } else {
            connectionsWithoutExchange += 1
        }
    }

    /// All counters under their names.
    var ledger: Ledger {
        var ledger = Ledger()
        let sources = [traffic.clientByteCount, traffic.serverByteCount, traffic.ownByteCount]
        ledger["bytes", "seen"] = sources.reduce(0, +)
        bytes.write(to: &ledger)
        ledger["bytes", "lost"] = traffic.lostByteCount
        ledger["sources", "bytes"] = sources.reduce(0, +)
        ledger["sources", "from_clients"] = traffic.clientByteCount
        ledger["sources", "from_servers"] = traffic.serverByteCount
        ledger["sources", "from_proxy"] = traffic.ownByteCount
        ledger["connections", "seen"] = traffic.connections
        ledger["connections", "recorded"] = recordedConnections
        ledger["connections", "without_exchange"] = connectionsWithoutExchange
        ledger["connections", "lost"] = traffic.lostConnections
        ledger["oddities", "unreachable_upstreams"] = traffic.unreachableUpstreams
        ledger["oddities", "failed_client_handshakes"] = traffic.failedClientHandshakes
        ledger["oddities", "failed_upstream_handshakes"] = traffic.failedUpstreamHandshakes
        return ledger
    }
}
