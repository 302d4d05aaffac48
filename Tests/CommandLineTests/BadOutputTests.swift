import Foundation
import Testing

/// Output that can't be written: one sentence, exit status 73, and nothing that was there is lost.
@Suite(.timeLimit(.minutes(5)))
struct BadOutputTests {
    /// Where no file can be made; `trace.mtr` is a file.
    private static let impossiblePlaces = [
        (".", "cannot create .: Is a directory"),
        ("trace.mtr/new", "cannot create trace.mtr/new: Not a directory"),
        ("missing/new", "cannot create missing/new: No such file or directory"),
        ("/dev/full", "cannot write /dev/full at byte 0: No space left on device"),
    ]

    @Test(arguments: impossiblePlaces)
    func placeWhereNoTraceCanBe(_ place: String, _ sentence: String) async throws {
        let program = try Program()
        try writeTrace(to: program.file("trace.mtr"), connections: [["/health"]])
        for command in [
            ["demo", "traffic", "--duration", "1s"],
            ["record", "proxy", "--listen", "127.0.0.1:0", "--duration", "1ms"],
        ] {
            let finished = try await program.run(command + ["--force", "-o", place])
            #expect(finished.status == 73, "\(finished)")
            #expect(finished.errors.contains("mik-replay: \(sentence)"), "\(finished)")
        }
        #expect(try program.fileNames == ["trace.mtr"])
    }

    @Test(arguments: impossiblePlaces)
    func placeWhereNoRunCanBe(_ place: String, _ sentence: String) async throws {
        let program = try Program()
        try writeTrace(to: program.file("trace.mtr"), connections: [["/health"]])
        try await program.standIn { shop, _ in
            let arguments = ["--target", shop, "--force", "-o", place, "trace.mtr"]
            let finished = try await program.run(arguments)
            finished.expectFailure(73, saying: sentence)
        }
    }

    @Test func existingOutputStaysUntouchedWithoutForce() async throws {
        let program = try Program()
        try writeTrace(to: program.file("trace.mtr"), connections: [["/health"]])
        let kept = program.url("kept")
        let text = Data("what somebody wants to keep".utf8)
        try text.write(to: kept)
        try await program.standIn { shop, _ in
            try await program.run("--target", shop, "-o", "run.mrr", "trace.mtr")
            for command in [
                ["demo", "traffic", "-o", "kept"],
                ["record", "proxy", "--listen", "127.0.0.1:0", "-o", "kept"],
                ["--target", shop, "-o", "kept", "trace.mtr"],
                ["report", "--markdown", "kept", "run.mrr"],
                ["diff", "--markdown", "kept", "run.mrr", "run.mrr"],
            ] {
                let finished = try await program.run(command)
                finished.expectFailure(73, saying: "kept already exists; use --force to replace it")
                #expect(try Data(contentsOf: kept) == text)
            }
        }
        try await program.run("demo", "traffic", "--duration", "1s", "--force", "-o", "kept")
        #expect(try await program.json("info", "--json", "kept")["kind"].text == "trace")
    }

    @Test func reportsAreWrittenAsMarkdownToo() async throws {
        let program = try Program()
        try writeTrace(to: program.file("trace.mtr"), connections: [["/health"]])
        try await program.standIn { shop, _ in
            try await program.run("--target", shop, "-o", "run.mrr", "trace.mtr")
        }
        try await program.run("report", "--markdown", "report.md", "run.mrr")
        try await program.run("diff", "--markdown", "diff.md", "run.mrr", "run.mrr")
        for name in ["report.md", "diff.md"] {
            let text = try String(contentsOf: program.url(name), encoding: .utf8)
            #expect(text.contains("|") && text.contains("/health"))
        }
    }
}
