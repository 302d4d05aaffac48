internal import Synchronization
public import TraceFormat

/// Asks a live recording to end; may be called from any thread.
public final class StopRequest: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Makes a request that is not made yet.
    public init() {}

    /// Whether it was made.
    var isMade: Bool { flag.load(ordering: .relaxed) }

    /// Makes it.
    public func make() {
        flag.store(true, ordering: .relaxed)
    }
}

/// Records the HTTP exchanges that pass a network interface.
///
///     let session = LiveSession(options: LiveOptions(interface: "eth0"), writer: "mik-replay 0.1")
///     let summary = try session.record(until: stop, wallClock: { timeOfDay() }) {
///         info, part throws(TraceError) in try TraceWriter(creating: "day.mtr", info: info)
///     }
///
/// Memory does not grow with time: connections are given up by the time of the packets, and while
/// none come, by the clock.
public struct LiveSession: Sendable {
    private let options: LiveOptions
    private let writer: String

    /// A session that says in its traces that `writer` made them.
    public init(options: LiveOptions, writer: String) {
        self.options = options
        self.writer = writer
    }

    /// Records until it is asked to stop, or reaches a limit; blocks its thread.
    ///
    /// - Parameters:
    ///   - stop: Ends the recording within a tenth of a second.
    ///   - wallClock: Gives the time of day, in nanoseconds of Unix time.
    ///   - onStart: Called when packets are being captured.
    ///   - onStatus: Called every second.
    ///   - makeTrace: Creates the traces.
    /// - Returns: What the recording came to, once the trace is whole.
    /// - Throws: `CaptureError`.
    public func record(
        until stop: StopRequest,
        wallClock: () -> Int64,
        onStart: () -> Void = {},
        onStatus: (LiveStatus) -> Void = { _ in },
        trace makeTrace:
            @escaping @Sendable (TraceInfo, RecordingPart) throws(TraceError) -> TraceWriter
    ) throws(CaptureError) -> LiveSummary {
        let source = try LiveSource(options)
        let epoch = wallClock()
        let info = TraceInfo(
            writer: writer,
            source: "live",
            epoch: epoch,
            bodies: options.capture.bodies.rawValue,
            clock: "kernel packet timestamps"
        )
        do throws(TraceError) {
            let output = try RecordingOutput(
                info,
                selection: options.capture.selection,
                redaction: options.capture.redaction,
                rotation: options.rotation,
                makeTrace: makeTrace
            )
            onStart()
            var loop = LiveLoop(options, source, output, epoch: epoch)
            while !stop.isMade, try loop.step(wallClock: wallClock, onStatus: onStatus) {}
            return try loop.finish()
        } catch {
            throw .output(error)
        }
    }
}

/// The steps of a live recording.
private struct LiveLoop: ~Copyable {
    private let limits: LiveLimits
    private let epoch: Int64
    private var source: LiveSource
    private var output: RecordingOutput
    private var recorder: PacketRecorder
    private var warnings: [String] = []
    private let start = ContinuousClock.now
    private var nextSecond = ContinuousClock.now + .seconds(1)
    private var packetsUntilLook = Self.packetsPerLook

    /// After how many packets without a pause the clock is looked at.
    private static let packetsPerLook = 256
    /// How long packets may be on their way from the wire to us, in nanoseconds.
    private static let packetDelay: Int64 = 1_000_000_000

    init(
        _ options: LiveOptions,
        _ source: consuming LiveSource,
        _ output: consuming RecordingOutput,
        epoch: Int64
    ) {
        limits = options.limits
        self.source = source
        self.output = output
        self.epoch = epoch
        recorder = PacketRecorder(options.capture, epoch: epoch)
    }

    /// Waits for a packet for a tenth of a second, and records it; `false` ends the recording.
    mutating func step(
        wallClock: () -> Int64,
        onStatus: (LiveStatus) -> Void
    ) throws(TraceError) -> Bool {
        switch source.next(into: &recorder) {
        case .packet:
            try output.append(recorder.takeRecords(), at: recorder.lastTime)
            packetsUntilLook -= 1
            if packetsUntilLook > 0 { return true }
        case .nothing:
            let now = wallClock()
            recorder.passTime(to: now &- Self.packetDelay)
            try output.append(recorder.takeRecords(), at: now &- epoch)
        case .failed(let reason):
            warnings.append("\(source.name) can't be read any more: \(reason)")
            return false
        }
        packetsUntilLook = Self.packetsPerLook
        return try look(wallClock: wallClock, onStatus: onStatus)
    }

    /// Does what is due every second, and checks the limits.
    private mutating func look(
        wallClock: () -> Int64,
        onStatus: (LiveStatus) -> Void
    ) throws(TraceError) -> Bool {
        let now = ContinuousClock.now
        if now >= nextSecond {
            nextSecond = now + .seconds(1)
            try output.flush(at: wallClock() &- epoch)
            onStatus(status())
        }
        let (seconds, attoseconds) = (now - start).components
        return !limits.areReached(
            duration: seconds * 1_000_000_000 + attoseconds / 1_000_000_000,
            byteCount: output.byteCount,
            exchangeCount: output.exchangeCount
        )
    }

    private mutating func status() -> LiveStatus {
        LiveStatus(
            exchanges: output.exchangeCount,
            packets: recorder.counters.packetCount,
            drops: source.dropCount(),
            byteCount: output.byteCount
        )
    }

    /// Ends the recording of what is still open, and the trace.
    mutating func finish() throws(TraceError) -> LiveSummary {
        recorder.recordingEnded()
        try output.append(recorder.takeRecords(), at: recorder.lastTime)
        recorder.counters.droppedPackets = source.dropCount()
        let ledger = recorder.counters.ledger
        let trace = try output.finish(ledger: ledger)
        return LiveSummary(
            trace: trace,
            traceCount: output.partCount,
            ledger: output.ledgers(ledger).whole,
            warnings: warnings
        )
    }
}
