import Testing
import TraceFormat

@testable import Analyzer

/// Labels by the server's own lists of loaded modules.
@Suite struct ObservationTests {
    private func list(_ time: Int64, _ modules: String...) -> ModuleObservations.List {
        ModuleObservations.List(
            sent: time * 1000,
            end: (time + 1) * 1000,
            modules: Set(modules)
        )
    }

    /// The labels of requests to one module, sent at these microseconds.
    private func labels(
        to target: String = "/run/cart",
        _ requests: [(sent: Int64, service: Int64)],
        lists: [ModuleObservations.List],
        change: (inout SyntheticRun) -> Void = { _ in }
    ) -> [TemperatureLabel] {
        var run = SyntheticRun()
        for request in requests {
            run.answer(target, due: request.sent, service: request.service)
        }
        change(&run)
        var knowledge = ServerKnowledge()
        knowledge.observations = ModuleObservations(lists)
        let records = run.analysed(knowledge: knowledge).records
        return records.filter { $0.module == 0 }.compactMap(\.label)
    }

    @Test(arguments: [("/run/cart", "cart"), ("/tenant/acme/cart", "tenant:acme/cart")])
    func aFirstUseIsColdIfTheModuleWasNotThereBefore(target: String, name: String) {
        let requests: [(Int64, Int64)] = [(100, 50_000), (60_000, 100), (70_000, 100)]
        let fresh = labels(to: target, requests, lists: [list(-20, "other"), list(55_000, name)])
        #expect(fresh.map(\.temperature) == [.cold, .warm, .warm])
        #expect(fresh.map(\.evidence) == [.observed, .observed, .observed])
        let loaded = labels(to: target, requests, lists: [list(-20, "other", name)])
        #expect(loaded.map(\.temperature) == [.warm, .warm, .warm])
        #expect(loaded.allSatisfy { $0.evidence == .observed })
    }

    @Test func whatWasSeenLoadedIsWarmEvenIfItIsSlow() {
        let labels = labels(
            [(100, 80_000), (100_000, 90), (110_000, 110)],
            lists: [list(-20, "cart")]
        )
        #expect(labels.map(\.temperature) == [.warm, .warm, .warm])
        #expect(labels.allSatisfy { !$0.isContradicted })
    }

    @Test func aModuleThatWasGoneIsLoadedAgain() {
        let labels = labels(
            [(100, 50_000), (60_000, 100), (90_000, 40_000), (140_000, 100)],
            lists: [list(-20), list(70_000, "cart"), list(80_000), list(135_000, "cart")]
        )
        #expect(labels.map(\.temperature) == [.cold, .warm, .cold, .warm])
        #expect(labels[2].evidence == .observed)
    }

    @Test func aListMadeDuringALoadSaysNothingOfTheLoad() {
        // The module is in no list before its load has ended.
        let labels = labels(
            [(100, 50_000), (30_000, 20_000), (60_000, 100)],
            lists: [list(-20), list(20_000)]
        )
        #expect(labels.map(\.temperature) == [.cold, .shadow, .warm])
        #expect(labels[1].evidence == .inferred)
        #expect(labels[2].evidence != .observed)
    }

    @Test func aScriptInBetweenMayHaveLoadedTheModule() {
        let labels = labels([(50_000, 100), (60_000, 100)], lists: [list(-20)]) { run in
            run.answer("/script/checkout", due: 100, service: 1000)
            run.outcomes[2].index = 0
            for number in 0..<2 { run.outcomes[number].index += 1 }
        }
        #expect(labels[0].evidence != .observed)
    }

    @Test func theReportTellsHowManyListsThereAre() {
        var run = SyntheticRun()
        run.answer("/run/cart", due: 0, service: 100)
        var knowledge = ServerKnowledge()
        #expect(run.analysed(knowledge: knowledge).jsonReport().contains("\"module_lists\": null"))
        knowledge.observations = ModuleObservations([list(5, "cart"), list(-20)])
        #expect(knowledge.observations?.lists.map(\.sent) == [-20_000, 5000])
        #expect(run.analysed(knowledge: knowledge).jsonReport().contains("\"module_lists\": 2"))
        #expect(run.analysed(knowledge: knowledge).textReport().contains("observed by 2 of the"))
    }
}
