internal import TraceFormat

/// Turns the packets of a capture into trace records and accounts for each of them.
struct PacketRecorder {
    /// The Unix time of the first packet, in nanoseconds; `nil` before it came.
    private(set) var epoch: Int64?
    private var tracker: ConnectionTracker
    private var lastTime: Int64 = 0

    /// Starts in front of the first packet.
    init(
        ports: PortSelection,
        bodies: BodyRetention,
        limits: ConnectionTracker.Limits = ConnectionTracker.Limits()
    ) {
        tracker = ConnectionTracker(ports: ports, bodies: bodies, limits: limits)
    }

    /// What became of the packets.
    var counters: CaptureCounters {
        _read { yield tracker.counters }
        _modify { yield &tracker.counters }
    }

    /// Takes the next packet.
    ///
    /// - Parameters:
    ///   - packet: The bytes that were captured.
    ///   - link: What stands in front of the IP header.
    ///   - wireByteCount: How many bytes the packet had on the wire.
    ///   - time: When it was captured, in nanoseconds of Unix time.
    ///   - isWanted: Whether the user's filter lets it pass.
    mutating func receive(
        _ packet: Span<UInt8>,
        link: LinkLayer,
        wireByteCount: Int,
        at time: Int64,
        isWanted: Bool
    ) {
        let time = relative(time)
        guard isWanted else {
            counters.count(.filteredOut)
            return
        }
        do {
            let segment = try TCPSegment(packet, link: link, wireByteCount: wireByteCount)
            tracker.receive(segment, payload: packet.extracting(segment.payload), at: time)
        } catch {
            counters.count(CaptureCounters.PacketFate(error))
        }
    }

    /// Says that there are no more packets.
    mutating func recordingEnded() {
        tracker.recordingEnded(at: lastTime)
    }

    /// Takes out the records that are ready, oldest first.
    mutating func takeRecords() -> [TraceRecord] { tracker.takeRecords() }

    /// The time since the first packet.
    private mutating func relative(_ time: Int64) -> Int64 {
        let start = epoch ?? time
        epoch = start
        let (difference, isOverflow) = time.subtractingReportingOverflow(start)
        let elapsed = isOverflow ? (time < start ? Int64.min : .max) : difference
        if elapsed < lastTime { counters.stepsBackwards += 1 }
        lastTime = elapsed
        return elapsed
    }
}
