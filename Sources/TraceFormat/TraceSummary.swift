internal import Crypto

/// The totals of a trace.
public struct TraceSummary: Equatable, Sendable {
    /// The number of exchanges.
    public var exchanges: UInt64
    /// The number of connections.
    public var connections: UInt64
    /// The least time of a request's first byte, in nanoseconds since the trace's epoch; `nil`
    /// without exchanges.
    public var firstRequestTime: Int64?
    /// The greatest of all times, in nanoseconds since the trace's epoch; `nil` when no record has
    /// a time.
    public var lastTime: Int64?
    /// The SHA-256 of the records in file order, in 64 lower-case hexadecimal digits.
    ///
    /// It does not depend on how the records were cut into blocks, on the information at the start
    /// of the file, or on when the file was written.
    public var contentHash: String
    /// What the recorder saw and what became of it; `nil` when the recording never finished.
    public var ledger: Ledger?

    /// Makes a summary from its parts.
    public init(
        exchanges: UInt64,
        connections: UInt64,
        firstRequestTime: Int64?,
        lastTime: Int64?,
        contentHash: String,
        ledger: Ledger?
    ) {
        self.exchanges = exchanges
        self.connections = connections
        self.firstRequestTime = firstRequestTime
        self.lastTime = lastTime
        self.contentHash = contentHash
        self.ledger = ledger
    }
}

/// Adds up a summary while records are written, or read from a file without an ending.
struct TraceTally: Sendable {
    private var hash = SHA256()
    /// Encoded records that are not in the hash yet.
    private var rows: [UInt8] = []
    private var exchanges: UInt64 = 0
    private var connections: UInt64 = 0
    private var firstRequestTime: Int64?
    private var lastTime: Int64?

    /// Counts a record.
    mutating func add(_ record: TraceRecord) {
        switch record {
        case .opened:
            connections += 1
        case .exchange(let exchange):
            exchanges += 1
            let time = exchange.request.firstByteTime
            firstRequestTime = min(firstRequestTime ?? time, time)
        case .closed:
            break
        }
        if let latest = record.times?.upperBound {
            lastTime = max(lastTime ?? latest, latest)
        }
    }

    /// Adds a record to the content hash.
    mutating func hash(_ record: TraceRecord) {
        rows.append(record: record)
        if rows.count >= 16 << 10 { hashRows() }
    }

    private mutating func hashRows() {
        hash(rows)
        rows.removeAll(keepingCapacity: true)
    }

    /// Adds the encoded records of a whole block to the content hash.
    mutating func hash(_ payload: [UInt8]) {
        unsafe payload.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    }

    /// The totals so far.
    mutating func summary(ledger: Ledger?) -> TraceSummary {
        hashRows()
        let digits = hash.finalize().map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        return TraceSummary(
            exchanges: exchanges,
            connections: connections,
            firstRequestTime: firstRequestTime,
            lastTime: lastTime,
            contentHash: digits.joined(),
            ledger: ledger
        )
    }
}
