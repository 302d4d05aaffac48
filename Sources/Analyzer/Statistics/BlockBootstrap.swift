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
        precondition(!values.isEmpty && blockLength > 0, "nothing to draw from")
        let resampler = MedianResampler(values, blockLength: blockLength)
        var generator = SplitMix64(seed: seed)
        var medians: [Double] = []
        medians.reserveCapacity(resamples)
        var weights = [Int](repeating: 0, count: resampler.blockCount)
        for _ in 0..<resamples {
            for block in weights.indices { weights[block] = 0 }
            for _ in weights.indices { weights[generator.next(below: weights.count)] += 1 }
            medians.append(resampler.median(weights: weights))
        }
        medians.sort()
        return medians
    }

    /// The 95 % interval of the median.
    func interval(of values: [Double]) -> ClosedRange<Double> {
        let medians = resampledMedians(of: values)
        guard let low = Quantile(25, of: 1000).value(ofSorted: medians),
            let high = Quantile(975, of: 1000).value(ofSorted: medians)
        else { preconditionFailure("a bootstrap draws at least once") }
        return low...high
    }
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

/// The median of values in ascending order, the mean of the middle two if their count is even.
func median(ofSorted values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
}

/// Finds the median of many resamples of the same blocks without sorting each of them.
///
/// Values are sorted once. A resample is a weight for each block; its median is where the walk
/// along the sorted values has passed half of the weight. The walk starts shortly before the
/// middle, because the median of a resample is rarely far from that of the whole.
private struct MedianResampler {
    let blockCount: Int
    private let sorted: [Double]
    private let blockOfRank: [Int32]
    private let blockSizes: [Int]
    /// The rank at which the walk starts.
    private let start: Int
    /// For each block, how many of its values have a rank below `start`.
    private let countsBelowStart: [Int]

    init(_ values: [Double], blockLength: Int) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        blockCount = (values.count + blockLength - 1) / blockLength
        sorted = order.map { values[$0] }
        blockOfRank = order.map { Int32($0 / blockLength) }
        var sizes = [Int](repeating: blockLength, count: blockCount)
        sizes[blockCount - 1] = values.count - (blockCount - 1) * blockLength
        blockSizes = sizes
        // Two standard deviations of the median's rank if blocks moved as one.
        let reach = Int((Double(values.count) * Double(blockLength)).squareRoot())
        start = max(0, values.count / 2 - reach)
        var below = [Int](repeating: 0, count: blockCount)
        for block in blockOfRank.prefix(start) { below[Int(block)] += 1 }
        countsBelowStart = below
    }

    func median(weights: [Int]) -> Double {
        var total = 0
        var passed = 0
        for (block, weight) in weights.enumerated() {
            total += weight * blockSizes[block]
            passed += weight * countsBelowStart[block]
        }
        var rank = start
        if passed > (total - 1) / 2 {
            passed = 0
            rank = 0
        }
        func advance(past position: Int) -> Double {
            while true {
                let weight = weights[Int(blockOfRank[rank])]
                if passed + weight > position { return sorted[rank] }
                passed += weight
                rank += 1
            }
        }
        let lower = advance(past: (total - 1) / 2)
        let upper = advance(past: total / 2)
        return (lower + upper) / 2
    }
}
