import TraceFormat

let sampleInfo = TraceInfo(
    writer: "mik-replay test",
    source: "proxy",
    epoch: 1_700_000_000_000_000_000,
    bodies: "all"
)

let sampleRunInfo = RunInfo(
    writer: "mik-replay test",
    traceHash: "00ff",
    traceName: "a.mtr",
    target: "http://127.0.0.1:3000",
    speed: "4",
    connections: "recorded",
    planned: 3,
    startedAt: 1_700_000_000_000_000_000
)

func sampleLedger() -> Ledger {
    var ledger = Ledger()
    ledger["packets", "seen"] = 12
    ledger["exchanges", "complete"] = 3
    ledger["packets", "dropped"] = .max
    return ledger
}

/// A finished trace in memory, one block for each element of `blocks`, and where each block ends.
func traceFile(
    _ blocks: [[TraceRecord]],
    finished: Bool = true
) throws -> (bytes: [UInt8], blockEnds: [Int]) {
    let storage = MemoryStorage()
    var writer = try TraceWriter(storage: storage, name: "a.mtr", info: sampleInfo)
    var blockEnds: [Int] = []
    for block in blocks {
        for record in block { try writer.append(record) }
        try writer.flush()
        blockEnds.append(storage.bytes.count)
    }
    if finished { _ = try writer.finish(ledger: sampleLedger()) }
    return (storage.bytes, blockEnds)
}

/// A finished run in memory, one block for each element of `blocks`.
func runFile(_ blocks: [[Outcome]], info: RunInfo = sampleRunInfo) throws -> [UInt8] {
    let storage = MemoryStorage()
    var writer = try RunWriter(storage: storage, name: "a.mrr", info: info)
    for block in blocks {
        for outcome in block { try writer.append(outcome) }
        try writer.flush()
    }
    try writer.finish(RunEnding(isPartial: true, duration: 77, ledger: sampleLedger()))
    return storage.bytes
}

/// What a reader makes of a whole trace.
struct TraceContents {
    var records: [TraceRecord] = []
    var info: TraceInfo
    var summary: TraceSummary
    var damage: [FileDamage]

    init(_ bytes: [UInt8]) throws(TraceError) {
        var reader = try TraceReader(source: MemoryStorage(bytes), name: "a.mtr")
        while let record = try reader.next() { records.append(record) }
        info = reader.info
        summary = reader.summary
        damage = reader.damage
    }
}

/// What a reader makes of a whole run.
struct RunContents {
    var outcomes: [Outcome] = []
    var info: RunInfo
    var ending: RunEnding?
    var damage: [FileDamage]

    init(_ bytes: [UInt8]) throws(TraceError) {
        var reader = try RunReader(source: MemoryStorage(bytes), name: "a.mrr")
        while let outcome = try reader.next() { outcomes.append(outcome) }
        info = reader.info
        ending = reader.ending
        damage = reader.damage
    }
}

/// A small exchange, different for every number.
func sampleExchange(
    connection: UInt64 = 0,
    sequence: UInt64 = 0,
    time: Int64,
    body: [UInt8]? = nil
) -> TraceRecord {
    let request = RecordedMessage(
        head: Array("GET /run/hello?n=\(time) HTTP/1.1\r\nhost: a\r\n\r\n".utf8),
        body: body.map {
            RecordedBody(
                length: UInt64($0.count),
                wireLength: UInt64($0.count),
                fingerprint: Fingerprint(of: $0),
                bytes: $0
            )
        } ?? .empty,
        firstByteTime: time,
        lastByteTime: time + 5,
        isComplete: true
    )
    let response = RecordedMessage(
        head: Array("HTTP/1.1 204 No Content\r\n\r\n".utf8),
        firstByteTime: time + 10,
        lastByteTime: time + 20,
        isComplete: true
    )
    return .exchange(
        Exchange(
            connection: connection,
            sequence: sequence,
            request: request,
            response: RecordedResponse(status: 204, message: response),
            end: .complete
        )
    )
}
