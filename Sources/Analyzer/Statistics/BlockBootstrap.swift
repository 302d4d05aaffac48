import SeededRandom

/// The interval of a median of values that follow each other in time.
///
/// Neighbours share stalls, clock frequency and noisy neighbours, so blocks of them are drawn
/// with replacement, not single values (Politis and Romano; Kuffner et al., arXiv 1710.02537).
/// The interval is the percentile one: ranks ⌈0.025 R⌉ and ⌈0.975 R⌉ of R resampled medians.
struct BlockBootstrap {
    /// The number of neighbours in one block; the last block may be shorter.
    let blockLength: Int
    /// How many times the blocks are drawn.
    let resamples: Int
    /// The seed of the draws.
    let seed: UInt64

    /// The medians of all resamples, in ascending order.
    func resampledMedians(of values: [Double]) -> [Double] {
        let resampler = BlockResampler(values, blockLength: blockLength)
        let start = resampler.start(near: 0.5)
        return draw(resampler.blockCount) { weights in
            let total = resampler.total(weights: weights)
            let middle = resampler.values(
                at: (total - 1) / 2,
                total / 2,
                weights: weights,
                from: start
            )
            return (middle.lower + middle.upper) / 2
        }.sorted()
    }

    /// The 95 % interval of the median.
    func interval(of values: [Double]) -> ClosedRange<Double> {
        Self.interval(ofSorted: resampledMedians(of: values))
    }

    /// The 95 % interval of ln Q(candidate) − ln Q(baseline), each side's own quantile of the same
    /// requests: the values of a pair are drawn together.
    func intervalOfShift(
        _ quantile: Quantile,
        baseline: BlockResampler,
        candidate: BlockResampler
    ) -> ClosedRange<Double> {
        precondition(baseline.blockCount == candidate.blockCount, "both sides have the same blocks")
        let starts = (
            baseline.start(near: quantile.fraction), candidate.start(near: quantile.fraction)
        )
        let ratios = draw(baseline.blockCount) { weights in
            let before = quantileValue(quantile, of: baseline, weights: weights, from: starts.0)
            let after = quantileValue(quantile, of: candidate, weights: weights, from: starts.1)
            return logarithm(after / before)
        }
        return Self.interval(ofSorted: ratios.sorted())
    }

    /// The same for requests that are not the same on both sides: each side is drawn for itself.
    func intervalOfUnpairedShift(
        _ quantile: Quantile,
        baseline: BlockResampler,
        candidate: BlockResampler
    ) -> ClosedRange<Double> {
        let sides = [baseline, candidate].enumerated().map { side, resampler in
            let start = resampler.start(near: quantile.fraction)
            let own = BlockBootstrap(
                blockLength: blockLength,
                resamples: resamples,
                seed: seed &+ UInt64(side)
            )
            return own.draw(resampler.blockCount) { weights in
                logarithm(quantileValue(quantile, of: resampler, weights: weights, from: start))
            }
        }
        return Self.interval(ofSorted: zip(sides[0], sides[1]).map { $1 - $0 }.sorted())
    }

    /// What `statistic` says of each resample, given as a weight for each block.
    private func draw(_ blockCount: Int, statistic: ([Int]) -> Double) -> [Double] {
        precondition(blockCount > 0 && blockLength > 0 && resamples > 0, "nothing to draw from")
        var generator = SplitMix64(seed: seed)
        var weights = [Int](repeating: 0, count: blockCount)
        return (0..<resamples).map { _ in
            for block in weights.indices { weights[block] = 0 }
            for _ in weights.indices { weights[generator.next(below: blockCount)] += 1 }
            return statistic(weights)
        }
    }

    private static func interval(ofSorted values: [Double]) -> ClosedRange<Double> {
        guard let low = Quantile(25, of: 1000).value(ofSorted: values),
            let high = Quantile(975, of: 1000).value(ofSorted: values)
        else { preconditionFailure("a bootstrap draws at least once") }
        return low...high
    }
}

/// The nearest-rank quantile of a resample.
private func quantileValue(
    _ quantile: Quantile,
    of resampler: BlockResampler,
    weights: [Int],
    from start: BlockResampler.Start
) -> Double {
    let position = (quantile.rank(in: resampler.total(weights: weights)) ?? 1) - 1
    return resampler.values(at: position, position, weights: weights, from: start).lower
}

extension BlockBootstrap {
    /// Chooses a block length for values in order of time.
    ///
    /// It starts at √n and doubles while the means of neighbouring blocks still correlate by more
    /// than 0.1 (the rule of Pilot, Li et al. 2016), and always leaves ten blocks or more to draw
    /// from. The start at √n matters: independent noise of single values can hide a slow drift.
    static func blockLength(for values: [Double]) -> Int {
        let longest = max(1, values.count / 10)
        var length = min(longest, Int(Double(values.count).squareRoot().rounded(.up)))
        while length * 2 <= longest,
            abs(lagOneCorrelation(of: blockMeans(of: values, length: length))) > 0.1
        {
            length *= 2
        }
        return length
    }

    private static func blockMeans(of values: [Double], length: Int) -> [Double] {
        stride(from: 0, through: values.count - length, by: length).map { start in
            values[start..<start + length].reduce(0, +) / Double(length)
        }
    }

    /// How much each value resembles the one before it, from −1 to 1.
    private static func lagOneCorrelation(of values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        var variance = 0.0
        var covariance = 0.0
        var previous: Double?
        for value in values {
            let deviation = value - mean
            variance += deviation * deviation
            if let previous { covariance += previous * deviation }
            previous = deviation
        }
        return variance > 0 ? covariance / variance : 0
    }
}
