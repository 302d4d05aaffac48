import AllocationCount
import Benchmark
import Glibc

/// How much each benchmark works through, and how often.
enum Scale {
    /// Set to see that everything still runs, and how often it allocates: that is the same each time.
    static let runsOnce = text(of: "BENCHMARK_ONCE") != nil
    static let count = text(of: "BENCHMARK_COUNT").flatMap { Int($0) } ?? 20_000

    private static func text(of variable: String) -> String? {
        unsafe getenv(variable).map { unsafe String(cString: $0) }
    }
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: Scale.runsOnce
            ? [.allocations]
            : [.wallClock, .cpuTotal, .throughput, .peakMemoryResident, .allocations],
        warmupIterations: Scale.runsOnce ? 0 : 2,
        maxDuration: .seconds(3),
        maxIterations: Scale.runsOnce ? 1 : 1000,
        thresholds: [.allocations: BenchmarkThresholds(relative: [.p90: 2])]
    )
    framingBenchmarks()
    packetBenchmarks()
    traceBenchmarks()
    pacingBenchmarks()
    statisticsBenchmarks()
    reportBenchmarks()
}

extension BenchmarkMetric {
    /// How often memory was asked for: what no machine and no other program changes.
    static var allocations: BenchmarkMetric {
        .custom("Allocations")
    }
}

extension Benchmark {
    /// Measures what something takes; what comes before and after it is not measured.
    func measuring<Value>(_ body: () throws -> Value) rethrows -> Value {
        startMeasurement()
        let before = allocationCount()
        let value = try body()
        let allocations = allocationCount() - before
        stopMeasurement()
        measurement(.allocations, Int(allocations))
        return value
    }
}
