@testable import Capture
import Dispatch
import Synchronization
import SystemPackage
import Testing
import TraceFormat

/// A disk in memory that a test can fill up or make hang.
final class ProxyDisk: ByteSink, ByteSource {
    private struct State {
        var bytes: [UInt8] = []
        var isFull = false
    }

    private let state = Mutex(State())
    private let turnstile = DispatchSemaphore(value: 1)

    /// From now on nothing more fits.
    func fillUp() {
        state.withLock { $0.isFull = true }
    }

    /// From now on a write takes until `goOn()`.
    func hang() {
        turnstile.wait()
    }

    func goOn() {
        turnstile.signal()
    }

    func append(_ bytes: [UInt8]) throws(Errno) {
        turnstile.wait()
        turnstile.signal()
        let isFull = state.withLock { state in
            if !state.isFull { state.bytes += bytes }
            return state.isFull
        }
        if isFull { throw .noSpace }
    }

    func truncate(to byteCount: Int64) throws(Errno) {
        state.withLock { $0.bytes.removeLast($0.bytes.count - Int(byteCount)) }
    }

    func byteCount() throws(Errno) -> Int64 {
        state.withLock { Int64($0.bytes.count) }
    }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        state.withLock { Array($0.bytes.dropFirst(Int(offset)).prefix(count)) }
    }

    /// A new trace on the disk.
    func makeTrace(_ info: TraceInfo) throws(TraceError) -> TraceWriter {
        try TraceWriter(storage: self, name: "disk", info: info)
    }

    /// The output of a recorder that writes here.
    func output(_ redaction: RecordingRedaction? = RecordingRedaction()) throws -> RecordingOutput {
        let info = TraceInfo(writer: "test", source: "proxy", epoch: 0, bodies: "all")
        return try RecordingOutput(info, redaction: redaction, rotation: nil) {
            info,
            _ throws(TraceError) in try self.makeTrace(info)
        }
    }

    /// All records of the trace on the disk.
    func records() throws -> [TraceRecord] {
        var reader = try TraceReader(source: self, name: "disk")
        var records: [TraceRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }
}

/// A proxy that records on a disk in memory.
struct ProxySession {
    let disk = ProxyDisk()
    let proxy: LoggingProxy
    let failures = Failures()

    /// The errors that the proxy told of as soon as they came up.
    final class Failures: Sendable {
        private let contents = Mutex<[TraceError]>([])
        var all: [TraceError] { contents.withLock { $0 } }

        func append(_ error: TraceError) {
            contents.withLock { $0.append(error) }
        }
    }

    init(
        upstreamPort: Int,
        waitingByteCountLimit: Int = 64 << 20,
        changing change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = ProxyConfiguration(
            upstreamHost: "127.0.0.1",
            upstreamPort: upstreamPort,
            bodies: .all,
            waitingByteCountLimit: waitingByteCountLimit
        )
        change(&configuration)
        let (disk, failures) = (disk, failures)
        proxy = try await LoggingProxy.start(
            configuration,
            writer: "test",
            wallClock: { 1_000 },
            onFailure: { failures.append($0) }
        ) { info, _ throws(TraceError) in try disk.makeTrace(info) }
    }

    /// A client of the proxy.
    func connect() async throws -> ProxyPeer { try await .connect(to: proxy.port) }

    /// Stops the proxy, gives the open exchanges a minute, and checks that all is accounted for.
    func stop(
        drain: Int64 = 60_000_000_000,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Recording {
        let summary = try await proxy.stop(drain: drain)
        expectBalanced(summary.ledger, sourceLocation: sourceLocation)
        #expect(
            summary.ledger["sources", "bytes"] == summary.ledger["bytes", "seen"],
            sourceLocation: sourceLocation
        )
        #expect(summary.failure == failures.all.first, sourceLocation: sourceLocation)
        #expect(failures.all.count <= 1, sourceLocation: sourceLocation)
        return Recording(records: try disk.records(), ledger: summary.ledger)
    }
}
