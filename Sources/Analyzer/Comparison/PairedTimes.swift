/// The times of the same requests in two runs, in order of time, and what is needed of them more
/// than once.
struct PairedTimes {
    /// The median of the log-ratios ln(candidateᵢ ÷ baselineᵢ).
    let middle: Double
    /// The log-ratios in order of time.
    let logRatios: [Double]
    /// The median of candidateᵢ − baselineᵢ, in nanoseconds.
    let medianDifference: Int64
    /// The share of pairs in which the candidate was slower, from 0 to 1.
    let shareSlower: Double
    /// The baseline's nanoseconds in ascending order.
    let sortedBaselines: [Int64]
    /// The candidate's nanoseconds in ascending order.
    let sortedCandidates: [Int64]

    /// The number of pairs.
    var count: Int { logRatios.count }

    /// Takes pairs of nanoseconds above zero; `nil` for none.
    init?(_ pairs: [(baseline: Int64, candidate: Int64)]) {
        logRatios = pairs.map { logarithm(Double($0.candidate) / Double($0.baseline)) }
        sortedBaselines = pairs.map(\.baseline).ascending()
        sortedCandidates = pairs.map(\.candidate).ascending()
        let differences = pairs.map { $0.candidate &- $0.baseline }.ascending()
        guard let middle = median(ofSorted: logRatios.ascending()),
            let medianDifference = Quantile.p50.value(ofSorted: differences)
        else { return nil }
        self.middle = middle
        self.medianDifference = medianDifference
        shareSlower = Double(logRatios.count { $0 > 0 }) / Double(logRatios.count)
    }
}
