import Analyzer
import Benchmark
import SyntheticTraffic
import TraceFormat

/// Analysing a run, and comparing two.
func statisticsBenchmarks() {
    Benchmark("Statistics: analyse \(Scale.count) outcomes") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let outcomes = Array(run.all)
        benchmark.startMeasurement()
        let analysis = analyse(run, outcomes)
        benchmark.stopMeasurement()
        precondition(analysis.overall.counts.completed == Scale.count, "an outcome was lost")
    }
    Benchmark("Statistics: compare two runs of \(Scale.count)") { benchmark in
        let count = UInt64(Scale.count)
        let baseline = analyse(SyntheticOutcomes(count: count))
        let candidate = analyse(SyntheticOutcomes(count: count, slowdown: 1.2))
        benchmark.startMeasurement()
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        benchmark.stopMeasurement()
        precondition(comparison.overall.pairs > 0, "no pair was compared")
    }
}

private func analyse(_ run: SyntheticOutcomes) -> RunAnalysis {
    analyse(run, Array(run.all))
}

private func analyse(_ run: SyntheticOutcomes, _ outcomes: [Outcome]) -> RunAnalysis {
    var analyzer = RunAnalyzer(info: run.info)
    for outcome in outcomes { analyzer.add(outcome) }
    return analyzer.finish(ending: run.ending)
}
