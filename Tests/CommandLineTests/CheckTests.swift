import Foundation
import Testing

/// `check` and the thresholds of `report`: what they print and with which status they end.
@Suite(.timeLimit(.minutes(5)))
struct CheckTests {
    private func programWithRun() throws -> Program {
        let program = try Program()
        try writeRun(to: program.file("run.mrr"), count: 60)
        return program
    }

    @Test func statusTellsHowThresholdsCameOut() async throws {
        let program = try programWithRun()
        let checks: [(thresholds: [String], verdict: String, status: Int32)] = [
            (["p50<1h", "errors<=0%", "rate>0.01/s"], "passed", 0),
            (["p50<1h", "/run/echo p50<1ns"], "missed", 1),
            (["p99<1h"], "undecided", 4), (["/run/other p50<1h"], "undecided", 4),
        ]
        for check in checks {
            let options = check.thresholds.flatMap { ["--threshold", $0] } + ["run.mrr"]
            let finished = try await program.run(["check"] + options)
            #expect(finished.status == check.status, "\(finished)")
            #expect(finished.output.hasPrefix("CHECK     \(check.verdict.uppercased())"))
            let document = try await program.json(
                arguments: ["check", "--json"] + options,
                accepting: [check.status]
            )
            #expect(try document["verdict"].text == check.verdict)
            let report = try await program.run(["report"] + options)
            #expect(report.status == check.status, "\(report)")
            #expect(report.output.contains("\nTHRESH    "))
        }
    }

    @Test func targetsWarnUnlessTheyAreStrict() async throws {
        let program = try programWithRun()
        let text = "[[threshold]]\nmetric = \"p50\"\ntarget = \"< 1ns\"\ncritical = \"< 1h\"\n"
        try Data(text.utf8).write(to: program.url("targets.toml"))
        let options = ["check", "run.mrr", "--targets", "targets.toml"]
        let warned = try await program.run(options)
        #expect(warned.status == 0 && warned.output.contains("warned"), "\(warned)")
        let strict = try await program.run(options + ["--strict"])
        #expect(strict.status == 1 && strict.output.contains("MISSED"), "\(strict)")
    }

    @Test func badTargetsAreNamedWithTheirLine() async throws {
        let program = try programWithRun()
        let text = "\n[[threshold]]\nmetric = \"speed\"\ntarget = \"<1ms\"\n"
        try Data(text.utf8).write(to: program.url("t.toml"))
        let bad = try await program.run("check", "run.mrr", "--targets", "t.toml")
        bad.expectFailure(65, saying: "t.toml: line 2: 'speed' is no metric")
        let missing = try await program.run("check", "run.mrr", "--targets", "none.toml")
        missing.expectFailure(66, saying: "none.toml does not exist")
        let usages = [
            ([], "There is nothing to check"), (["--threshold", "p99"], "has no comparison"),
            (["--profile", "mok"], "There is no profile 'mok'"),
        ]
        for (options, complaint) in usages {
            let finished = try await program.run(["check", "run.mrr"] + options)
            #expect(finished.status == 64, "\(finished)")
            #expect(finished.errors.contains(complaint), "\(finished)")
        }
    }

    @Test func runWithoutASuccessIsNeverAPass() async throws {
        let program = try Program()
        let connections = [Array(repeating: "/no-such-thing", count: 60)]
        try writeTrace(to: program.file("shop.mtr"), connections: connections)
        try await program.standIn { shop, _ in
            try await program.run("--speed", "max", "--target", shop, "-o", "run.mrr", "shop.mtr")
        }
        for threshold in ["errors<=100%", "max<1h", "p50<1h", "rate>0.01/s"] {
            let finished = try await program.run("check", "run.mrr", "--threshold", threshold)
            #expect(finished.status == 3, "\(finished)")
            #expect(finished.output.hasPrefix("CHECK     INVALID"))
        }
    }
}
