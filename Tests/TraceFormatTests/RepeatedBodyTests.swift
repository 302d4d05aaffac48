import SeededRandom
import Testing

@testable import TraceFormat

/// Bodies that come again are kept once.
@Suite struct RepeatedBodyTests {
    /// Bytes that deflate could not make smaller, but for another number in front.
    private static let noise: [UInt8] = {
        var random = SplitMix64(seed: 1)
        return (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
    }()

    private func body(_ number: Int, count: Int = 5000) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            + Self.noise.prefix(count - 2)
    }

    @Test func sameBodyInManyBlocksIsInTheFileOnce() throws {
        let blocks = (0..<20).map { block in
            (0..<5).map { sampleExchange(time: Int64(block * 10 + $0), body: body(0)) }
        }
        let file = try traceFile(blocks)
        #expect(file.bytes.count < 5000 + 20 * 400)
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks.flatMap { $0 })
        #expect(contents.damage == [])
    }

    @Test func blocksCanBeReadInAnyOrder() throws {
        let blocks = (0..<6).map { block in
            (0..<6).map { sampleExchange(time: Int64(100 - block * 10 + $0), body: body($0)) }
        }
        let bytes = try traceFile(blocks).bytes
        var records = try TraceReader(source: MemoryStorage(bytes), name: "a.mtr").orderedByTime()
        var found: [TraceRecord] = []
        while let record = try records.next() { found.append(record.record) }
        #expect(found == blocks.reversed().flatMap { $0 })
    }

    @Test func exchangeOutlivesTheBlockThatHoldsItsBody() throws {
        let blocks = [0, 1, 2].map { [sampleExchange(time: $0, body: body(0))] }
        var file = try traceFile(blocks)
        file.bytes[file.blockEnds[0] - 1] ^= 1
        let contents = try TraceContents(file.bytes)
        #expect(contents.records.count == 2)
        for record in contents.records {
            guard case .exchange(let exchange) = record else { continue }
            #expect(exchange.request.body.bytes == nil)
            #expect(exchange.request.body.length == 5000)
            #expect(exchange.request.body.fingerprint == Fingerprint(of: body(0)))
        }
        let first = contents.damage.first { if case .rejectedBlock = $0 { true } else { false } }
        #expect(first != nil)
        #expect(
            contents.damage.contains(.lostBodies(offset: Int64(file.blockEnds[0]), count: 1))
        )
        #expect(
            contents.damage.contains(.lostBodies(offset: Int64(file.blockEnds[1]), count: 1))
        )
    }

    @Test func moreBodiesThanAreRememberedAreStillRight() throws {
        let records = (0..<9000).map { number in
            sampleExchange(time: Int64(number), body: body(number % 4500, count: 1024))
        }
        #expect(try TraceContents(traceFile([records]).bytes).records == records)
    }

    /// The same bytes with other words about them are other bodies.
    @Test func bodiesThatDifferInAnythingAreKeptApart() throws {
        func record(_ time: Int64, _ change: (inout RecordedBody) -> Void) -> TraceRecord {
            guard case .exchange(var exchange) = sampleExchange(time: time, body: body(0)) else {
                preconditionFailure("a sample is an exchange")
            }
            change(&exchange.request.body)
            return .exchange(exchange)
        }
        let records = [
            record(0) { _ in }, record(1) { $0.wireLength += 5 }, record(2) { $0.bytes = nil },
            record(3) { $0.fingerprint.low += 1 }, record(4) { $0.bytes = [1] },
            record(5) { $0.length = 1 }, record(6) { $0.bytes = [] }, record(7) { _ in },
        ]
        #expect(try TraceContents(traceFile([records]).bytes).records == records)
        #expect(try TraceContents(traceFile(records.map { [$0] }).bytes).records == records)
    }
}
