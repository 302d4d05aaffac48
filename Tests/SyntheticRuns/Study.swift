import Analyzer

/// How often comparisons of synthetic runs say what is true.
public struct Study: Sendable {
    /// The requests and their noise.
    public var target: SyntheticTarget
    /// How many comparisons are made.
    public var trials: Int
    /// How many pairs of runs each comparison has.
    public var repetitions = 6
    /// By which factor the candidate's small route is slower.
    public var slowdown = 1.0

    /// A study of so many comparisons.
    public init(target: SyntheticTarget, trials: Int) {
        self.target = target
        self.trials = trials
    }

    /// What the comparisons said.
    public struct Result: Equatable, Sendable {
        /// How many there were.
        public var trials = 0
        /// Comparisons whose verdict was a regression.
        public var regressed = 0
        /// Comparisons that marked any route as slower or faster.
        public var discovered = 0
        /// Comparisons that marked the small route as slower.
        public var found = 0
        /// Comparisons in which the small route's own verdict was a regression.
        public var foundRegressed = 0
        /// Comparisons that named the small route first.
        public var namedFirst = 0
        /// Comparisons that called the whole equivalent.
        public var equivalent = 0
        /// Comparisons with a regression or a discovery.
        public var alarmed = 0
    }

    /// Makes the comparisons; the same study gives the same result.
    public func run() throws -> Result {
        var result = Result()
        for trial in 0..<UInt64(trials) {
            let comparison = try comparison(trial)
            let small = comparison.routes.first { $0.name == SyntheticTarget.smallRoute }
            let isFound = small.map { $0.isDiscovery && ($0.effect?.change ?? 0) > 0 } ?? false
            let isDiscovered = comparison.routes.contains(where: \.isDiscovery)
            let isRegressed = comparison.verdict == .regressed
            result.trials += 1
            result.regressed += isRegressed ? 1 : 0
            result.discovered += isDiscovered ? 1 : 0
            result.alarmed += isRegressed || isDiscovered ? 1 : 0
            result.found += isFound ? 1 : 0
            result.foundRegressed += small?.verdict == .regressed ? 1 : 0
            result.namedFirst += comparison.routes.first?.name == SyntheticTarget.smallRoute ? 1 : 0
            result.equivalent += comparison.verdict == .equivalent ? 1 : 0
        }
        return result
    }

    private func comparison(_ trial: UInt64) throws -> RepeatedComparison {
        let options = ComparisonOptions()
        let pairs = try (0..<UInt64(repetitions)).map { repetition in
            let seed = (trial * 1000 + repetition) * 2
            return try Repetition(
                baseline: target.run(trace: trial, seed: seed),
                candidate: target.run(trace: trial, seed: seed + 1, slowdown: slowdown),
                options: options
            )
        }
        return try RepeatedComparison(pairs, options: options)
    }
}
