/// What loading did to the whole run.
public struct ColdEffect: Equatable, Sendable {
    /// How many requests had which temperature; those that the server itself answers have none.
    public let counts: [Temperature: Int]
    /// What one cold request cost over the warm median of its own module, of all modules together.
    public let penalty: PooledPenalty?
    /// The headline latency without cold and shadow requests, if the unknown ones were warm.
    public let withoutLoading: LatencySummary
    /// The headline latency without cold, shadow and unknown requests, as if the unknown were cold.
    ///
    /// The truth lies between the two.
    public let withoutUnknown: LatencySummary

    /// Differences to the warm medians of their modules.
    public struct PooledPenalty: Equatable, Sendable {
        /// How many cold requests.
        public let count: Int
        /// The median of the differences, in nanoseconds.
        public let median: Int64
        /// Its 95 % order-statistic interval in nanoseconds; `nil` with fewer than six.
        public let interval: ClosedRange<Int64>?

        init?(_ modules: [ModuleTemperature]) {
            let differences = modules.flatMap { module -> [Int64] in
                guard let penalty = module.penalty else { return [] }
                return module.coldTimes.map { $0 &- penalty.warmMedian }
            }.sorted()
            guard let rank = Quantile.p50.rank(in: differences.count) else { return nil }
            count = differences.count
            median = differences[rank - 1]
            interval = RankInterval(of: .p50, count: differences.count).map {
                differences[$0.lower - 1]...differences[$0.upper - 1]
            }
        }
    }

    /// Whether there is anything to tell: modules, or scripts.
    public var isEmpty: Bool { counts.isEmpty }

    init(
        _ records: ContiguousArray<RequestRecord>,
        modules: [ModuleTemperature],
        hasSchedule: Bool
    ) {
        var counts: [Temperature: Int] = [:]
        for case let temperature? in records.lazy.map(\.temperature) {
            counts[temperature, default: 0] += 1
        }
        self.counts = counts
        penalty = PooledPenalty(modules)
        let settled = records.lazy.filter { $0.temperature?.isLoading != true }
        withoutLoading = GroupSummary(name: "", records: settled, hasSchedule: hasSchedule)
            .headline(hasSchedule: hasSchedule)
        withoutUnknown =
            counts[.unknown] == nil
            ? withoutLoading
            : GroupSummary(
                name: "",
                records: settled.filter { $0.temperature != .unknown },
                hasSchedule: hasSchedule
            ).headline(hasSchedule: hasSchedule)
    }
}
