import Analyzer
import Benchmark
import SyntheticTraffic

/// Writing what was found out, about one run and about two.
func reportBenchmarks() {
    let count = UInt64(Scale.count)
    for (name, write) in runReports {
        Benchmark("reports.run-\(name)") { benchmark in
            let analysis = analyse(SyntheticOutcomes(count: count))
            let text = benchmark.measuring { write(analysis) }
            precondition(text.contains("module-7"), "a route is not in the report")
        }
    }
    for (name, write) in comparisonReports {
        Benchmark("reports.comparison-\(name)") { benchmark in
            let baseline = analyse(SyntheticOutcomes(count: count))
            let candidate = analyse(SyntheticOutcomes(count: count, slowdown: 1.2))
            let comparison = try RunComparison(baseline: baseline, candidate: candidate)
            let text = benchmark.measuring { write(comparison) }
            precondition(text.contains("module-7"), "a route is not in the report")
        }
    }
}

private let runReports: [(name: String, write: @Sendable (RunAnalysis) -> String)] = [
    ("text", { $0.textReport() }), ("json", { $0.jsonReport() }), ("html", { $0.htmlReport() }),
]

private let comparisonReports: [(name: String, write: @Sendable (RunComparison) -> String)] = [
    ("text", { $0.textReport() }), ("json", { $0.jsonReport() }),
    ("markdown", { $0.markdownReport() }),
]
