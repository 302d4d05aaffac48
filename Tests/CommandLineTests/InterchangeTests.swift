import Foundation
import SystemPackage
import Testing
import TraceFormat

/// Export and import as their users run them.
@Suite(.timeLimit(.minutes(5)))
struct InterchangeCommandTests {
    private func programWithTrace() throws -> Program {
        let program = try Program()
        try writeTrace(
            to: program.file("shop.mtr"),
            connections: [["/run/cart", "/health"], ["/script/home"]],
            body: { _ in Array("hi".utf8) }
        )
        return program
    }

    @Test func jsonLinesBringTheVeryTraceBack() async throws {
        let program = try programWithTrace()
        let export = try await program.run(
            "export",
            "shop.mtr",
            "--format",
            "jsonl",
            "-o",
            "a.jsonl"
        )
        #expect(export.status == 0 && export.output == "" && export.errors == "")
        let back = try await program.run("import", "a.jsonl", "--format", "jsonl", "-o", "b.mtr")
        #expect(back.status == 0 && back.output == "")
        #expect(back.errors == "b.mtr: 3 exchanges on 2 connections\n")
        let before = try await program.json("info", "--json", "shop.mtr")
        let after = try await program.json("info", "--json", "b.mtr")
        #expect(try before["trace_hash"].text == after["trace_hash"].text)
        #expect(try after["source"].text == "import")
    }

    @Test(arguments: ["jsonl", "har", "gor"])
    func pipesCarryEveryFormat(_ format: String) async throws {
        let program = try programWithTrace()
        let script = """
            '\(Program.path)' export shop.mtr --format \(format) -o - 2> export.log \
            | '\(Program.path)' import - --format \(format) -o - 2> import.log > copy.mtr
            """
        let finished = try await program.shell(script)
        #expect(finished.status == 0, "\(finished)")
        let facts = try await program.json("info", "--json", "copy.mtr")
        #expect(try facts["exchanges"].number == 3)
        #expect(try facts["damage"].elements.isEmpty)
    }

    @Test(arguments: ["jsonl", "har", "gor"])
    func whatIsGzippedIsTheSame(_ format: String) async throws {
        let program = try programWithTrace()
        for options in [["-o", "a"], ["-o", "b.gz"], ["-o", "c", "--gzip"]] {
            let export = try await program.run(
                ["export", "shop.mtr", "--format", format] + options
            )
            #expect(export.status == 0, "\(export)")
        }
        let plain = try Data(contentsOf: program.url("a"))
        let gzipped = try Data(contentsOf: program.url("b.gz"))
        #expect(try Data(contentsOf: program.url("c")) == gzipped)
        #expect(gzipped.count < plain.count)
        #expect(try await program.shell("gzip -dc b.gz | cmp - a").status == 0)
        for name in ["a", "b.gz"] {
            try await program.run("import", name, "--format", format, "-o", "\(name).mtr")
        }
        let imported = try Data(contentsOf: program.url("a.mtr"))
        #expect(try Data(contentsOf: program.url("b.gz.mtr")) == imported)
    }

    @Test(arguments: ["jsonl", "har", "gor"])
    func equalInputsGiveEqualBytes(_ format: String) async throws {
        let program = try programWithTrace()
        for name in ["a", "b"] {
            try await program.run("export", "shop.mtr", "--format", format, "-o", name)
            try await program.run("import", name, "--format", format, "-o", "\(name).mtr")
        }
        #expect(try Data(contentsOf: program.url("a")) == Data(contentsOf: program.url("b")))
        #expect(
            try Data(contentsOf: program.url("a.mtr")) == Data(contentsOf: program.url("b.mtr"))
        )
    }

    @Test(arguments: ["jsonl", "har", "gor"])
    func compressedInputGivesTheSameTrace(_ format: String) async throws {
        let program = try programWithTrace()
        try await program.run("export", "shop.mtr", "--format", format, "-o", "plain")
        try await program.run("import", "plain", "--format", format, "-o", "plain.mtr")
        // Two members behind each other are one file.
        let script = "{ head -c 100 plain | gzip; tail -c +101 plain | gzip; } > plain.gz"
        #expect(try await program.shell(script).status == 0)
        let finished = try await program.run(
            "import",
            "plain.gz",
            "--format",
            format,
            "-o",
            "inflated.mtr"
        )
        #expect(finished.status == 0, "\(finished)")
        #expect(
            try Data(contentsOf: program.url("plain.mtr"))
                == Data(contentsOf: program.url("inflated.mtr"))
        )
    }

    @Test func compressedInputThatIsCutOrDamagedLeavesNoTrace() async throws {
        let program = try programWithTrace()
        try await program.run("export", "shop.mtr", "--format", "gor", "-o", "a.gor")
        #expect(try await program.shell("gzip a.gor").status == 0)
        let whole = try Data(contentsOf: program.url("a.gor.gz"))
        var damaged = whole
        // The checksum is in the last eight bytes.
        damaged[damaged.endIndex - 8] ^= 1
        for (bytes, complaint) in [
            (whole.dropLast(), "a.gor.gz: the gzip data end too early"),
            (damaged, "a.gor.gz: the gzip data are damaged: "),
        ] {
            try bytes.write(to: program.url("a.gor.gz"))
            let finished = try await program.run(
                "import",
                "a.gor.gz",
                "--format",
                "gor",
                "-o",
                "b.mtr"
            )
            finished.expectFailure(65, saying: complaint)
            #expect(try program.fileNames == ["a.gor.gz", "shop.mtr"])
        }
    }

    @Test func whatAFormatCannotCarryIsTold() async throws {
        let program = try programWithTrace()
        let har = try await program.run("export", "shop.mtr", "--format", "har", "-o", "a.har")
        #expect(har.errors.contains("har: 3 exchanges were written with status 0"))
        let document = try JSON(String(contentsOf: program.url("a.har"), encoding: .utf8))
        #expect(try document["log"]["version"].text == "1.2")
        #expect(try document["log"]["entries"].elements.count == 3)
        let log = """
            2026-01-02T03:04:05.000001Z  INFO request{request_id=a trace_id=b method=GET \
            path=/health remote_addr=10.0.0.1:99}: mik::runtime::request_handler: Request started
            """
        try Data(log.utf8).write(to: program.url("mik.log"))
        let imported = try await program.run(
            "import",
            "mik.log",
            "--format",
            "mik-log",
            "-o",
            "l.mtr"
        )
        #expect(imported.status == 0)
        #expect(imported.errors.contains("mik-log: 1 request was made of a request line"))
        let ledger = try await program.json("info", "--json", "l.mtr")["ledger"]["import"]
        #expect(try ledger["requests_without_fields"].number == 1)
    }

    @Test(arguments: [
        ("jsonl", "{\"connection\":7}\n", "bad.in, line 1: connection is not an object"),
        ("jsonl", "", "bad.in has no exchanges"), ("gor", "", "bad.in has no exchanges"),
        ("mik-log", "Listening\n", "bad.in has no exchanges"),
        ("har", "", "bad.in, byte 0: the JSON ends here"),
        ("har", "{\"log\":{\"entries\":[]}}", "bad.in has no exchanges"),
        ("gor", "1 a 1\nGET /", "bad.in, byte 0: the payload that starts here is cut off"),
    ])
    func inputThatMakesNoSenseLeavesNoTrace(
        _ format: String,
        _ text: String,
        _ complaint: String
    ) async throws {
        let program = try Program()
        try Data(text.utf8).write(to: program.url("bad.in"))
        let finished = try await program.run(
            "import",
            "bad.in",
            "--format",
            format,
            "-o",
            "new.mtr"
        )
        finished.expectFailure(65, saying: complaint)
        #expect(try program.fileNames == ["bad.in"])
    }

    @Test func faultBehindGoodExchangesLeavesNoTraceEither() async throws {
        let program = try programWithTrace()
        try await program.run("export", "shop.mtr", "--format", "jsonl", "-o", "a.jsonl")
        var bytes = try Data(contentsOf: program.url("a.jsonl"))
        bytes.removeLast(10)
        try bytes.write(to: program.url("a.jsonl"))
        let finished = try await program.run(
            "import",
            "a.jsonl",
            "--format",
            "jsonl",
            "-o",
            "b.mtr"
        )
        finished.expectFailure(65, saying: "a.jsonl, line 3: ")
        #expect(try program.fileNames == ["a.jsonl", "shop.mtr"])
    }

    @Test func outputsAreNotReplacedUnasked() async throws {
        let program = try programWithTrace()
        try Data("precious".utf8).write(to: program.url("a"))
        let arguments = ["export", "shop.mtr", "--format", "jsonl", "-o", "a"]
        try await program.run(arguments).expectFailure(73, saying: "a already exists; use --force")
        #expect(try Data(contentsOf: program.url("a")) == Data("precious".utf8))
        let forced = try await program.run(arguments + ["--force"])
        #expect(forced.status == 0)
        let itself = ["import", "a", "--format", "jsonl", "-o", "a", "--force"]
        try await program.run(itself).expectFailure(
            64,
            saying: "the output is the file that is read"
        )
        let missing = try await program.run("import", "none", "--format", "gor", "-o", "b.mtr")
        missing.expectFailure(66, saying: "cannot open none: No such file or directory")
    }
}
