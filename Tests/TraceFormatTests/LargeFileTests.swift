import SeededRandom
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import TraceFormat

/// A file that counts the bytes that are read of it.
private final class CountingSource: ByteSource {
    private let source: FileSource
    private let read = Mutex(0)

    init(_ path: FilePath) throws(TraceError) {
        source = try FileSource(opening: path)
    }

    var readCount: Int { read.withLock { $0 } }

    func byteCount() throws(Errno) -> Int64 { try source.byteCount() }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        let bytes = try source.read(at: offset, count: count)
        read.withLock { $0 += bytes.count }
        return bytes
    }
}

@Suite struct LargeFileTests {
    /// An hour of traffic with bodies that nothing makes smaller, of so many bytes.
    private func write(_ path: FilePath, byteCount: Int) throws -> Int {
        var random = SplitMix64(seed: 1)
        let bodySize = 32 << 10
        let count = byteCount / bodySize
        // Drawing a gigabyte takes long; another number in front makes another body.
        let noise = (0..<bodySize / 8).map { _ in random.next() }
        var body = noise.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        var writer = try TraceWriter(creating: path, info: sampleInfo)
        for number in 0..<count {
            for place in 0..<4 { body[place] = UInt8(truncatingIfNeeded: number >> (place * 8)) }
            let time = Int64(number) * 3_600_000_000_000 / Int64(count)
            try writer.append(
                sampleExchange(
                    connection: UInt64(number / 100),
                    sequence: UInt64(number % 100),
                    time: time,
                    body: body
                )
            )
        }
        _ = try writer.finish(ledger: Ledger())
        return count
    }

    /// The index finds the place; only a block or two are read, whatever the size of the file.
    @Test func openingInTheMiddleReadsLittle() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("large.mtr")
        let count = try write(path, byteCount: 64 << 20)
        let minute: Int64 = 60_000_000_000

        let byTime = try CountingSource(path)
        var records = try TraceReader(source: byTime, name: "large.mtr")
            .orderedByTime(in: 37 * minute...40 * minute)
        let first = try #require(try records.next())
        #expect(first.time >= 37 * minute)
        #expect(first.exchangeIndex == UInt64((count * 37 + 59) / 60))
        #expect(byTime.readCount < 1 << 20)

        let byNumber = try CountingSource(path)
        records = try TraceReader(source: byNumber, name: "large.mtr")
            .orderedByTime(fromExchange: UInt64(count / 2))
        #expect(try records.next()?.exchangeIndex == UInt64(count / 2))
        #expect(byNumber.readCount < 1 << 20)

        let byConnection = try CountingSource(path)
        let connection = UInt64(count / 100 / 2)
        var ofConnection = try TraceReader(source: byConnection, name: "large.mtr")
            .records(ofConnection: connection)
        guard case .exchange(let exchange) = try ofConnection.next() else {
            Issue.record("no exchange of connection \(connection)")
            return
        }
        #expect(exchange.sequence == 0)
        #expect(byConnection.readCount < 1 << 20)
    }
}
