/// Finds order statistics of many resamples of the same blocks without sorting each of them.
///
/// Values are sorted once. A resample is a weight for each block; the value at a position is where
/// the walk along the sorted values has passed that much weight. The walk starts shortly before it,
/// because an order statistic of a resample is rarely far from that of the whole.
struct BlockResampler {
    /// The number of blocks.
    let blockCount: Int
    private let sorted: [Double]
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
        .sorted { $0.value < $1.value }
        sorted = order.map(\.value)
        blockOfRank = order.map(\.block)
        blockCount = (values.count + blockLength - 1) / blockLength
        self.blockLength = blockLength
    }

    /// A good start for a quantile: two standard deviations before its rank if blocks moved as one.
    func start(near fraction: Double) -> Start {
        let count = Double(sorted.count)
        let reach = 2 * (count * Double(blockLength) * fraction * (1 - fraction)).squareRoot()
        let rank = max(0, Int(count * fraction - reach))
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
        var passed = 0
        for (block, weight) in weights.enumerated() { passed += weight * start.countsBelow[block] }
        var rank = start.rank
        if passed > lower {
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
        let first = advance(past: lower)
        return (first, upper == lower ? first : advance(past: upper))
    }
}

/// The median of values in ascending order, the mean of the middle two if their count is even.
func median(ofSorted values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
}
