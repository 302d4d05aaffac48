/// How far two replays against one and the same target lie apart on a machine: what an A/A
/// calibration measured, as relative changes by endpoint.
///
/// A change that is not larger says nothing about the target.
public struct NoiseFloor: Equatable, Sendable {
    /// The number of pairs of runs that it was measured with.
    public let repetitions: Int
    /// The 95th percentile of |change| of the paired median by name of the group, `all` included.
    public let medians: [String: Double]
    /// The same of p99, for groups with requests enough.
    public let tails: [String: Double]
    /// The same of cold requests; `nil` if there were none.
    public let cold: Double?

    /// Makes a floor from stored numbers.
    public init(
        repetitions: Int,
        medians: [String: Double],
        tails: [String: Double],
        cold: Double?
    ) {
        self.repetitions = repetitions
        self.medians = medians
        self.tails = tails
        self.cold = cold
    }

    /// Nothing was calibrated: no change is too small for the machine.
    public static let unknown = NoiseFloor(repetitions: 0, medians: [:], tails: [:], cold: nil)

    /// The floor of a group's paired median; that of all requests if the group was not there.
    func median(of group: String) -> Double {
        medians[group] ?? medians[GroupEstimate.nameOfAll] ?? 0
    }

    /// The floor of a group's p99.
    func tail(of group: String) -> Double {
        tails[group] ?? tails[GroupEstimate.nameOfAll] ?? 0
    }
}

extension NoiseFloor {
    /// The floor that pairs of runs of one target show.
    public init(measuredBy repetitions: [Repetition]) {
        var medians: [String: [Double]] = [:]
        var tails: [String: [Double]] = [:]
        for group in repetitions.flatMap({ [$0.overall] + $0.routes }) {
            if let middle = group.middle { medians[group.name, default: []].append(middle) }
            if let tail = group.tail { tails[group.name, default: []].append(tail) }
        }
        self.init(
            repetitions: repetitions.count,
            medians: medians.compactMapValues(Self.floor),
            tails: tails.compactMapValues(Self.floor),
            cold: Self.floor(repetitions.compactMap(\.overall.coldMiddle))
        )
    }

    /// The 95th percentile of how far log-ratios are from zero, as a fraction.
    private static func floor(_ logRatios: [Double]) -> Double? {
        Quantile(95, of: 100).value(ofSorted: logRatios.map { abs($0) }.sorted())
            .map { exponential($0) - 1 }
    }
}
