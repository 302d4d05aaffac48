import Foundation
import Subprocess
import SystemPackage
import Testing
import TraceFormat

/// Outputs for programs, held against their schemas in docs/schemas.
///
/// Beyond what the schemas ask, no output may have a member that they do not describe.
@Suite(.timeLimit(.minutes(5)))
struct SchemaTests {
    private static let folder = FilePath(
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/schemas").path
    )

    /// Whether Python's jsonschema is here (Debian: python3-jsonschema).
    private static let canValidate: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import jsonschema"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Says what is wrong with documents, and nothing if all is well; any member is described.
    private static let validator = """
        import json, sys, jsonschema
        def close(schema):
            if isinstance(schema, list): return [close(part) for part in schema]
            if not isinstance(schema, dict): return schema
            closed = {name: close(part) for name, part in schema.items()}
            if "properties" in schema: closed["additionalProperties"] = False
            return closed
        for pair in zip(sys.argv[1::2], sys.argv[2::2]):
            schema, document = (json.load(open(name)) for name in pair)
            jsonschema.Draft202012Validator.check_schema(schema)
            for strict in (schema, close(schema)):
                for error in jsonschema.Draft202012Validator(strict).iter_errors(document):
                    for error in [error] + list(error.context):
                        print(pair[1], list(error.absolute_path), error.message[:300])
        """

    /// Runs commands, and holds what each prints against its schema.
    private func expectValid(
        _ program: Program,
        _ commands: [(schema: String, arguments: [String])]
    ) async throws {
        var pairs: [String] = []
        for (number, command) in commands.enumerated() {
            let output = try await program.run(command.arguments + ["--json"])
            let accepted: [Int32?] = [0, 1, 3, 4]
            try #require(accepted.contains(output.status), "\(command.arguments): \(output)")
            let name = "\(number)-\(command.arguments[0]).json"
            try Data(output.output.utf8).write(to: program.url(name))
            pairs += [Self.folder.appending(command.schema).string, name]
        }
        let judged = try await program.run(
            ["-c", Self.validator] + pairs,
            by: .name("python3")
        )
        #expect(judged.status == 0, "\(judged)")
        #expect(judged.output == "")
    }

    /// Three runs with modules, failures, requests that were given up, and one without anything.
    private func programWithRuns() throws -> Program {
        let program = try Program()
        for (number, name) in ["a.mrr", "b.mrr", "c.mrr"].enumerated() {
            try writeRun(to: program.file(name), count: 400) { outcome in
                outcome.target = ["/run/echo", "/script/x", "/health"][Int(outcome.index % 3)]
                outcome.fingerprint = Fingerprint(of: [UInt8(number), UInt8(outcome.index % 7)])
                outcome.recordedStatus = 200
                outcome.recordedFingerprint = Fingerprint(of: [0, 0])
                outcome.requestID = "id-\(outcome.index)"
                if outcome.index == 0 { outcome.end = 90_000_000 }
                if outcome.index == 50 { outcome.result = .failed(.closedWithoutResponse) }
                if outcome.index == 60 { outcome.result = .censored(.timeout) }
                if outcome.index == 70, number == 1 { outcome.status = 503 }
            }
        }
        try writeRun(to: program.file("empty.mrr"), count: 0)
        try writeTrace(to: program.file("shop.mtr"), connections: [["/run/cart", "/health"]])
        return program
    }

    @Test(.enabled(if: canValidate, "needs Python's jsonschema"))
    func outputsAreAsTheirSchemasSay() async throws {
        let program = try programWithRuns()
        try Data("request_id=id-0 Loading module: echo\n".utf8)
            .write(to: program.url("mik.log"))
        let rule = ["--threshold", "p50<1h"]
        try await expectValid(
            program,
            [
                ("report-1.json", ["report", "a.mrr"] + rule),
                ("report-1.json", ["report", "empty.mrr"]),
                ("report-1.json", ["report", "a.mrr", "--mik-log", "mik.log"]),
                ("check-1.json", ["check", "a.mrr"] + rule),
                ("check-1.json", ["check", "empty.mrr"] + rule),
                ("info-1.json", ["info", "a.mrr"]),
                ("info-1.json", ["info", "shop.mtr"]),
                ("diff-1.json", ["diff", "a.mrr", "b.mrr", "--noise-run", "c.mrr"]),
                ("diff-1.json", ["diff", "a.mrr", "empty.mrr"]),
                ("diff-1.json", ["diff", "a.mrr", "b.mrr", "--against", "c.mrr", "b.mrr"]),
            ]
        )
    }

    @Test(.enabled(if: canValidate, "needs Python's jsonschema"))
    func compareIsAsItsSchemaSays() async throws {
        let program = try programWithRuns()
        try await program.standIn { shop, _ in
            let sides = ["--baseline", shop, "--candidate", shop, "--repetitions", "2"]
            let output = try await program.run(["compare", "shop.mtr"] + sides + ["--json"])
            #expect([0, 1, 3, 4].contains(output.status), "\(output)")
            try Data(output.output.utf8).write(to: program.url("compare.json"))
        }
        let schema = Self.folder.appending("diff-1.json").string
        let judged = try await program.run(
            ["-c", Self.validator, schema, "compare.json"],
            by: .name("python3")
        )
        #expect(judged.status == 0 && judged.output == "", "\(judged)")
    }

    @Test func pairsAndVerdictsAreWritten() async throws {
        let program = try programWithRuns()
        let diff = try await program.run(
            "diff",
            "a.mrr",
            "b.mrr",
            "--csv",
            "pairs.csv",
            "--junit",
            "diff.xml"
        )
        #expect([0, 1, 3, 4].contains(diff.status), "\(diff)")
        let pairs = try String(contentsOf: program.url("pairs.csv"), encoding: .utf8)
        #expect(pairs.split(separator: "\r\n").count == 401)
        #expect(pairs.contains("\r\n1,70,/script/x,not_succeeded,200,503,script,script,"))
        let verdicts = try String(contentsOf: program.url("diff.xml"), encoding: .utf8)
        #expect(verdicts.contains("<testsuite name=\"comparison\""))
        let repeated = try await program.run(
            "diff",
            "a.mrr",
            "b.mrr",
            "--against",
            "c.mrr",
            "b.mrr",
            "--csv",
            "pairs.csv",
            "--force"
        )
        #expect([0, 1, 3, 4].contains(repeated.status), "\(repeated)")
        let both = try String(contentsOf: program.url("pairs.csv"), encoding: .utf8)
        #expect(both.split(separator: "\r\n").count == 801)
        let own = try await program.run("diff", "a.mrr", "b.mrr", "--csv", "a.mrr", "--force")
        own.expectFailure(64, saying: "the output is the file that is read")
    }
}
