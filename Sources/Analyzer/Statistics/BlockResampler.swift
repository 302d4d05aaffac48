/// Finds order statistics of many resamples of the same blocks without sorting each of them.
///
/// Values are sorted once. A resample is a weight for each block; the value at a position is where
/// the walk along the sorted values has passed that much weight. The walk starts at the order
/// statistic of the whole, because that of a resample is rarely far from it.
struct BlockResampler {
    /// The number of blocks.
    let blockCount: Int
    /// The values in ascending order.
    let sorted: [Double]
    private let blockOfRank: [Int32]
    private let blockLength: Int

    /// Where a walk starts.
    struct Start {
        /// The rank at which it does.
        fileprivate let rank: Int
        /// For each block, how many of its values have a lower rank.
        fileprivate let countsBelow: [Int]
    }

    /// Cuts values in order of time into blocks; the last one may be shorter.
    init(_ values: [Double], blockLength: Int) {
        let order = values.enumerated().map {
            (value: $0.element, block: Int32($0.offset / blockLength))
        }
        .ascending { $0.value.orderedBits }
        sorted = order.map(\.value)
        blockOfRank = order.map(\.block)
        blockCount = (values.count + blockLength - 1) / blockLength
        self.blockLength = blockLength
    }

    /// A good start for a quantile: where it is in the whole.
    func start(near fraction: Double) -> Start {
        let rank = Int(Double(sorted.count) * fraction)
        var below = [Int](repeating: 0, count: blockCount)
        for block in blockOfRank.prefix(rank) { below[Int(block)] += 1 }
        return Start(rank: rank, countsBelow: below)
    }

    /// How many values a resample has.
    func total(weights: [Int]) -> Int {
        let whole = weights.dropLast().reduce(0, +) * blockLength
        return whole + weights[blockCount - 1] * (sorted.count - (blockCount - 1) * blockLength)
    }

    /// The values at two positions of a resample, counted from 0, the lower one first.
    func values(
        at lower: Int,
        _ upper: Int,
        weights: [Int],
        from start: Start
    ) -> (lower: Double, upper: Double) {
        var rank = start.rank
        // The weight of all values below the rank.
        var passed = 0
        for (block, weight) in weights.enumerated() { passed += weight * start.countsBelow[block] }
        while passed > lower {
            rank -= 1
            passed -= weights[Int(blockOfRank[rank])]
        }
        func advance(past position: Int) -> Double {
            while true {
                let weight = weights[Int(blockOfRank[rank])]
                if passed + weight > position { return sorted[rank] }
                passed += weight
                rank += 1
            }
        }
        let first = advance(past: lower)
        return (first, upper == lower ? first : advance(past: upper))
    }
}

/// The median of values in ascending order, the mean of the middle two if their count is even.
func median(ofSorted values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
}
