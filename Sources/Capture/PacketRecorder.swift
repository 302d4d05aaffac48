internal import TraceFormat

/// Turns the packets of a capture into trace records and accounts for each of them.
struct PacketRecorder {
    /// The Unix time of the first packet, in nanoseconds; `nil` before it came.
    private(set) var epoch: Int64?
    private var dissector: PacketDissector
    private var tracker: ConnectionTracker
    /// When the last packet came, in nanoseconds since the epoch.
    private(set) var lastTime: Int64 = 0

    /// Starts in front of the first packet, or, for live packets, at a time of its own.
    init(
        _ options: CaptureOptions,
        epoch: Int64? = nil,
        limits: ConnectionTracker.Limits = ConnectionTracker.Limits()
    ) {
        self.epoch = epoch
        dissector = PacketDissector(followsTunnels: options.followsTunnels)
        var limits = limits
        limits.memoryByteCount = min(limits.memoryByteCount, options.memoryByteCount)
        tracker = ConnectionTracker(ports: options.ports, bodies: options.bodies, limits: limits)
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
    ///   - header: What the source says about it.
    ///   - isWanted: Whether the user's filter lets it pass.
    mutating func receive(_ packet: Span<UInt8>, _ header: PacketHeader, isWanted: Bool = true) {
        let time = relative(header.time)
        guard isWanted else {
            counters.count(.filteredOut)
            return
        }
        do throws(PacketSkip) {
            guard let link = header.link else { throw PacketSkip.unsupportedLink }
            let found = try dissector.dissect(
                packet,
                link: link,
                wireByteCount: header.wireByteCount,
                at: time
            )
            if let bytes = found.reassembled {
                let payload = bytes.span.extracting(found.segment.payload)
                tracker.receive(found.segment, payload: payload, at: time)
            } else {
                let payload = packet.extracting(found.segment.payload)
                tracker.receive(found.segment, payload: payload, at: time)
            }
        } catch {
            if let fate = PacketFate(error) { counters.count(fate) }
        }
    }

    /// Lets time pass without a packet, up to this Unix time in nanoseconds.
    mutating func passTime(to time: Int64) {
        guard let epoch else { return }
        tracker.passTime(to: time &- epoch)
    }

    /// Says that there are no more packets.
    mutating func recordingEnded() {
        dissector.recordingEnded()
        counters.count(.joinedFragment, dissector.fragmentCounts.joined)
        counters.count(.unfinishedFragment, dissector.fragmentCounts.unfinished)
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
