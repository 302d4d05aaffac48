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

    /// Sums up labelled records, of which `all` is the headline latency.
    init(
        _ records: ContiguousArray<RequestRecord>,
        modules: [ModuleTemperature],
        hasSchedule: Bool,
        all: LatencySummary
    ) {
        var tally = TallyByCase<Temperature, Int>(0)
        for case let temperature? in records.lazy.map(\.temperature) { tally[temperature] += 1 }
        let counts = tally.members { $0 > 0 }
        self.counts = counts
        penalty = PooledPenalty(modules)
        let summary = { (isIncluded: @escaping (Temperature?) -> Bool) in
            let records = records.lazy.filter { isIncluded($0.temperature) }
            return LatencySummary(headlineOf: records, hasSchedule: hasSchedule)
        }
        let loading = (counts[.cold] ?? 0) + (counts[.shadow] ?? 0)
        withoutLoading = loading == 0 ? all : summary { $0?.isLoading != true }
        withoutUnknown =
            counts[.unknown] == nil
            ? withoutLoading : summary { $0?.isLoading != true && $0 != .unknown }
    }
}

extension LatencySummary {
    /// The headline latency of some records.
    init(headlineOf records: some Sequence<RequestRecord>, hasSchedule: Bool) {
        var (succeeded, censored): ([Int64], [Int64]) = ([], [])
        for record in records {
            let time = hasSchedule ? record.responseTime : record.serviceTime
            if record.isCensored {
                censored.append(time ?? 0)
            } else if record.ending == .succeeded, let time {
                succeeded.append(time)
            }
        }
        self.init(succeeded: succeeded, censored: censored)
    }
}
