/// How much later the requests of the candidate left than those of the baseline, by the replayer's own
/// doing.
///
/// Lag is part of the response time, so a replayer that was slower on one side looks like a slower
/// target.
struct LagAsymmetry {
    /// How far apart the two sides are at one quantile of their client lags.
    struct Difference {
        /// The quantile.
        let quantile: Quantile
        /// The median over the repetitions of candidate − baseline, in nanoseconds.
        let nanoseconds: Int64
        /// How large it may be, in nanoseconds.
        let limit: Int64
    }

    /// The differences at the median and at p99.
    let differences: [Difference]

    /// Looks at repetitions; `nil` if one has no schedule, and so no lag.
    init?(_ repetitions: [Repetition], margin: Double) {
        let lags = repetitions.compactMap(\.lags)
        guard lags.count == repetitions.count else { return nil }
        let difference = { (quantile: Quantile, lag: (Spread) -> Int64, least: Double) in
            let values = lags.map { lag($0.candidate.clientLag) &- lag($0.baseline.clientLag) }
            let times = repetitions.compactMap { repetition in
                repetition.overall.shifts.first { $0.quantile == quantile }?.baseline
            }
            let reference = Quantile.p50.value(ofSorted: times.sorted()) ?? 0
            // Half of what would matter as a change of the target; an hour is beyond any lag.
            let limit = min(3.6e12, max(least, Double(reference) * margin / 2))
            return Quantile.p50.value(ofSorted: values.sorted()).map {
                Difference(quantile: quantile, nanoseconds: $0, limit: Int64(limit))
            }
        }
        differences = [
            difference(.p50, \.p50, 50_000), difference(.p99, \.p99, 1_000_000),
        ].compactMap { $0 }
    }

    /// What is wrong, in one sentence without a full stop; `nil` if both sides are alike.
    var problem: String? {
        guard
            let worst = differences.first(where: { $0.nanoseconds.magnitude > $0.limit.magnitude })
        else { return nil }
        let side = worst.nanoseconds > 0 ? "candidate" : "baseline"
        let size = duration(Int64(clamping: worst.nanoseconds.magnitude))
        return
            "the replayer itself sent later to the \(side): its client lag is larger by \(size) at "
            + "\(worst.quantile.name), over the limit of \(duration(worst.limit))"
    }
}
