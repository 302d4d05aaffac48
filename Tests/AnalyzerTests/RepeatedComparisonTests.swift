import SeededRandom
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct RepeatedComparisonTests {
    /// Repetitions in which each route changes by the given log-ratios, one for each repetition.
    private func comparison(
        _ effects: [String: [Double]],
        service: Int64 = 10_000,
        options: ComparisonOptions = .init()
    ) throws -> RepeatedComparison {
        let count = try #require(effects.values.first?.count)
        let repetitions = try (0..<count).map { repetition in
            var runs = [SyntheticRun(), SyntheticRun()]
            for (route, logRatios) in effects.sorted(by: { $0.key < $1.key }) {
                for number in 0..<40 as Range<Int64> {
                    let after = Double(service) * exponential(logRatios[repetition])
                    runs[0].answer(route, due: number, service: service)
                    runs[1].answer(route, due: number, service: Int64(after.rounded()))
                }
            }
            return try Repetition(
                baseline: runs[0].analysed(),
                candidate: runs[1].analysed(),
                options: options
            )
        }
        return try RepeatedComparison(repetitions, options: options)
    }

    /// V7 of docs/measurement.md, by margin.
    @Test(arguments: [
        (0.05, Verdict.equivalent), (0.015, .regressed), (0.03, .inconclusive),
    ])
    func verdictComesFromTheIntervalOverRepetitions(_ margin: Double, _ verdict: Verdict) throws {
        var options = ComparisonOptions()
        options.margin = margin
        let effects = [0.021, 0.034, 0.018, 0.041, 0.027, 0.030]
        let comparison = try comparison(["/health": effects], service: 9_000_000, options: options)
        let effect = try #require(comparison.overall.effect)
        #expect(abs(effect.change - 0.02891) < 1e-5)
        #expect(abs(effect.low - 0.01982) < 1e-5)
        #expect(abs(effect.high - 0.03808) < 1e-5)
        #expect(abs(effect.probability - 0.0004251212) < 1e-5)
        #expect(effect.signFlipProbability == 0.03125)
        #expect(effect.verdict == verdict)
        #expect(comparison.verdict == verdict)
        #expect(effect.isSlowerBySomeAmount == (margin == 0.03))
    }

    @Test func undecidedComparisonSaysHowManyRepetitionsItNeeds() throws {
        let effects = [0.00, 0.09, 0.01, 0.08, 0.02, 0.07]
        let comparison = try comparison(["/health": effects])
        #expect(comparison.verdict == .inconclusive)
        let effect = try #require(comparison.overall.effect)
        // (2.571 · 0.0394 ÷ |0.045 − 0.0488|)² is about 711.
        let needed = try #require(effect.repetitionsNeeded)
        #expect((650...780).contains(needed))
        #expect(comparison.reasons.first?.contains("needs about \(needed) repetitions") == true)
        let clear = try self.comparison(["/health": [0, 0.001, 0, 0.001, 0, 0.001]])
        #expect(clear.overall.effect?.repetitionsNeeded == nil)
    }

    @Test func twoRepetitionsDecideNothing() throws {
        let comparison = try comparison(["/health": [0.08, 0.12]])
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.textReport().contains("K = 2"))
        #expect(comparison.textReport().contains("fewer than six repetitions"))
    }

    @Test func routesAreCorrectedForTheirNumber() throws {
        // The interval of /static is above the margin, but among ten routes that is no discovery.
        var effects: [String: [Double]] = ["/static": [0.055, 0.245, 0.15]]
        for number in 0..<9 { effects["/run\(number)"] = [-0.001, 0.002, 0] }
        let wide = try comparison(effects)
        let route = try #require(wide.routes.first { $0.name == "/static" })
        #expect(route.effect?.verdict != .regressed)
        #expect(!route.isDiscovery)
        effects["/static"] = [0.14, 0.15, 0.16]
        let narrow = try comparison(effects)
        let found = try #require(narrow.routes.first)
        #expect(found.name == "/static")
        #expect(found.isDiscovery)
        #expect(found.verdict == .regressed)
        #expect(narrow.routes.dropFirst().allSatisfy { !$0.isDiscovery })
        #expect(narrow.verdict == .regressed)
        #expect(narrow.reasons.first?.hasPrefix("/static: slower, +16 %") == true)
    }

    @Test func regressionThatIsNoDiscoveryIsUndecided() throws {
        var effects: [String: [Double]] = ["/static": [0.20, 0.24, 0.16]]
        for number in 0..<29 { effects["/run\(number)"] = [-0.001, 0.001, 0] }
        let route = try #require(
            try comparison(effects).routes.first { $0.name == "/static" }
        )
        #expect(route.effect?.verdict == .regressed)
        #expect(!route.isDiscovery)
        #expect(route.verdict == .inconclusive)
    }

    @Test func whatAWholeRunIsOffByFallsOutBesideTheOtherRoutes() throws {
        let offsets = [0.03, -0.02, 0.01, -0.03, 0.02, -0.01]
        var effects: [String: [Double]] = ["/static": offsets.map { $0 + 0.03 }]
        for number in 0..<8 {
            effects["/run\(number)"] = offsets.enumerated().map { repetition, offset in
                offset + Double((number * 7 + repetition * 5) % 11 - 5) * 1e-3
            }
        }
        let comparison = try comparison(effects)
        let route = try #require(comparison.routes.first { $0.name == "/static" })
        let (own, beside) = (try #require(route.effect), try #require(route.relative))
        #expect(own.probability > 0.01)
        #expect(beside.probability < 1e-4)
        #expect(abs(beside.change - 0.03) < 1e-3)
        #expect(route.isDiscovery)
        #expect(comparison.routes.count { $0.isDiscovery } == 1)
        #expect(comparison.overall.relative == nil)
    }

    @Test func theRoutesThatDidNotMoveAreNoDiscoveries() throws {
        // Most routes got slower; beside them, the two that did not look faster.
        let noise = [0.004, -0.003, 0.001, -0.004, 0.003, -0.001]
        var effects: [String: [Double]] = ["/static": noise, "/health": noise.reversed()]
        for number in 0..<6 { effects["/run\(number)"] = noise.map { $0 + 0.2 } }
        let comparison = try comparison(effects)
        let route = try #require(comparison.routes.first { $0.name == "/static" })
        #expect(route.relative.map { $0.change < -0.15 && $0.probability < 1e-6 } == true)
        #expect(!route.isDiscovery)
        #expect(comparison.routes.count { $0.isDiscovery } == 6)
        #expect(comparison.verdict == .regressed)
    }

    @Test func threeRoutesTellNothingOfEachOther() throws {
        let offsets = [0.03, -0.02, 0.01, -0.03, 0.02, -0.01]
        let comparison = try comparison(
            ["/a": offsets, "/b": offsets, "/c": offsets.map { $0 + 0.03 }]
        )
        #expect(comparison.routes.allSatisfy { $0.relative == nil })
    }

    @Test func noiseFloorWidensTheMargin() throws {
        let effects = ["/health": [0.080, 0.081, 0.082, 0.080, 0.081, 0.082]]
        #expect(try comparison(effects).verdict == .regressed)
        var options = ComparisonOptions()
        options.noiseFloor = NoiseFloor(
            repetitions: 6,
            medians: ["all": 0.1],
            tails: [:],
            cold: nil
        )
        let calibrated = try comparison(effects, options: options)
        #expect(calibrated.verdict == .equivalent)
        #expect(calibrated.overall.effect?.margin == 0.1)
        // A route that was not there when calibrating has the floor of all requests.
        #expect(calibrated.routes.first?.effect?.margin == 0.1)
    }

    @Test func noiseFloorIsWhatRunsOfOneTargetShow() throws {
        let repetitions = try comparison(["/health": [0.01, -0.03, 0.02]]).repetitions
        let floor = NoiseFloor(measuredBy: repetitions)
        #expect(floor.repetitions == 3)
        #expect(abs(try #require(floor.medians["all"]) - (exponential(0.03) - 1)) < 1e-3)
        #expect(floor.medians["/health"] == floor.medians["all"])
        #expect(floor.tails.isEmpty)
        #expect(floor.cold == nil)
    }

    @Test func coldRequestsAreComparedWithColdOnes() throws {
        let repetitions = try (0..<4).map { number in
            let runs = ([200_000, 300_000 + Int64(number) * 1000] as [Int64]).map { cold in
                var run = SyntheticRun()
                run.answer("/run/cart", due: 0, service: cold)
                for due in 0..<40 as Range<Int64> {
                    run.answer("/run/cart", due: 400_000 + due, service: 10_000)
                }
                return run.analysed()
            }
            return try Repetition(baseline: runs[0], candidate: runs[1], options: .init())
        }
        let comparison = try RepeatedComparison(repetitions)
        let cold = try #require(comparison.endpoints.first { $0.kind == .cold })
        #expect(abs(try #require(cold.effect).change - 0.5) < 0.02)
        #expect(cold.verdict == .regressed)
        #expect(comparison.overall.effect?.verdict == .equivalent)
        #expect(comparison.verdict == .regressed)
        #expect(comparison.reasons.first?.hasPrefix("cold_p50: slower, +5") == true)
    }

    @Test(arguments: [(0, Verdict.equivalent), (1, .inconclusive), (2, .regressed)])
    func newFailuresAddUpOverRepetitions(_ failing: Int, _ verdict: Verdict) throws {
        let repetitions = try (0..<6).map { number in
            let runs = [0, failing].map { failing in
                var run = SyntheticRun()
                for due in 0..<40 as Range<Int64> {
                    // One fails in half of the repetitions only.
                    let fails = due < failing && (failing > 1 || number.isMultiple(of: 2))
                    run.answer("/health", due: due, service: 9000, status: fails ? 500 : 200)
                }
                return run.analysed()
            }
            return try Repetition(baseline: runs[0], candidate: runs[1], options: .init())
        }
        let comparison = try RepeatedComparison(repetitions)
        #expect(comparison.verdict == verdict)
        #expect(comparison.endpoints.first { $0.kind == .failures }?.verdict == verdict)
    }

    @Test func replayerThatIsLateOnOneSideInvalidatesTheComparison() throws {
        let repetitions = try (0..<3).map { _ in
            let runs = ([10, 600] as [Int64]).map { late in
                var run = SyntheticRun()
                for due in 0..<400 as Range<Int64> {
                    run.answer("/health", due: due, service: 9000, late: late)
                }
                return run.analysed()
            }
            return try Repetition(baseline: runs[0], candidate: runs[1], options: .init())
        }
        let comparison = try RepeatedComparison(repetitions)
        #expect(comparison.verdict == .invalid)
        #expect(comparison.reasons.first?.contains("later to the candidate") == true)
    }

    @Test func invalidRunIsNamedByItsRepetition() throws {
        var dead = SyntheticRun()
        for due in 0..<100 as Range<Int64> {
            dead.end("/health", due: due, after: 1, .failed(.connectionRefused))
        }
        let good = try comparison(["/health": [0, 0]]).repetitions
        let bad = try Repetition(
            baseline: dead.analysed(),
            candidate: dead.analysed(),
            options: .init()
        )
        let comparison = try RepeatedComparison(good + [bad])
        #expect(comparison.verdict == .invalid)
        #expect(comparison.reasons.first?.hasPrefix("repetition 3, baseline: ") == true)
    }

    @Test func repetitionsOfAnotherTraceAreRefused() throws {
        var other = SyntheticRun()
        other.info.traceHash = "beef"
        other.answer("/health", due: 0, service: 1)
        let good = try comparison(["/health": [0, 0]]).repetitions
        let bad = try Repetition(
            baseline: other.analysed(),
            candidate: other.analysed(),
            options: .init()
        )
        #expect(throws: ComparisonError.self) { try RepeatedComparison(good + [bad]) }
    }

    @Test func reportsOfRepetitionsAreReproducibleAndNarrow() throws {
        let comparison = try comparison([
            "/health": [0.01, -0.02, 0.03, 0.0, 0.01, 0.02],
            "/a-path-with-quite-a-long-first-segment": [0.3, 0.31, 0.29, 0.3, 0.33, 0.28],
        ])
        let text = comparison.textReport()
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 82 })
        #expect(text.contains("REGRESSED *"))
        #expect(text.contains("DECIDES   p50: "))
        #expect(comparison.jsonReport().contains("\"screening\": false"))
        #expect(comparison.markdownReport().contains("REGRESSED (6 repetitions)"))
        #expect(comparison.jsonReport() == comparison.jsonReport())
    }
}
