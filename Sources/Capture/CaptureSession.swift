public import TraceFormat

/// What to record of a capture, and how.
public struct CaptureOptions: Equatable, Sendable {
    /// The ports whose traffic is recorded.
    public var ports: PortSelection
    /// A further filter in the language of pcap-filter(7).
    public var filter: String?
    /// Which bodies are kept.
    public var bodies: BodyRetention
    /// How secrets are kept out of the trace; `nil` keeps them in.
    public var redaction: RecordingRedaction?

    /// Records the traffic of mik's own port, with the bodies that a replay needs, and without
    /// credentials.
    public init(
        ports: PortSelection = .standard,
        filter: String? = nil,
        bodies: BodyRetention = .requests,
        redaction: RecordingRedaction? = RecordingRedaction()
    ) {
        self.ports = ports
        self.filter = filter
        self.bodies = bodies
        self.redaction = redaction
    }
}

/// What a recording came to.
public struct CaptureSummary: Equatable, Sendable {
    /// The totals of the trace.
    public var trace: TraceSummary
    /// What became of every packet, byte and exchange.
    public var ledger: Ledger
    /// What a user should know before trusting the trace, one sentence each.
    public var warnings: [String]
}

/// Records the HTTP exchanges in a packet capture.
///
///     let session = CaptureSession(options: CaptureOptions(), writer: "mik-replay 0.1")
///     let summary = try session.record(.file("day.pcap")) { info throws(TraceError) in
///         try TraceWriter(creating: "day.mtr", info: info)
///     }
///
/// The same capture always makes the same trace, byte for byte: no clock is read.
public struct CaptureSession: Sendable {
    private let options: CaptureOptions
    private let writer: String

    /// A session that says in its traces that `writer` made them.
    public init(options: CaptureOptions, writer: String) {
        self.options = options
        self.writer = writer
    }

    /// Records one capture from its first to its last packet.
    ///
    /// A capture that is cut or damaged is recorded up to that place; the summary has a warning.
    ///
    /// - Parameters:
    ///   - source: Where the packets are.
    ///   - makeWriter: Creates the trace, once the capture has proved to be one.
    /// - Returns: What the recording came to, once the trace is whole.
    /// - Throws: `CaptureError`.
    public func record(
        _ source: PacketSource,
        to makeWriter: (TraceInfo) throws(TraceError) -> TraceWriter
    ) throws(CaptureError) -> CaptureSummary {
        var handle = try PcapHandle(opening: source.path)
        guard let link = LinkLayer(dataLinkType: handle.dataLinkType) else {
            throw .unsupportedLinkType(file: source.name, name: handle.dataLinkName)
        }
        if let filter = options.filter { try handle.setFilter(filter) }
        do {
            return try record(handle, name: source.name, link: link, makeWriter)
        } catch {
            throw .output(error)
        }
    }

    private func record(
        _ handle: consuming PcapHandle,
        name: String,
        link: LinkLayer,
        _ makeWriter: (TraceInfo) throws(TraceError) -> TraceWriter
    ) throws(TraceError) -> CaptureSummary {
        var recorder = PacketRecorder(ports: options.ports, bodies: options.bodies)
        var redaction = RecordRedaction(derivingKeyFor: options.redaction)
        var last = readPacket(&handle, link, into: &recorder, keying: &redaction)
        var trace = try makeWriter(info(epoch: recorder.epoch ?? 0))
        while last == .packet {
            try trace.append(
                recorder.takeRecords(),
                redacting: &redaction,
                counting: &recorder.counters.exchanges
            )
            last = readPacket(&handle, link, into: &recorder, keying: &redaction)
        }
        var warnings: [String] = []
        if case .damaged(let reason) = last {
            recorder.counters.damagedInputs += 1
            warnings.append("\(name) can't be read to its end, what follows is lost: \(reason)")
        }
        recorder.recordingEnded()
        try trace.append(
            recorder.takeRecords(),
            redacting: &redaction,
            counting: &recorder.counters.exchanges
        )
        var ledger = recorder.counters.ledger
        redaction.write(to: &ledger)
        let summary = try trace.finish(ledger: ledger)
        return CaptureSummary(trace: summary, ledger: ledger, warnings: warnings)
    }

    private func readPacket(
        _ handle: inout PcapHandle,
        _ link: LinkLayer,
        into recorder: inout PacketRecorder,
        keying redaction: inout RecordRedaction
    ) -> PcapHandle.ReadResult {
        handle.readPacket { header, bytes in
            redaction.sawInput(bytes, at: header.time)
            recorder.receive(
                bytes,
                link: link,
                wireByteCount: header.wireByteCount,
                at: header.time,
                isWanted: header.isWanted
            )
        }
    }

    private func info(epoch: Int64) -> TraceInfo {
        var info = TraceInfo(
            writer: writer,
            source: "pcap",
            epoch: epoch,
            bodies: options.bodies.rawValue
        )
        info.notes["redaction"] = options.redaction.statement(keyWithout: "from the packets")
        return info
    }
}
