import Testing
import TraceFormat

@testable import Analyzer

@Suite struct TemperatureTests {
    @Test func firstUseIsColdAndWhatWasSentDuringTheLoadIsShadow() {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 200)  // loads until 200
        run.answer("/run/cart", due: 50, service: 180)  // waits for the load
        run.answer("/run/cart", due: 60, service: 5, status: 429)  // refused while loading
        run.answer("/run/cart", due: 199, service: 90)
        for due in 200..<210 as Range<Int64> { run.answer("/run/cart", due: due, service: 10) }
        run.answer("/run/cart", due: 300, service: 5, status: 503)
        let analysis = run.analysed()
        #expect(analysis.modules.count == 1)
        let module = analysis.modules[0]
        #expect(module.module == "cart")
        #expect(
            module.counts == [.cold: 1, .shadow: 2, .refused: 1, .warm: 10, .unknown: 1]
        )
        #expect(module.coldTimes == [200_000])
        #expect(module.herd == 3)
        #expect(module.firstSuccess == 200_000)
        #expect(module.shadows == [180_000, 90_000])
        #expect(module.warm[.p50] == .exact(10_000))
        #expect(module.penalty?.penalty == 190_000)
        #expect(module.contradictions == 0)
        // Its time confirms that it was the first use, which had only been assumed.
        #expect(module.evidence[.cold] == [.inferred: 1])
    }

    @Test(arguments: [(19 as Int64, true), (20, false)])
    func aFirstUseThatIsFastContradictsItsLabel(service: Int64, isContradicted: Bool) {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: service)
        for due in 100..<110 as Range<Int64> { run.answer("/run/cart", due: due, service: 10) }
        let analysis = run.analysed()
        #expect(analysis.modules[0].contradictions == (isContradicted ? 1 : 0))
        #expect(analysis.records[0].temperature == (isContradicted ? .unknown : .cold))
    }

    @Test func theServersLogOutweighsTheAssumption() {
        var run = SyntheticRun()
        let times: [(due: Int64, service: Int64)] = [
            (0, 10), (100, 200), (150, 190), (160, 10), (400, 10), (500, 250),
        ]
        for (due, service) in times { run.answer("/run/cart", due: due, service: service) }
        for index in run.outcomes.indices { run.outcomes[index].requestID = "r\(index)" }
        func labels(_ loads: ServerLoads?) -> [Temperature?] {
            var knowledge = ServerKnowledge()
            knowledge.loads = loads
            var analyzer = RunAnalyzer(info: run.info, knowledge: knowledge)
            for outcome in run.outcomes { analyzer.add(outcome) }
            return analyzer.finish(ending: run.ending).records.map(\.temperature)
        }
        let loads = ServerLoads(requestIDs: ["r1", "r2", "r5", "of another run"])
        // A script loaded it before; then it was thrown out twice.
        #expect(labels(loads) == [.warm, .cold, .shadow, .warm, .warm, .cold])
        #expect(labels(nil) == [.unknown, .warm, .warm, .warm, .warm, .warm])
        for index in run.outcomes.indices { run.outcomes[index].requestID = nil }
        #expect(labels(loads) == labels(nil))
    }

    @Test func orderOfSendingDecidesNotOrderOfRecording() {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 10, late: 500)
        run.answer("/run/cart", due: 100, service: 200)
        let analysis = run.analysed()
        #expect(analysis.records.map(\.temperature) == [.warm, .cold])
    }

    @Test func missingModuleIsLoadedByItsFirstNotFound() {
        var run = SyntheticRun()
        run.answer("/run/nothing", due: 0, service: 10, status: 404)
        run.answer("/run/nothing", due: 20, service: 10, status: 404)
        #expect(run.analysed().records.map(\.temperature) == [.cold, .warm])
    }

    @Test func trapEndsALoadAndATimeoutDoesNot() {
        var run = SyntheticRun()
        run.end("/run/trap", due: 0, after: 10, .failed(.closedWithoutResponse))
        run.answer("/run/trap", due: 20, service: 10)
        run.end("/run/slow", due: 0, after: 10, .censored(.timeout))
        run.answer("/run/slow", due: 20, service: 10)
        #expect(run.analysed().records.map(\.temperature) == [.cold, .warm, .cold, .shadow])
    }

    @Test func requestsThatNeverReachedTheTargetAreUnknown() {
        var run = SyntheticRun()
        run.end("/run/cart", due: 0, after: 10, .failed(.connectionRefused))
        run.leaveUnsent("/run/cart", due: 5, .interrupted)
        run.answer("/run/cart", due: 20, service: 10)
        #expect(run.analysed().records.map(\.temperature) == [.unknown, .unknown, .cold])
    }

    @Test func onlyModulesHaveATemperature() {
        var run = SyntheticRun()
        for target in ["/health", "/script/checkout", "/static/a.css", "/tenant/acme/cart"] {
            run.answer(target, due: 0, service: 10)
        }
        let analysis = run.analysed()
        #expect(analysis.records.map(\.temperature) == [nil, .script, nil, .cold])
        #expect(analysis.modules.map(\.module) == ["acme/cart"])
    }
}
