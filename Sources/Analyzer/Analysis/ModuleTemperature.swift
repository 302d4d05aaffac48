/// What one module's loading did in one run.
public struct ModuleTemperature: Equatable, Sendable {
    /// The module, as in ``Route/Handler``.
    public let module: String
    /// How many requests had which temperature.
    public let counts: [Temperature: Int]
    /// What the labels rest on: how many of each temperature, by evidence.
    public let evidence: [Temperature: [LabelEvidence: Int]]
    /// How many of the cold and shadow requests made the server do what.
    public let tiers: [LoadTier: Int]
    /// How many labels the requests' own times deny: first uses as fast as later ones.
    ///
    /// Something else, such as a script or an earlier run, probably loaded the module before.
    public let contradictions: Int
    /// The service times in nanoseconds of cold requests that succeeded, in order of sending.
    public let coldTimes: [Int64]
    /// The percentiles of ``coldTimes``.
    public let cold: LatencySummary
    /// The service times in nanoseconds of shadow requests that succeeded, in order of sending.
    public let shadows: [Int64]
    /// The service times of warm requests that succeeded.
    public let warm: LatencySummary
    /// What a cold request cost over the warm median of the same module; `nil` without the one or the other.
    public let penalty: ColdPenalty?
    /// The most requests that paid for one and the same load.
    public let herd: Int
    /// From when the module's first request was sent until its first success had come, in nanoseconds;
    /// `nil` if there was none.
    public let firstSuccess: Int64?

    /// How many cold times are shown as they are instead of as percentiles.
    static let shownValues = 6

    /// Whether the first request contradicts that it was the first use.
    public var looksPreWarmed: Bool { contradictions > 0 }

    /// Sums up the labelled requests of a module, in order of sending.
    init(module: String, _ requests: [RequestRecord]) {
        var tally = Tally()
        for request in requests { tally.add(request) }
        self.module = module
        counts = tally.counts.members { $0 > 0 }
        evidence = tally.evidence.members { !$0.members { $0 > 0 }.isEmpty }
            .mapValues { $0.members { $0 > 0 } }
        tiers = tally.tiers.members { $0 > 0 }
        contradictions = tally.contradictions
        herd = tally.herd
        coldTimes = tally.times[.cold]
        shadows = tally.times[.shadow]
        cold = LatencySummary(succeeded: coldTimes, censored: [])
        let warmTimes = tally.times[.warm]
        warm = LatencySummary(succeeded: warmTimes, censored: [])
        // Withheld with too few warm times to tell their median.
        penalty = warm[.p50].nanoseconds.flatMap { [coldTimes] in
            ColdPenalty(cold: coldTimes, warmMedian: $0)
        }
        let first = requests.compactMap { $0.reachedTarget ? $0.sent : nil }.min()
        let success = requests.compactMap { $0.ending == .succeeded ? $0.end : nil }.min()
        firstSuccess = first.flatMap { first in success.map { $0 &- first } }
    }

    private struct Tally {
        var counts = TallyByCase<Temperature, Int>(0)
        var evidence = TallyByCase<Temperature, TallyByCase<LabelEvidence, Int>>(TallyByCase(0))
        var tiers = TallyByCase<LoadTier, Int>(0)
        var contradictions = 0
        var times = TallyByCase<Temperature, [Int64]>([])
        var herd = 0
        private var currentHerd = 0

        mutating func add(_ request: RequestRecord) {
            guard let label = request.label else { return }
            counts[label.temperature] += 1
            evidence[label.temperature][label.evidence] += 1
            if label.isContradicted { contradictions += 1 }
            if label.temperature.isLoading {
                tiers[label.tier] += 1
                currentHerd = label.temperature == .cold ? 1 : currentHerd + 1
                herd = max(herd, currentHerd)
            }
            if request.ending == .succeeded, let time = request.serviceTime {
                times[label.temperature].append(time)
            }
        }
    }
}
