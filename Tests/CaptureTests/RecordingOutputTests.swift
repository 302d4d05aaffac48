@testable import Capture
import Synchronization
import Testing
import TraceFormat

/// The traces that a rotated recording leaves are whole, readable each by itself, and linked.
@Suite struct RecordingOutputTests {
    /// The traces of a recording, in memory.
    private final class Shelf: Sendable {
        private let contents = Mutex<[(part: RecordingPart, disk: ProxyDisk)]>([])

        var parts: [RecordingPart] { contents.withLock { $0.map(\.part) } }
        var disks: [ProxyDisk] { contents.withLock { $0.map(\.disk) } }

        func output(_ rotation: Rotation?) throws -> RecordingOutput {
            let info = TraceInfo(writer: "test", source: "proxy", epoch: 5000, bodies: "all")
            return try RecordingOutput(info, redaction: nil, rotation: rotation) {
                info,
                part throws(TraceError) in
                let disk = ProxyDisk()
                self.contents.withLock { $0.append((part, disk)) }
                return try disk.makeTrace(info)
            }
        }
    }

    private func opened(_ connection: UInt64, at time: Int64) -> TraceRecord {
        .opened(ConnectionOpening(connection: connection, client: "a:1", server: "b:2", time: time))
    }

    private func closed(_ connection: UInt64, at time: Int64) -> TraceRecord {
        .closed(ConnectionClosing(connection: connection, time: time, by: .client))
    }

    private func exchange(_ connection: UInt64, _ sequence: UInt64, at time: Int64) -> TraceRecord {
        let message = RecordedMessage(
            head: Array("GET / HTTP/1.1\r\n\r\n".utf8),
            firstByteTime: time,
            lastByteTime: time,
            isComplete: true
        )
        return .exchange(
            Exchange(
                connection: connection,
                sequence: sequence,
                request: message,
                response: nil,
                end: .cutByRecordingEnd
            )
        )
    }

    /// What a record says, at a glance.
    private func story(_ record: TraceRecord) -> String {
        switch record {
        case .opened(let opening):
            "\(opening.connection) opened \(opening.time.map { "\($0)" } ?? "before")"
        case .exchange(let exchange): "\(exchange.connection) exchange \(exchange.sequence)"
        case .closed(let closing): "\(closing.connection) closed \(closing.by.name)"
        }
    }

    @Test func aConnectionThatSpansTracesIsInEachUnderTheSameIdentifier() throws {
        let shelf = Shelf()
        var output = try shelf.output(.interval(nanoseconds: 100))
        try output.append([opened(0, at: 1), exchange(0, 0, at: 2), opened(1, at: 3)], at: 10)
        try output.append([exchange(0, 1, at: 50), closed(1, at: 60)], at: 60)
        try output.flush(at: 99)
        #expect(shelf.parts.count == 1)
        try output.flush(at: 100)
        try output.append([opened(2, at: 110), exchange(2, 0, at: 111)], at: 120)
        try output.append([exchange(0, 2, at: 130)], at: 130)
        try output.append([closed(0, at: 199)], at: 200)
        try output.flush(at: 250)
        try output.append([exchange(2, 1, at: 260), closed(2, at: 270)], at: 270)
        let summary = try output.finish(ledger: Ledger())

        #expect(summary.exchanges == 1)
        #expect(
            shelf.parts == [
                RecordingPart(number: 1, startTime: 5000),
                RecordingPart(number: 2, startTime: 5100),
                RecordingPart(number: 3, startTime: 5200),
            ]
        )
        #expect(
            try shelf.disks.map { try $0.records().map(story) } == [
                [
                    "0 opened 1", "0 exchange 0", "1 opened 3", "0 exchange 1", "1 closed client",
                    "0 closed recording-end",
                ],
                [
                    "2 opened 110", "2 exchange 0", "0 opened before", "0 exchange 2",
                    "0 closed client", "2 closed recording-end",
                ],
                ["2 opened before", "2 exchange 1", "2 closed client"],
            ]
        )
    }

    @Test func everyTraceIsFinishedAndCountsItsOwnExchanges() throws {
        let shelf = Shelf()
        var output = try shelf.output(.byteCount(1))
        for time in 0..<3 as Range<Int64> {
            try output.append(
                [opened(UInt64(time), at: time), exchange(UInt64(time), 0, at: time)],
                at: time
            )
        }
        var account = Ledger()
        account["bytes", "seen"] = 60
        _ = try output.finish(ledger: account)
        #expect(output.ledgers(account).whole["exchanges", "total"] == 3)
        #expect(output.exchangeCount == 3)
        #expect(
            output.byteCount == Int64(try shelf.disks.reduce(0) { try $0 + Int($1.byteCount()) })
        )
        // The size is reached as soon as there is anything.
        #expect(shelf.disks.count == 4)
        var identifiers: Set<String?> = []
        for (index, disk) in shelf.disks.enumerated() {
            var reader = try TraceReader(source: disk, name: "disk")
            while try reader.next() != nil {}
            #expect(reader.damage.isEmpty)
            let ledger = try #require(reader.summary.ledger)
            #expect(ledger["exchanges", "total"] == (index == 3 ? 0 : 1))
            #expect(ledger["bytes", "seen"] == (index == 3 ? 60 : 0))
            #expect(reader.info.epoch == 5000)
            #expect(reader.info.notes["part"] == "\(index + 1)")
            identifiers.insert(reader.info.notes["recording"])
        }
        #expect(identifiers.count == 1 && identifiers.first != .some(nil))
    }

    @Test func withoutRotationThereIsOneTraceAsItCame() throws {
        let shelf = Shelf()
        var output = try shelf.output(nil)
        let records = [opened(0, at: 0), exchange(0, 0, at: 1), closed(0, at: 2)]
        try output.append(records, at: 2)
        try output.flush(at: .max / 4)
        _ = try output.finish(ledger: Ledger())
        #expect(try shelf.disks.map { try $0.records() } == [records])
    }
}
