import Testing
import TraceFormat

@testable import Analyzer

/// Labels by what is known of the server, and by what times confirm or deny.
@Suite struct ServerKnowledgeTests {
    private func analysed(
        _ run: SyntheticRun,
        _ change: (inout ServerKnowledge) -> Void = { _ in }
    ) -> RunAnalysis {
        var knowledge = ServerKnowledge()
        change(&knowledge)
        return run.analysed(knowledge: knowledge)
    }

    /// A run of two modules, each used again after the other one.
    private func twoModules() -> SyntheticRun {
        var run = SyntheticRun()
        for (module, due) in [("a", 0 as Int64), ("b", 1000), ("a", 2000), ("b", 3000)] {
            run.answer("/run/\(module)", due: due, service: 100)
        }
        return run
    }

    @Test func modulesThatFitStayInMemory() {
        let analysis = analysed(twoModules()) { knowledge in
            knowledge.cache.capacity = 100
            knowledge.cache.sizes = ["a": 60, "b": 40]
        }
        #expect(analysis.modules.map { $0.counts[.warm] } == [1, 1])
        #expect(analysis.modules[0].evidence[.warm] == [.inferred: 1])
    }

    @Test func withoutSizesWarmIsAnAssumption() {
        let analysis = analysed(twoModules())
        #expect(analysis.modules[0].evidence[.warm] == [.assumed: 1])
        #expect(analysis.textReport().contains("no module was thrown out of memory"))
    }

    @Test func whatMayHaveBeenThrownOutIsUnknownUntilTimesTell() {
        let tight = { (knowledge: inout ServerKnowledge) in
            knowledge.cache.capacity = 99
            knowledge.cache.sizes = ["a": 60, "b": 40]
        }
        #expect(
            analysed(twoModules(), tight).records.map(\.temperature)
                == [.unknown, .unknown, .unknown, .unknown]
        )
        var run = SyntheticRun()
        run.answer("/run/a", due: 0, service: 900)
        run.answer("/run/b", due: 1000, service: 10)
        run.answer("/run/a", due: 2000, service: 800)
        for due in 3000..<3009 as Range<Int64> { run.answer("/run/a", due: due, service: 20) }
        let labels = analysed(run, tight).records.filter { $0.module == 0 }.map(\.temperature)
        #expect(labels == [.cold, .cold] + Array(repeating: .warm, count: 9))
    }

    @Test func anHourWithoutUseIsALoadUnlessAScriptMayHaveUsedIt() {
        let hour: Int64 = 3_600_000_000
        var run = SyntheticRun()
        for due in [0, hour, 2 * hour + 1] { run.answer("/run/a", due: due, service: 100) }
        let plain = analysed(run) { $0.artifacts = .cold }
        #expect(plain.records.map(\.temperature) == [.unknown, .warm, .unknown])
        run.outcomes[0].end = 9_000_000
        run.outcomes[2].end = run.outcomes[2].sent.map { $0 + 8_000_000 }
        let slow = analysed(run) { $0.artifacts = .cold }
        #expect(slow.records.map(\.temperature) == [.cold, .warm, .cold])
        #expect(slow.modules[0].tiers == [.compiled: 1, .artifact: 1])
        run.answer("/script/all", due: 10, service: 1)
        // The script may have used it a moment before; that it was slow says that it was not so.
        #expect(analysed(run).records.map(\.temperature) == [.cold, .warm, .cold, .script])
    }

    @Test func residualsTellLoadsFromSlowModules() {
        var run = SyntheticRun()
        // The first one loads for 80 ms; a later one is as slow, but by its own doing.
        run.answer("/run/a", due: 0, service: 90_000)
        for number in 1...9 as ClosedRange<Int64> {
            run.answer("/run/a", due: number * 200_000, service: number == 5 ? 90_000 : 10_000)
        }
        for index in run.outcomes.indices {
            run.outcomes[index].serverMilliseconds = index == 5 ? 89 : 9
        }
        let labels = analysed(run).records
        #expect(labels.map(\.temperature) == [.cold] + Array(repeating: .warm, count: 9))
        #expect(labels[0].label?.evidence == .inferred)
        run.outcomes[0].serverMilliseconds = 89
        #expect(analysed(run).modules[0].contradictions == 1)
    }

    @Test func oneStallAmongWarmRequestsIsNoLoad() {
        var run = SyntheticRun()
        run.answer("/run/a", due: 0, service: 5000)
        for number in 1...50 as ClosedRange<Int64> {
            run.answer("/run/a", due: number * 100_000, service: number == 30 ? 60_000 : 100)
        }
        #expect(analysed(run).records.filter { $0.temperature == .cold }.map(\.index) == [0])
    }

    @Test func percentilesAreToldWithAndWithoutLoads() {
        var run = SyntheticRun()
        for number in 0..<400 as Range<Int64> {
            run.answer("/run/a", due: number * 1000, service: number == 0 ? 900 : 100)
        }
        for number in 0..<6 as Range<Int64> {
            run.answer("/run/m\(number)", due: 500_000 + number * 1000, service: 700 + number)
            for turn in 1...9 as ClosedRange<Int64> {
                let due = 500_000 + number * 1000 + turn * 10_000
                run.answer("/run/m\(number)", due: due, service: 100)
            }
        }
        let effect = analysed(run).cold
        #expect(effect.counts == [.cold: 7, .warm: 453])
        #expect(effect.withoutLoading[.max] == .exact(100_000))
        #expect(effect.withoutUnknown == effect.withoutLoading)
        #expect(effect.penalty?.count == 7)
        #expect(effect.penalty?.median == 603_000)
        #expect(effect.penalty?.interval == 600_000...800_000)
    }

    @Test func theBandShowsWhatUnknownRequestsCouldBe() {
        var run = SyntheticRun()
        for number in 0..<300 as Range<Int64> {
            run.answer("/run/a", due: number * 10_000, service: number < 10 ? 1000 : 100)
        }
        let effect = analysed(run) { knowledge in
            knowledge.cache.capacity = 1
            knowledge.cache.sizes = ["a": 2]
        }.cold
        // Slow ones are told apart, so nothing is unknown, and all ten are loads.
        #expect(effect.counts == [.cold: 10, .warm: 290])
    }

    @Test func aModuleThatNeverAnswersHasNoFirstSuccess() {
        var run = SyntheticRun()
        run.end("/run/trap", due: 0, after: 10, .failed(.closedWithoutResponse))
        let module = analysed(run).modules[0]
        #expect(module.firstSuccess == nil)
        #expect(module.penalty == nil)
    }
}

@Suite struct MikConfigTests {
    @Test(arguments: [
        ("[server]", 64), ("[server]\nauto = true", 64), ("[server]\nauto = false", 256),
        ("[server]\nmax_cache_mb = 0", 64), ("[server]\nmax_cache_mb = 12\nauto = false", 12),
    ])
    func memoryIsAtLeastWhatMikGives(text: String, mebibytes: UInt64) throws {
        #expect(try MikConfig(parsing: text).cacheCapacity == mebibytes << 20)
    }

    @Test func foldersAreThoseOfTheServer() throws {
        let plain = try MikConfig(parsing: "[project]\nname = \"x\"\n[server]\nport = 1")
        #expect(plain.modules == "modules/")
        #expect(plain.userModules == nil)
        let own = try MikConfig(parsing: "[server]\nmodules = \"m\"\nuser_modules = \"t\"")
        #expect(own.modules == "m")
        #expect(own.userModules == "t")
    }

    @Test(arguments: [
        ("", "[server]"), ("[server]\nmodules = 3", "'modules'"), ("x =", "no TOML"),
        ("[server]\nmax_cache_mb = -1", "'max_cache_mb'"), ("[server]\nauto = 1", "'auto'"),
    ])
    func faultsAreNamed(text: String, part: String) {
        let error = #expect(throws: MikConfigError.self) { try MikConfig(parsing: text) }
        #expect(error?.description.contains(part) == true)
    }
}
