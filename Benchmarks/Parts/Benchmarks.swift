import Benchmark
import Glibc

/// How much each benchmark works through: with `BENCHMARK_ONCE` set, little and only once, to see
/// that everything still runs.
enum Scale {
    static let isSmall = unsafe getenv("BENCHMARK_ONCE") != nil
    static let count = isSmall ? 200 : 20_000
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident],
        warmupIterations: Scale.isSmall ? 0 : 2,
        maxDuration: .seconds(3),
        maxIterations: Scale.isSmall ? 1 : 1000
    )
    framingBenchmarks()
    fileBenchmarks()
    statisticsBenchmarks()
}
