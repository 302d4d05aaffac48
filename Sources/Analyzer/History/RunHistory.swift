public import TraceFormat

/// One number over many runs, and where it changed.
public struct RunHistory: Sendable {
    /// The number.
    public let metric: HistoryMetric
    /// All runs, in the order in which they were made.
    public let entries: [Entry]
    /// Where the number changed, in order; the runs that have none are left out.
    public let changes: [Change]

    /// How many runs a history takes; the search for changes takes their number to the second
    /// power.
    public static let entryLimit = 1000

    /// One run.
    public struct Entry: Sendable {
        /// The name of its file.
        public let name: String
        /// What the run says of itself.
        public let info: RunInfo
        /// The number, or why there is none.
        public let measurement: Measurement
        /// Whether the run can be trusted.
        public let isValid: Bool

        /// Takes the number from a run.
        public init(name: String, run: RunAnalysis, metric: HistoryMetric) {
            self.name = name
            info = run.info
            measurement = run.measure(metric)
            isValid = run.validity.isValid
        }

        /// The number, if it is one to rest on.
        var usable: Quantity? { isValid && !measurement.isLowerBound ? measurement.value : nil }
    }

    /// A change of the level.
    public struct Change: Equatable, Sendable {
        /// The position of the first run after it, among all entries.
        public let position: Int
        /// The median of the runs since the change before.
        public let before: Quantity
        /// The median of the runs up to the next change.
        public let after: Quantity
        /// How likely as clear a change is by chance.
        public let probability: Double

        /// The relative change of the median: 0.29 is 29 % more; `nil` from zero.
        public var change: Double? {
            before.number > 0 ? after.number / before.number - 1 : nil
        }
    }

    /// Puts runs in their order, and finds the changes.
    ///
    /// - Parameters:
    ///   - metric: The number that the entries have.
    ///   - entries: The runs, in any order.
    ///   - seed: The seed of the permutation test.
    public init(of metric: HistoryMetric, _ entries: [Entry], seed: UInt64 = 42) {
        self.metric = metric
        let entries = entries.sorted {
            ($0.info.startedAt, $0.name) < ($1.info.startedAt, $1.name)
        }
        self.entries = entries
        let known = entries.enumerated().compactMap { position, entry in
            entry.usable.map { (position: position, value: $0) }
        }
        let points = ChangePointSearch(seed: seed).changePoints(of: known.map(\.value.number))
        let edges = [0] + points.map(\.position) + [known.count]
        changes = points.enumerated().map { number, point in
            let (start, end) = (edges[number], edges[number + 2])
            return Change(
                position: known[point.position].position,
                before: Self.median(known[start..<point.position].map(\.value)),
                after: Self.median(known[point.position..<end].map(\.value)),
                probability: point.probability
            )
        }
    }

    /// The lower one of the two in the middle, so that it is a number that was measured.
    private static func median(_ values: [Quantity]) -> Quantity {
        values.sorted { $0.number < $1.number }[(values.count - 1) / 2]
    }

    /// What makes runs hard to compare, one sentence each without a full stop.
    public var doubts: [String] {
        var doubts: [String] = []
        for (name, values) in [
            ("traces", Set(entries.map(\.info.traceHash))),
            ("speeds", Set(entries.map(\.info.speed))),
            ("hosts", Set(entries.compactMap { $0.info.environment["host"] })),
            ("kernels", Set(entries.compactMap { $0.info.environment["kernel"] })),
        ] where values.count > 1 {
            doubts.append("the runs are of \(values.count) \(name), which may be what changed")
        }
        let unusable = entries.count { $0.usable == nil }
        if unusable > 0 {
            doubts.append(
                "\(unusable) of \(entries.count) runs are not valid or lack the number, and are "
                    + "left out of the search for changes"
            )
        }
        return doubts
    }
}
