internal import TraceFormat

/// Accounts for everything that a capture held; each group adds up to its first counter.
struct CaptureCounters {
    private var packets = [UInt64](repeating: 0, count: PacketFate.allCases.count)
    /// What became of the exchanges.
    var exchanges = ExchangeTally()
    private var messageBytes = ByteCounts()
    private var streamBytes = StreamReassembler.Counts()
    /// Payload of all packets of the wanted ports.
    var payloadByteCount: UInt64 = 0
    /// Payload to which no connection could be found.
    var undecidedByteCount: UInt64 = 0
    /// Payload of connections that were closed.
    var afterCloseByteCount: UInt64 = 0
    /// Payload that came with a reset.
    var resetByteCount: UInt64 = 0
    /// Payload that the snap length cut off.
    var cutByteCount: UInt64 = 0
    /// Connections that are in the trace.
    var recordedConnections: UInt64 = 0
    /// Connections that carried bytes but no exchange, and are not in the trace.
    var connectionsWithoutExchange: UInt64 = 0
    /// Connections that were given up because nothing happened on them, or too many were open.
    var expiredConnections: UInt64 = 0
    /// Connections that were given up because all of them together held too much.
    var connectionsOverMemory: UInt64 = 0
    /// Packets with an earlier time than the one before them.
    var stepsBackwards: UInt64 = 0
    /// Packets that the capturing system says that it lost.
    var droppedPackets: UInt64 = 0
    /// Inputs that end inside a packet, or are damaged behind one.
    var damagedInputs: UInt64 = 0

    /// All packets so far.
    var packetCount: UInt64 { packets.reduce(0, +) }

    /// Counts packets.
    mutating func count(_ fate: PacketFate, _ packetCount: UInt64 = 1) {
        packets[fate.rawValue] += packetCount
    }

    /// Adds what a connection came to, when it is over.
    mutating func add(_ conversation: TCPConversation) {
        messageBytes.add(conversation.assembler.byteCounts)
        for counts in conversation.streamCounts { streamBytes.add(counts) }
        resetByteCount += conversation.resetByteCount
        if conversation.assembler.isRecorded {
            recordedConnections += 1
        } else {
            connectionsWithoutExchange += 1
        }
    }

    /// All counters under their names.
    var ledger: Ledger {
        var ledger = Ledger()
        ledger["packets", "seen"] = packetCount
        for fate in PacketFate.allCases { ledger["packets", fate.name] = packets[fate.rawValue] }
        writeBytes(to: &ledger)
        ledger["missing", "gaps"] = streamBytes.gaps
        ledger["missing", "bytes"] = streamBytes.missing
        ledger["missing", "cut_by_snap_length"] = cutByteCount
        ledger["missing", "dropped_packets"] = droppedPackets
        ledger["connections", "seen"] = recordedConnections + connectionsWithoutExchange
        ledger["connections", "recorded"] = recordedConnections
        ledger["connections", "without_exchange"] = connectionsWithoutExchange
        exchanges.write(to: &ledger)
        ledger["oddities", "expired_connections"] = expiredConnections
        ledger["oddities", "connections_over_memory"] = connectionsOverMemory
        ledger["oddities", "clock_steps_backwards"] = stepsBackwards
        ledger["oddities", "damaged_inputs"] = damagedInputs
        return ledger
    }

    private func writeBytes(to ledger: inout Ledger) {
        ledger["bytes", "seen"] = payloadByteCount
        messageBytes.write(to: &ledger)
        ledger["bytes", "retransmitted"] = streamBytes.retransmitted
        ledger["bytes", "differing_copies"] = streamBytes.differing
        ledger["bytes", "before_start"] = streamBytes.beforeStart
        ledger["bytes", "after_end"] += streamBytes.afterEnd
        ledger["bytes", "with_reset"] = resetByteCount
        ledger["bytes", "after_close"] = afterCloseByteCount
        ledger["bytes", "undecided"] = undecidedByteCount
    }
}
