import Foundation
import SystemPackage
import Testing
import TraceFormat

/// Named baselines, and one number over many runs.
@Suite(.timeLimit(.minutes(5)))
struct BaselineTests {
    /// Writes a run of 120 requests of so many milliseconds.
    private func writeRun(
        _ path: FilePath,
        milliseconds: Int64,
        info change: (inout RunInfo) -> Void = { _ in }
    ) throws {
        let end = { (outcome: inout Outcome) in
            outcome.end = outcome.due + milliseconds * 1_000_000 + Int64(outcome.index % 7) * 1000
        }
        try CommandLineTests.writeRun(to: path, count: 120, change: end, info: change)
    }

    @Test func aBaselineIsKeptListedComparedAndRemoved() async throws {
        let program = try Program()
        try writeRun(program.file("old.mrr"), milliseconds: 9) { $0.environment["host"] = "a" }
        try writeRun(program.file("new.mrr"), milliseconds: 14) { $0.environment["host"] = "a" }
        let saved = try await program.run("baseline", "save", "release-1", "old.mrr")
        #expect(saved.status == 0, "\(saved)")
        let again = try await program.run("baseline", "save", "release-1", "old.mrr")
        again.expectFailure(73, saying: "use --force to replace it")

        let list = try await program.json("baseline", "list", "--json")
        let baseline = try #require(try list["baselines"].elements.first)
        #expect(try baseline["name"].text == "release-1")
        #expect(try baseline["host"].text == "a")
        #expect(try baseline["trace_hash"].text == "4f1c")
        #expect(try baseline["runs"].number == 1)

        let slower = try await program.run("baseline", "compare", "release-1", "new.mrr")
        #expect(slower.status == 1 && slower.output.contains("REGRESSED"), "\(slower)")
        let same = try await program.run("baseline", "compare", "release-1", "old.mrr")
        #expect(same.status == 0, "\(same)")

        let removed = try await program.run("baseline", "remove", "release-1")
        #expect(removed.status == 0, "\(removed)")
        let missing = try await program.run("baseline", "compare", "release-1", "old.mrr")
        missing.expectFailure(66, saying: "there is no baseline 'release-1'")
    }

    @Test func otherHostsAndTracesAreRefusedUnlessForcedAndSaid() async throws {
        let program = try Program()
        try writeRun(program.file("old.mrr"), milliseconds: 9) { $0.environment["host"] = "a" }
        try writeRun(program.file("moved.mrr"), milliseconds: 9) { $0.environment["host"] = "b" }
        try writeRun(program.file("other.mrr"), milliseconds: 9) { info in
            info.environment["host"] = "a"
            info.traceHash = "beef"
        }
        try await program.run("baseline", "save", "nightly", "old.mrr")
        for (run, word) in [("moved.mrr", "ACROSS HOSTS"), ("other.mrr", "ACROSS TRACES")] {
            let refused = try await program.run("baseline", "compare", "nightly", run)
            refused.expectFailure(65, saying: word)
            let forced = try await program.run("baseline", "compare", "nightly", run, "--force")
            #expect(forced.status != 65 && forced.output.contains(word), "\(forced)")
            let report = try JSON(
                try await program.run("baseline", "compare", "--force", "--json", "nightly", run)
                    .output
            )
            let caveat = try #require(try report["method"]["caveats"].elements.first?.text)
            #expect(caveat.hasPrefix(word))
        }
    }

    @Test func onlyRunsOfOneKindMakeABaseline() async throws {
        let program = try Program()
        try writeRun(program.file("a.mrr"), milliseconds: 9)
        try writeRun(program.file("b.mrr"), milliseconds: 9) { $0.speed = "4" }
        try writeRun(program.file("late.mrr"), milliseconds: 9) { $0.planned = 500 }
        let mixed = try await program.run("baseline", "save", "mixed", "a.mrr", "b.mrr")
        mixed.expectFailure(65, saying: "no repetitions")
        let invalid = try await program.run("baseline", "save", "invalid", "late.mrr")
        invalid.expectFailure(3, saying: "late.mrr is not valid")
        let name = try await program.run("baseline", "save", "../up", "a.mrr")
        name.expectUsageError(saying: "'../up' is invalid")
        #expect(try program.fileNames.sorted() == ["a.mrr", "b.mrr", "late.mrr"])
    }

    @Test func aHistoryShowsWhereTheNumberChanged() async throws {
        let program = try Program()
        var names: [String] = []
        for day in 1...12 as ClosedRange<Int64> {
            names.append("day-\(day).mrr")
            // The names are given in the wrong order; the time of the run is what counts.
            try writeRun(program.file("day-\(day).mrr"), milliseconds: day <= 7 ? 9 : 12) { info in
                info.startedAt = day * 86_400_000_000_000
            }
        }
        let history = try await program.json(
            arguments: ["history", "--json", "--markdown", "history.md", "--html", "history.html"]
                + names.reversed()
        )
        #expect(try history["kind"].text == "history")
        #expect(try history["runs"].elements.map { try $0["name"].text } == names)
        let change = try #require(try history["changes"].elements.first)
        #expect(try history["changes"].elements.count == 1)
        #expect(try change["run"].text == "day-8.mrr")
        #expect(abs((try change["change"].measure ?? 0) - 0.333) < 0.01)
        for file in ["history.md", "history.html"] {
            let text = try String(contentsOf: program.url(file), encoding: .utf8)
            #expect(text.contains("day-8.mrr on: 9.0 ms → 12 ms"), "\(text)")
        }
        let text = try await program.run(["history"] + names)
        #expect(text.output.contains("worse from day-8.mrr on"), "\(text)")
        let rate = try await program.run(["history", "--metric", "errors"] + names)
        #expect(rate.output.contains("CHANGES   none found"), "\(rate)")
        let nonsense = try await program.run("history", "--metric", "speed", "day-1.mrr")
        nonsense.expectUsageError(saying: "'speed' is no metric")
    }
}
