import Analyzer
import Benchmark
import SyntheticTraffic
import TraceFormat

/// Analysing a run, and comparing two.
func statisticsBenchmarks() {
    Benchmark("statistics.run") { benchmark in
        let run = SyntheticOutcomes(count: UInt64(Scale.count))
        let outcomes = Array(run.all)
        let analysis = benchmark.measuring { analyse(run, outcomes) }
        precondition(analysis.overall.counts.completed == Scale.count, "an outcome was lost")
    }
    Benchmark("statistics.comparison") { benchmark in
        let count = UInt64(Scale.count)
        let baseline = analyse(SyntheticOutcomes(count: count))
        let candidate = analyse(SyntheticOutcomes(count: count, slowdown: 1.2))
        let comparison = try benchmark.measuring {
            try RunComparison(baseline: baseline, candidate: candidate)
        }
        precondition(comparison.overall.pairs > 0, "no pair was compared")
    }
}

/// The analysis of a synthetic run.
func analyse(_ run: SyntheticOutcomes) -> RunAnalysis {
    analyse(run, Array(run.all))
}

private func analyse(_ run: SyntheticOutcomes, _ outcomes: [Outcome]) -> RunAnalysis {
    var analyzer = RunAnalyzer(info: run.info)
    for outcome in outcomes { analyzer.add(outcome) }
    return analyzer.finish(ending: run.ending)
}
