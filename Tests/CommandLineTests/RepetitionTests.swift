import SystemPackage
import Testing
import TraceFormat

/// Comparing lists of runs.
@Suite(.timeLimit(.minutes(5)))
struct RepetitionTests {
    /// Writes a run of forty requests to each of two routes, of which the cart takes `cart`.
    private func writeRun(_ path: FilePath, cart: Int64) throws {
        try CommandLineTests.writeRun(to: path, count: 80) { outcome in
            let isHealth = outcome.index.isMultiple(of: 2)
            outcome.target = isHealth ? "/health" : "/cart"
            outcome.end = outcome.due + (isHealth ? 9_000_000 : cart)
        }
    }

    @Test func repetitionsAreComparedPairByPair() async throws {
        let program = try Program()
        for number in 1...6 as ClosedRange<Int64> {
            try writeRun(program.file("old-\(number).mrr"), cart: 9_000_000 + number * 10_000)
            try writeRun(program.file("new-\(number).mrr"), cart: 12_000_000 - number * 10_000)
        }
        let old = (1...6).map { "old-\($0).mrr" }
        let new = (1...6).map { "new-\($0).mrr" }
        let shown = try await program.run(["diff"] + old + ["--against"] + new)
        #expect(shown.status == 1, "\(shown)")
        #expect(shown.output.contains("K = 6"))
        #expect(shown.output.contains("/cart: slower, +32 %"))
        let asJSON = ["diff", "--json"] + old + ["--against"] + new
        let report = try JSON(try await program.run(asJSON).output)
        #expect(try report["verdict"].text == "regressed")
        #expect(try report["screening"].flag == false)
        let first = try #require(try report["routes"].elements.first)
        #expect(try first["route"].text == "/cart")
        #expect(try first["verdict"].text == "regressed")
        #expect(try first["pairs"].number == 240)
        for group in try report["routes"].elements + [report["overall"]] {
            #expect(
                group.names.isSuperset(of: ["route", "pairs", "verdict", "change", "low", "high"])
            )
        }
        let same = try await program.run(["diff"] + old + ["--against"] + old)
        #expect(same.status == 0, "\(same)")
    }

    @Test func listsOfDifferentLengthsAreRefused() async throws {
        let program = try Program()
        for name in ["a.mrr", "b.mrr", "c.mrr"] {
            try writeRun(program.file(name), cart: 9_000_000)
        }
        let uneven = try await program.run("diff", "a.mrr", "b.mrr", "--against", "c.mrr")
        #expect(uneven.status == 64, "\(uneven)")
        #expect(uneven.errors.contains("2 runs of the baseline and 1 of the candidate"))
        let alone = try await program.run("diff", "a.mrr")
        #expect(alone.status == 64, "\(alone)")
    }
}
