import SeededRandom
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct ComparisonTests {
    /// Two runs of the same requests with noise; `slowdown` multiplies the candidate's times.
    private func noisyRuns(
        count: Int,
        seed: UInt64,
        slowdown: (String) -> Double
    ) throws -> RunComparison {
        var generator = SplitMix64(seed: seed)
        var baseline = SyntheticRun()
        var candidate = SyntheticRun()
        for number in 0..<count {
            let draw = generator.next(below: 100)
            // Five per cent for the cart, the rest for four others.
            let target = draw < 5 ? "/run/cart" : "/run/m\(draw % 4)"
            let base = 2000 * exponential(0.25 * generator.normal())
            let first = base * exponential(0.15 * generator.normal())
            let second = base * exponential(0.15 * generator.normal()) * slowdown(target)
            baseline.answer(target, due: Int64(number) * 1000, service: Int64(first))
            candidate.answer(target, due: Int64(number) * 1000, service: Int64(second))
        }
        return try RunComparison(baseline: baseline.analysed(), candidate: candidate.analysed())
    }

    @Test func requestsThatChangedPlacesAreNotCalledEquivalent() {
        var (baseline, candidate) = (SyntheticRun(), SyntheticRun())
        for number in 0..<400 as Range<Int64> {
            // A fast and a slow group; in the candidate a fifth of the fast ones became slow.
            let isSlow = number % 20 < 9
            let becameSlow = number % 20 >= 16
            baseline.answer("/health", due: number * 10, service: isSlow ? 12_000 : 5_000)
            candidate.answer(
                "/health",
                due: number * 10,
                service: isSlow || becameSlow ? 12_000 : 5_000
            )
        }
        let comparison = try? RunComparison(
            baseline: baseline.analysed(),
            candidate: candidate.analysed()
        )
        #expect(comparison?.verdict == .inconclusive)
        #expect(comparison?.reasons.contains { $0.contains("p50 moved") } == true)
    }

    @Test func slowerRouteIsNamedFirst() throws {
        let comparison = try noisyRuns(count: 6000, seed: 1) { $0 == "/run/cart" ? 1.3 : 1 }
        #expect(comparison.verdict == .regressed)
        let cart = try #require(comparison.routes.first)
        #expect(cart.name == "/run/cart")
        #expect(cart.verdict == .regressed)
        let effect = try #require(cart.effect)
        #expect(effect.low < 0.3 && 0.3 < effect.high)
        #expect(abs(effect.change - 0.3) < 0.05)
        #expect(comparison.routes.dropFirst().allSatisfy { $0.verdict == .equivalent })
        #expect(comparison.reasons.count == 1)
        #expect(comparison.reasons[0].hasPrefix("/run/cart: slower, +"))
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func sameTargetTwiceIsEquivalent(seed: UInt64) throws {
        let comparison = try noisyRuns(count: 6000, seed: seed) { _ in 1 }
        #expect(comparison.verdict == .equivalent)
        #expect(comparison.reasons == [])
    }

    @Test func fasterCandidateIsImproved() throws {
        let comparison = try noisyRuns(count: 2000, seed: 4) { _ in 0.7 }
        #expect(comparison.verdict == .improved)
    }

    @Test func equalInputGivesEqualBytes() throws {
        let reports = try (0..<2).map { _ in
            let comparison = try noisyRuns(count: 500, seed: 5) { _ in 1.1 }
            return comparison.jsonReport() + comparison.textReport() + comparison.markdownReport()
        }
        #expect(reports[0] == reports[1])
    }

    @Test func pairingFindsWhatPoolingCannot() throws {
        let pairs = zip(PairedVector.baseline, PairedVector.candidate).map {
            (baseline: Int64($0 * 1e6 + 0.5), candidate: Int64($1 * 1e6 + 0.5))
        }
        // The vector's twelve pairs twice: the median and its neighbours stay the same.
        let effect = try #require(self.effect(pairs + pairs))
        #expect(abs(effect.change - 0.06892907) < 1e-8)
        #expect(abs((effect.shareSlower ?? 0) - 11.0 / 12) < 1e-12)
        #expect(effect.low > 0)
        #expect(self.effect(Array(pairs)) == nil)
    }

    private func effect(
        _ pairs: [(baseline: Int64, candidate: Int64)],
        options: ComparisonOptions = .init()
    ) -> Effect? {
        PairedTimes(pairs).flatMap { times in
            Effect(
                times,
                margins: GroupMargins("all", baselines: times.sortedBaselines, options: options),
                bootstrap: BlockBootstrap(
                    blockLength: BlockBootstrap.blockLength(for: times.logRatios),
                    resamples: options.resamples,
                    seed: options.seed
                )
            )
        }
    }

    @Test(arguments: [
        (0.06, 0.09, Verdict.regressed), (-0.09, -0.06, .improved), (-0.03, 0.04, .equivalent),
        (-0.05, 0.05, .equivalent), (0.02, 0.08, .inconclusive), (-0.08, 0.08, .inconclusive),
    ])
    func verdictComesFromTheInterval(_ low: Double, _ high: Double, _ verdict: Verdict) {
        let effect = Effect(
            change: (low + high) / 2,
            low: low,
            high: high,
            margin: 0.05,
            medianDifference: 0,
            shareSlower: 0.5,
            blockLength: 1
        )
        #expect(effect.verdict == verdict)
        #expect(effect.isSlowerBySomeAmount == (low == 0.02))
        #expect(!effect.isProbablyRegression)
    }

    @Test(arguments: [(11, Verdict.inconclusive), (9, .equivalent)])
    func routeThatProbablyRegressedKeepsTheWholeFromPassing(
        _ slower: Int,
        _ verdict: Verdict
    ) throws {
        let runs = ([1000, 1200] as [Int64]).map { service in
            var run = SyntheticRun()
            for number in 0..<200 {
                run.answer("/health", due: Int64(number), service: 1000)
            }
            for number in 0..<20 {
                run.answer(
                    "/metrics",
                    due: Int64(number),
                    service: number * 7 % 20 < slower ? service : 1000
                )
            }
            return run.analysed()
        }
        let comparison = try RunComparison(baseline: runs[0], candidate: runs[1])
        #expect(comparison.overall.verdict == .equivalent)
        let metrics = comparison.routes.first { $0.name == "/metrics" }
        #expect(metrics?.verdict == .inconclusive)
        #expect(comparison.verdict == verdict)
    }

    @Test func changesBelowTheFloorDoNotMatter() throws {
        // 20 % slower, but by 40 µs: under the floor of 50 µs.
        let pairs = (0..<100).map { _ in (baseline: Int64(200_000), candidate: Int64(240_000)) }
        var options = ComparisonOptions()
        #expect(effect(pairs, options: options)?.verdict == .equivalent)
        #expect(effect(pairs, options: options)?.margin == 0.25)
        options.floor = 10_000
        #expect(effect(pairs, options: options)?.verdict == .regressed)
    }

    @Test func everyPairIsUsedOrLeftOutForOneReason() throws {
        var baseline = SyntheticRun()
        var candidate = SyntheticRun()
        for run in 0..<2 {
            var side = SyntheticRun()
            side.answer("/run/cart", due: 0, service: 100)  // cold in both
            side.answer("/run/cart", due: 50 + Int64(run) * 100, service: 60)  // shadow, then warm
            side.answer("/run/cart", due: 400, service: 20)
            side.answer("/health", due: 500, service: 60, status: run == 0 ? 200 : 500)
            side.leaveUnsent("/health", due: 600, .incompleteRecording)
            side.answer("/health", due: 700, service: 0)
            side.answer("/health", due: 800, service: 10)
            if run == 0 { side.answer("/metrics", due: 900, service: 10) }
            if run == 0 { baseline = side } else { candidate = side }
        }
        let overall = try RunComparison(
            baseline: baseline.analysed(),
            candidate: candidate.analysed()
        ).overall
        #expect(overall.pairs == 2)
        #expect(
            overall.leftOut == [
                .cold: 1, .temperatureFlip: 1, .notSucceeded: 1, .unsent: 1, .unusableTime: 1,
                .onlyInOneRun: 1,
            ]
        )
    }

    /// A hundred requests to `/health`, of which the first ones get another status.
    private func run(failing: Int, status: UInt16 = 500, count: Int = 100) -> RunAnalysis {
        var run = SyntheticRun()
        for number in 0..<count {
            run.answer(
                "/health",
                due: Int64(number),
                service: 1000,
                status: number < failing ? status : 200
            )
        }
        return run.analysed()
    }

    @Test(arguments: [
        (0, Verdict.equivalent), (2, .equivalent), (3, .inconclusive), (5, .inconclusive),
        (6, .regressed), (100, .regressed),
    ])
    func newFailuresAreNeverOutweighedByGoodTimes(_ failing: Int, _ verdict: Verdict) throws {
        let comparison = try RunComparison(
            baseline: run(failing: 0),
            candidate: run(failing: failing)
        )
        #expect(comparison.verdict == verdict)
        #expect(comparison.overall.flips.newFailures == failing)
        let repaired = try RunComparison(
            baseline: run(failing: failing),
            candidate: run(failing: 0)
        )
        #expect(repaired.verdict == (failing == 100 ? .invalid : .equivalent))
    }

    @Test func statusChangesAreCountedByKind() throws {
        var candidate = SyntheticRun()
        candidate.answer("/health", due: 0, service: 1000, status: 404)
        candidate.end("/health", due: 1, after: 9, .failed(.closedWithoutResponse))
        candidate.answer("/health", due: 2, service: 1000, status: 404)
        let comparison = try RunComparison(
            baseline: run(failing: 1, count: 3),
            candidate: candidate.analysed()
        )
        #expect(
            comparison.statusChanges == [
                .init(baseline: "200", candidate: "404", count: 1),
                .init(baseline: "200", candidate: "closed-without-response", count: 1),
                .init(baseline: "500", candidate: "404", count: 1),
            ]
        )
    }

    @Test func deadCandidateIsInvalidNotFast() throws {
        var candidate = SyntheticRun()
        for due in 0..<100 as Range<Int64> {
            candidate.end("/health", due: due, after: 1, .failed(.connectionRefused))
        }
        let comparison = try RunComparison(
            baseline: run(failing: 0),
            candidate: candidate.analysed()
        )
        #expect(comparison.verdict == .invalid)
        #expect(comparison.reasons.allSatisfy { $0.hasPrefix("candidate: ") })
    }

    @Test func tooFewPairsAreInvalid() throws {
        let comparison = try RunComparison(
            baseline: run(failing: 0, count: 19),
            candidate: run(failing: 0, count: 19)
        )
        #expect(comparison.verdict == .invalid)
        #expect(comparison.reasons == ["all: too few pairs (19, needs 20)"])
        let enough = try RunComparison(
            baseline: run(failing: 0, count: 20),
            candidate: run(failing: 0, count: 20)
        )
        #expect(enough.verdict == .equivalent)
    }

    @Test func emptyRunsAreNoPass() throws {
        let empty = SyntheticRun().analysed()
        #expect(try RunComparison(baseline: empty, candidate: empty).verdict == .invalid)
    }

    @Test func runsOfDifferentTracesAreRefused() throws {
        var other = SyntheticRun()
        other.info.traceHash = "beef"
        let baseline = run(failing: 0)
        let candidate = other.analysed()
        #expect(
            throws: ComparisonError.differentTraces(baseline: "4f1c8e0d22", candidate: "beef")
        ) { try RunComparison(baseline: baseline, candidate: candidate) }
        var options = ComparisonOptions()
        options.allowDifferentTraces = true
        let allowed = try RunComparison(
            baseline: baseline,
            candidate: candidate,
            options: options
        )
        #expect(allowed.textReport().contains("UNPAIRED"))
        // The other run is empty.
        #expect(allowed.verdict == .invalid)
    }

    @Test(arguments: [(1.0, Verdict.equivalent), (1.3, .regressed), (0.7, .improved)])
    func runsOfDifferentTracesAreComparedAsSamples(_ factor: Double, _ verdict: Verdict) throws {
        var generator = SplitMix64(seed: 6)
        let runs = [(1.0, 2000), (factor, 3000)].map { factor, count in
            var run = SyntheticRun()
            run.info.traceHash = "of \(count) requests"
            for number in 0..<count {
                let service = 2000 * exponential(0.1 * generator.normal()) * factor
                run.answer("/health", due: Int64(number) * 1000, service: Int64(service))
            }
            return run.analysed()
        }
        var options = ComparisonOptions()
        options.allowDifferentTraces = true
        let comparison = try RunComparison(
            baseline: runs[0],
            candidate: runs[1],
            options: options
        )
        #expect(comparison.verdict == verdict)
        #expect(!comparison.isPaired)
        #expect(comparison.overall.pairs == 2000)
        let statistics = try #require(comparison.overall.unpaired)
        #expect(statistics.baselineCount == 2000 && statistics.candidateCount == 3000)
        #expect((statistics.mannWhitneyProbability < 0.001) == (factor != 1))
        #expect((statistics.superiority > 0.6) == (factor > 1))
        #expect((statistics.distanceProbability < 0.001) == (factor != 1))
        let tail = try #require(comparison.overall.shifts.last)
        let interval = try #require(tail.interval)
        #expect(interval.contains(try #require(tail.change)))
        #expect(interval.contains(factor - 1))
    }

    @Test func moreFailuresWithoutPairsAreARegression() throws {
        var options = ComparisonOptions()
        options.allowDifferentTraces = true
        let runs = [0, 20].map { failing in
            var run = SyntheticRun()
            run.info.traceHash = "\(failing)"
            for number in 0..<200 as Range<Int64> {
                run.answer(
                    "/health",
                    due: number,
                    service: 2000,
                    status: number < failing ? 500 : 200
                )
            }
            return run.analysed()
        }
        let comparison = try RunComparison(
            baseline: runs[0],
            candidate: runs[1],
            options: options
        )
        #expect(comparison.overall.failures.candidate == .init(tried: 200, failed: 20))
        #expect(comparison.verdict == .regressed)
        #expect(comparison.reasons.first == "/health: 10.0 % more of the requests fail")
    }

    @Test func percentilesOfPairsHaveIntervalsFromDrawingPairsTogether() throws {
        let comparison = try noisyRuns(count: 3000, seed: 8) { _ in 1.2 }
        for shift in comparison.overall.shifts {
            let interval = try #require(shift.interval)
            #expect(interval.contains(try #require(shift.change)))
            #expect(interval.contains(0.2))
            #expect(interval.upperBound - interval.lowerBound < 0.25)
        }
        // What differs from request to request is drawn on both sides, and so cancels.
        let same = try noisyRuns(count: 3000, seed: 8) { _ in 1 }
        let width = try #require(same.overall.shifts.first?.interval)
        #expect(width.upperBound - width.lowerBound < 0.03)
    }

    @Test func runsUnderDifferentConditionsAreRefused() throws {
        var faster = SyntheticRun()
        faster.info.speed = "4"
        var capped = SyntheticRun()
        capped.info.connections = "8"
        let baseline = run(failing: 0)
        #expect(throws: ComparisonError.differentSpeeds(baseline: "1", candidate: "4")) {
            try RunComparison(baseline: baseline, candidate: faster.analysed())
        }
        #expect(
            throws: ComparisonError.differentConnections(baseline: "recorded", candidate: "8")
        ) { try RunComparison(baseline: baseline, candidate: capped.analysed()) }
        var options = ComparisonOptions()
        options.allowDifferentConditions = true
        _ = try RunComparison(
            baseline: baseline,
            candidate: faster.analysed(),
            options: options
        )
    }

    @Test func firstUsesOfAModuleAreComparedWithEachOther() throws {
        let runs = ([200, 300] as [Int64]).map { cold in
            var run = SyntheticRun()
            run.answer("/run/cart", due: 0, service: cold)
            return run.analysed()
        }
        let comparison = try RunComparison(baseline: runs[0], candidate: runs[1])
        #expect(
            comparison.coldChanges == [
                .init(module: "cart", baseline: 200_000, candidate: 300_000)
            ]
        )
    }

    @Test func atFullSpeedServiceTimesAreCompared() throws {
        let runs = ([0, 50_000] as [Int64]).map { late in
            var run = SyntheticRun()
            run.info.speed = "max"
            for due in 0..<100 as Range<Int64> {
                run.answer("/health", due: due, service: 1000, late: late)
            }
            return run.analysed()
        }
        let comparison = try RunComparison(baseline: runs[0], candidate: runs[1])
        #expect(comparison.overall.effect?.change == 0)
        #expect(comparison.verdict == .equivalent)
    }
}

extension SplitMix64 {
    /// A number that is nearly normal, of mean 0 and variance 1: the sum of twelve uniform ones.
    fileprivate mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double(next() >> 11) * 0x1p-53 }
    }
}
