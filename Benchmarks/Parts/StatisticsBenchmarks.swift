import Analyzer
import Benchmark
import TraceFormat

/// Analysing a run, and comparing two.
func statisticsBenchmarks() {
    Benchmark("Statistics: analyse \(Scale.count) outcomes") { benchmark in
        let outcomes = SyntheticOutcomes().all
        benchmark.startMeasurement()
        let analysis = analyse(outcomes)
        benchmark.stopMeasurement()
        precondition(analysis.overall.counts.completed == Scale.count, "an outcome was lost")
    }
    Benchmark("Statistics: compare two runs of \(Scale.count)") { benchmark in
        let baseline = analyse(SyntheticOutcomes().all)
        let candidate = analyse(SyntheticOutcomes(slowdown: 1.2).all)
        benchmark.startMeasurement()
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        benchmark.stopMeasurement()
        precondition(comparison.overall.pairs > 0, "no pair was compared")
    }
}

private func analyse(_ outcomes: [Outcome]) -> RunAnalysis {
    var analyzer = RunAnalyzer(info: SyntheticOutcomes.info)
    for outcome in outcomes { analyzer.add(outcome) }
    return analyzer.finish(ending: RunEnding(isPartial: false, duration: 2_000_000_000))
}
