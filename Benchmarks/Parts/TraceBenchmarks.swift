import Benchmark
import SyntheticTraffic
import SystemPackage
import Synchronization
import TraceFormat

/// Writing and reading traces and runs, without a disk.
func fileBenchmarks() {
    let traffic = SyntheticTraffic(requestCount: UInt64(Scale.count), connectionCount: 64)
    Benchmark("Trace: write \(Scale.count) exchanges") { benchmark in
        let exchanges = (0..<traffic.requestCount).map {
            TraceRecord.exchange(traffic.exchange($0))
        }
        benchmark.startMeasurement()
        var writer = try TraceWriter(storage: Memory(), name: "memory", info: traffic.info)
        for exchange in exchanges { try writer.append(exchange) }
        let summary = try writer.finish(ledger: Ledger())
        benchmark.stopMeasurement()
        precondition(summary.exchanges == traffic.requestCount, "an exchange was lost")
    }
    Benchmark("Trace: read \(Scale.count) exchanges by time") { benchmark in
        let memory = Memory()
        var writer = try TraceWriter(storage: memory, name: "memory", info: traffic.info)
        try traffic.write(to: &writer)
        benchmark.startMeasurement()
        var records = try TraceReader(source: memory, name: "memory").orderedByTime()
        var exchangeCount = 0
        while let next = try records.next() {
            if next.exchangeIndex != nil { exchangeCount += 1 }
        }
        benchmark.stopMeasurement()
        precondition(exchangeCount == Scale.count, "an exchange was lost")
    }
    Benchmark("Run: write \(Scale.count) outcomes") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let outcomes = Array(run.all)
        benchmark.startMeasurement()
        blackHole(try write(run, outcomes))
        benchmark.stopMeasurement()
    }
    Benchmark("Run: read \(Scale.count) outcomes") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let memory = try write(run, Array(run.all))
        benchmark.startMeasurement()
        var reader = try RunReader(source: memory, name: "memory")
        var outcomeCount = 0
        while try reader.next() != nil { outcomeCount += 1 }
        benchmark.stopMeasurement()
        precondition(outcomeCount == Scale.count, "an outcome was lost")
    }
}

private func write(_ run: SyntheticOutcomes, _ outcomes: [Outcome]) throws -> Memory {
    let memory = Memory()
    var writer = try RunWriter(storage: memory, name: "memory", info: run.info)
    for outcome in outcomes { try writer.append(outcome) }
    try writer.finish(run.ending)
    return memory
}

/// A file that is only in memory.
private final class Memory: ByteSink, ByteSource {
    private let contents = Mutex<[UInt8]>([])

    func append(_ bytes: [UInt8]) {
        contents.withLock { $0 += bytes }
    }

    func truncate(to byteCount: Int64) {
        contents.withLock { $0.removeSubrange(Int(byteCount)...) }
    }

    func byteCount() -> Int64 {
        contents.withLock { Int64($0.count) }
    }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        contents.withLock { Array($0.dropFirst(Int(offset)).prefix(count)) }
    }
}
