import Interchange
import SystemPackage
import TestSupport
import TraceFormat

/// What an importer made of an input.
struct Imported: Equatable {
    var info: TraceInfo?
    var records: [TraceRecord]
    var losses: LossReport

    /// The exchanges in the order in which they were given out.
    var exchanges: [Exchange] {
        records.compactMap { if case .exchange(let exchange) = $0 { exchange } else { nil } }
    }
}

/// Feeds an importer with the pieces of an input.
func imported<Pieces: Sequence>(
    _ pieces: Pieces,
    by importer: some TraceImporter
) throws(InterchangeError) -> Imported where Pieces.Element == ArraySlice<UInt8> {
    var importer = importer
    var records: [TraceRecord] = []
    for piece in pieces {
        try importer.read(Array(piece))
        records += importer.takeRecords()
    }
    try importer.finish()
    records += importer.takeRecords()
    return Imported(info: importer.info, records: records, losses: importer.losses)
}

/// Feeds an importer with a text.
func imported(
    _ text: String,
    by importer: some TraceImporter
) throws(InterchangeError) -> Imported {
    try imported([Array(text.utf8)[...]], by: importer)
}

/// A trace in a folder of its own.
struct TestTrace {
    private let folder: TemporaryFolder
    private let path: FilePath

    /// The records as a trace whose epoch is in 2026.
    init(_ records: [TraceRecord], ledger: Ledger = Ledger()) throws {
        folder = try TemporaryFolder()
        path = folder.path.appending("test.mtr")
        var notes = Metadata()
        notes["zone"] = "b"
        notes["answer"] = "42"
        let info = TraceInfo(
            writer: "test",
            source: "pcap",
            epoch: 1_790_000_000_000_000_007,
            bodies: "all",
            clock: "kernel",
            redaction: "fields cookie",
            notes: notes
        )
        var writer = try TraceWriter(creating: path, info: info)
        for record in records { try writer.append(record) }
        _ = try writer.finish(ledger: ledger)
    }

    /// What the trace says of itself.
    func info() throws -> TraceInfo { try TraceReader(opening: path).info }

    /// Its content hash.
    func hash() throws -> String { try TraceReader(opening: path).summary.contentHash }

    /// What an exporter makes of it.
    func exported(
        _ make: (TraceInfo, Ledger?) -> any TraceExporter
    ) throws -> (bytes: [UInt8], losses: LossReport) {
        let reader = try TraceReader(opening: path)
        var exporter = make(reader.info, reader.summary.ledger)
        var bytes: [UInt8] = []
        var ordered = reader.orderedByTime()
        while let record = try ordered.next() {
            exporter.add(record)
            bytes += exporter.takeBytes()
        }
        exporter.finish()
        return (bytes + exporter.takeBytes(), exporter.losses)
    }
}
