import Benchmark
import SyntheticTraffic
import TraceFormat

/// Writing and reading traces and runs, without a disk.
func traceBenchmarks() {
    let traffic = SyntheticTraffic(requestCount: UInt64(Scale.count), connectionCount: 64)
    Benchmark("trace.write-exchanges") { benchmark in
        let exchanges = (0..<traffic.requestCount).map {
            TraceRecord.exchange(traffic.exchange($0))
        }
        let summary = try benchmark.measuring {
            var writer = try TraceWriter(storage: Memory(), name: "memory", info: traffic.info)
            for exchange in exchanges { try writer.append(exchange) }
            return try writer.finish(ledger: Ledger())
        }
        precondition(summary.exchanges == traffic.requestCount, "an exchange was lost")
    }
    Benchmark("trace.read-exchanges-by-time") { benchmark in
        let memory = Memory()
        var writer = try TraceWriter(storage: memory, name: "memory", info: traffic.info)
        try traffic.write(to: &writer)
        let exchangeCount = try benchmark.measuring {
            var records = try TraceReader(source: memory, name: "memory").orderedByTime()
            var exchangeCount = 0
            while let next = try records.next() {
                if next.exchangeIndex != nil { exchangeCount += 1 }
            }
            return exchangeCount
        }
        precondition(exchangeCount == Scale.count, "an exchange was lost")
    }
    Benchmark("trace.write-outcomes") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let outcomes = Array(run.all)
        blackHole(try benchmark.measuring { try write(run, outcomes) })
    }
    Benchmark("trace.read-outcomes") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let memory = try write(run, Array(run.all))
        let outcomeCount = try benchmark.measuring {
            var reader = try RunReader(source: memory, name: "memory")
            var outcomeCount = 0
            while try reader.next() != nil { outcomeCount += 1 }
            return outcomeCount
        }
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
