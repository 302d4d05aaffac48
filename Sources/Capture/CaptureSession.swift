public import TraceFormat

/// What a recording came to.
public struct CaptureSummary: Equatable, Sendable {
    /// The totals of the trace.
    public var trace: TraceSummary
    /// What became of every packet, byte and exchange.
    public var ledger: Ledger
    /// What a user should know before trusting the trace, one sentence each.
    public var warnings: [String]
}

/// Records the HTTP exchanges in packet captures.
///
///     let session = CaptureSession(options: CaptureOptions(), writer: "mik-replay 0.1")
///     let summary = try session.record([.file("day.pcap")]) { info throws(TraceError) in
///         try TraceWriter(creating: "day.mtr", info: info)
///     }
///
/// The same packets always make the same trace, byte for byte, in however many files they are: no
/// clock is read.
public struct CaptureSession: Sendable {
    private let options: CaptureOptions
    private let writer: String

    /// A session that says in its traces that `writer` made them.
    public init(options: CaptureOptions, writer: String) {
        self.options = options
        self.writer = writer
    }

    /// Records captures from the first packet of the first to the last packet of the last; a
    /// connection goes on from one to the next.
    ///
    /// A capture that is cut or damaged is recorded up to that place; the summary has a warning.
    ///
    /// - Parameters:
    ///   - sources: Where the packets are.
    ///   - makeWriter: Creates the trace, once the captures have proved to be some.
    /// - Returns: What the recording came to, once the trace is whole.
    /// - Throws: `CaptureError`.
    public func record(
        _ sources: [PacketSource],
        to makeWriter: (TraceInfo) throws(TraceError) -> TraceWriter
    ) throws(CaptureError) -> CaptureSummary {
        // Before any work is done, all files prove that they are captures.
        for source in sources.dropFirst() where source != .standardInput {
            _ = try CaptureFileReader.open(source)
        }
        var recorder = PacketRecorder(options)
        var redaction = RecordRedaction(derivingKeyFor: options.redaction)
        var selector = ExchangeSelector(options.selection)
        var filters = options.filter.map { PacketFilters($0) }
        var warnings: [String] = []
        var trace: TraceWriter?
        for source in sources {
            var reader = try CaptureFileReader.open(source)
            var last = try readPacket(&reader, &filters, into: &recorder, keying: &redaction)
            while case .packet = last {
                try write(&recorder, to: &trace, &selector, &redaction, makeWriter)
                last = try readPacket(&reader, &filters, into: &recorder, keying: &redaction)
            }
            recorder.counters.droppedPackets += reader.droppedPacketCount
            if case .damaged(let reason) = last {
                recorder.counters.damagedInputs += 1
                warnings.append(
                    "\(source.name) can't be read to its end, what follows is lost: \(reason)"
                )
            }
        }
        recorder.recordingEnded()
        try write(&recorder, to: &trace, &selector, &redaction, makeWriter)
        var ledger = recorder.counters.ledger
        selector.write(to: &ledger)
        redaction.write(to: &ledger)
        guard var whole = trace.take() else {
            preconditionFailure("a recording ended without a trace")
        }
        do throws(TraceError) {
            let summary = try whole.finish(ledger: ledger)
            return CaptureSummary(trace: summary, ledger: ledger, warnings: warnings)
        } catch {
            throw .output(error)
        }
    }

    private func readPacket(
        _ reader: inout CaptureFileReader,
        _ filters: inout PacketFilters?,
        into recorder: inout PacketRecorder,
        keying redaction: inout RecordRedaction
    ) throws(CaptureError) -> CaptureFileReader.ReadResult {
        let result = reader.next()
        guard case .packet(let packet) = result else { return result }
        try reader.withBytes(of: packet) { bytes throws(CaptureError) in
            redaction.sawInput(bytes, at: packet.header.time)
            let isWanted = try filters?.pass(bytes, packet.header) ?? true
            recorder.receive(bytes, packet.header, isWanted: isWanted)
        }
        return result
    }

    private func write(
        _ recorder: inout PacketRecorder,
        to trace: inout TraceWriter?,
        _ selector: inout ExchangeSelector,
        _ redaction: inout RecordRedaction,
        _ makeWriter: (TraceInfo) throws(TraceError) -> TraceWriter
    ) throws(CaptureError) {
        do throws(TraceError) {
            if trace == nil { trace = try makeWriter(info(epoch: recorder.epoch ?? 0)) }
            try trace?.append(
                selector.select(recorder.takeRecords()),
                redacting: &redaction,
                counting: &recorder.counters.exchanges
            )
        } catch {
            throw .output(error)
        }
    }

    private func info(epoch: Int64) -> TraceInfo {
        var info = TraceInfo(
            writer: writer,
            source: "pcap",
            epoch: epoch,
            bodies: options.bodies.rawValue
        )
        info.redaction = options.redaction.statement(keyWithout: "from the packets")
        return info
    }
}
