import Editing
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@Suite struct MergedRecordsTests {
    private func write(_ records: [TraceRecord], epoch: Int64, to path: FilePath) throws {
        let info = TraceInfo(writer: "test", source: "pcap", epoch: epoch, bodies: "all")
        var writer = try TraceWriter(creating: path, info: info)
        for record in records { try writer.append(record) }
        _ = try writer.finish(ledger: Ledger())
    }

    @Test func recordsComeInTheOrderOfTheirUnixTimes() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (folder.path.appending("a"), folder.path.appending("b"))
        try write(
            [Script.exchange(0, 1, at: 30), Script.exchange(0, 0, at: 10)],
            epoch: 1000,
            to: first
        )
        try write(
            [Script.exchange(0, 0, at: 110), Script.exchange(0, 1, at: 125)],
            epoch: 900,
            to: second
        )
        var merged = MergedRecords()
        try merged.add(TraceReader(opening: first).orderedByTime())
        try merged.add(TraceReader(opening: second).orderedByTime())
        var order: [[Int64]] = []
        while let (record, input) = try merged.next() {
            guard case .exchange(let exchange) = record else { continue }
            order.append([Int64(input), exchange.request.firstByteTime])
        }
        // At the same Unix time, the first input comes first.
        #expect(order == [[0, 10], [1, 110], [1, 125], [0, 30]])
    }
}
