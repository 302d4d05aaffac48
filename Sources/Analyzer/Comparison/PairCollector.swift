/// Collects the pairs of one group in order of time.
struct PairCollector: GroupCollector {
    private let divergence: Divergence?
    private var times: [(baseline: Int64, candidate: Int64)] = []
    private var coldLogRatios: [Double] = []
    private var leftOut: [LeftOut: Int] = [:]
    private var flips = FailureFlips()
    private var failures = FailureShares()

    /// Starts without a pair; `divergence` is where the answers of the group are not what they were.
    init(divergence: Divergence? = nil) {
        self.divergence = divergence
    }

    mutating func add(_ use: PairUse) {
        switch use {
        case .used(let baseline, let candidate):
            times.append((baseline, candidate))
        case .cold(let baseline, let candidate):
            coldLogRatios.append(logarithm(Double(candidate) / Double(baseline)))
            leftOut[.cold, default: 0] += 1
        case .leftOut(let reason): leftOut[reason, default: 0] += 1
        }
    }

    /// Counts how the two requests of a pair ended.
    mutating func addEnds(of pair: RequestPair) {
        failures.add(baseline: pair.baseline)
        failures.add(candidate: pair.candidate)
        if let flip = pair.flip { flips.add(flip) }
    }

    func compared(as name: String, options: ComparisonOptions) -> GroupComparison {
        let paired = PairedTimes(times)
        let margins = GroupMargins(
            name,
            baselines: paired?.sortedBaselines ?? [],
            options: options
        )
        let bootstrap = paired.map { paired in
            BlockBootstrap(
                blockLength: BlockBootstrap.blockLength(for: paired.logRatios),
                resamples: options.resamples,
                seed: options.seed
            )
        }
        return GroupComparison(
            name: name,
            pairs: times.count,
            leftOut: leftOut,
            effect: paired.flatMap { paired in
                bootstrap.flatMap { Effect(paired, margins: margins, bootstrap: $0) }
            },
            shifts: shifts(paired, bootstrap: bootstrap),
            flips: flips,
            failures: failures,
            divergence: divergence,
            unpaired: nil
        )
    }

    func estimated(as name: String, options: ComparisonOptions) -> GroupEstimate {
        let paired = PairedTimes(times)
        let judged = times.count >= ComparisonOptions.minimumPairs ? paired : nil
        return GroupEstimate(
            name: name,
            pairs: times.count,
            leftOut: leftOut,
            flips: flips,
            failures: failures,
            divergence: divergence,
            shifts: shifts(paired, bootstrap: nil),
            middle: judged?.middle,
            margins: GroupMargins(
                name,
                baselines: paired?.sortedBaselines ?? [],
                options: options
            ),
            medianDifference: judged?.medianDifference,
            shareSlower: judged?.shareSlower,
            coldMiddle: median(ofSorted: coldLogRatios.sorted())
        )
    }

    /// The percentiles, with intervals if there is something to draw from.
    private func shifts(_ paired: PairedTimes?, bootstrap: BlockBootstrap?) -> [PercentileShift] {
        let resamplers = bootstrap.map { bootstrap in
            (
                BlockResampler(
                    times.map { Double($0.baseline) },
                    blockLength: bootstrap.blockLength
                ),
                BlockResampler(
                    times.map { Double($0.candidate) },
                    blockLength: bootstrap.blockLength
                )
            )
        }
        return PercentileShift.compared.map { quantile in
            PercentileShift(
                quantile,
                baselines: paired?.sortedBaselines ?? [],
                candidates: paired?.sortedCandidates ?? [],
                interval: times.count < quantile.minimumCount
                    ? nil
                    : resamplers.flatMap { sides in
                        bootstrap?.intervalOfShift(
                            quantile,
                            baseline: sides.0,
                            candidate: sides.1
                        )
                    }
            )
        }
    }
}
