/// What the first use costs beside later ones: the difference of the medians.
public struct ColdPenalty: Equatable, Sendable {
    /// The median of the cold times, in nanoseconds.
    public let coldMedian: Int64
    /// The median of the warm times, in nanoseconds.
    public let warmMedian: Int64
    /// The 95 % order-statistic interval of the cold median less the warm one, in nanoseconds.
    ///
    /// `nil` with fewer than six cold times. The warm median counts as known: it rests on many more.
    public let interval: ClosedRange<Int64>?

    /// The cold median less the warm one, in nanoseconds.
    public var penalty: Int64 { coldMedian - warmMedian }

    /// Compares times in nanoseconds; `nil` when there are none on a side.
    public init?(cold: [Int64], warm: [Int64]) {
        guard let median = Quantile.p50.value(ofSorted: warm.ascending()) else { return nil }
        self.init(cold: cold, warmMedian: median)
    }

    /// Compares times in nanoseconds with a median; `nil` when there are none.
    init?(cold: [Int64], warmMedian: Int64) {
        let cold = cold.ascending()
        guard let coldRank = Quantile.p50.rank(in: cold.count) else { return nil }
        coldMedian = cold[coldRank - 1]
        self.warmMedian = warmMedian
        interval = RankInterval(of: .p50, count: cold.count).map {
            cold[$0.lower - 1] - warmMedian...cold[$0.upper - 1] - warmMedian
        }
    }
}
