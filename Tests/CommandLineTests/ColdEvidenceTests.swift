import Foundation
import Subprocess
import Testing
import TraceFormat

/// Temperatures by the server's own log.
@Suite(.timeLimit(.minutes(5)))
struct ColdEvidenceTests {
    @Test func labelsAgreeWithTheServersLog() async throws {
        let program = try Program()
        let visits = ["/run/cart", "/script/home", "/run/users", "/run/cart", "/run/search"]
        try writeTrace(
            to: program.file("shop.mtr"),
            connections: Array(repeating: visits, count: 4)
        )
        let server = try await program.running(
            ["stand-in", "--listen", "127.0.0.1:0", "--log-loads"]
        ) { server in
            let shop = try await server.url()
            let replay = try await program.run(
                ["--speed", "max", "--target", shop, "-o", "run.mrr", "shop.mtr"]
            )
            #expect([0, 3].contains(replay.status), "\(replay)")
            server.send(.interrupt)
        }
        try Data(server.errors.utf8).write(to: program.url("mik.log"))
        let loads = server.errors.split(separator: "\n").filter { $0.contains("Loading module: ") }
        try #require(!loads.isEmpty)
        // A request that loads two modules has two lines; those of scripts have no temperature.
        let direct = Set(
            loads.filter { $0.contains("path=/run/") }.map { line in
                line.split(separator: "request_id=")[1].prefix { $0 != " " }
            }
        )
        let report = try await program.json(
            arguments: ["report", "run.mrr", "--mik-log", "mik.log", "--json"],
            accepting: [0, 3]
        )
        #expect(try report["server_loads"]["lines"].number == loads.count)
        var (loading, observed) = (0, 0)
        for module in ["cart", "users", "search"] {
            let temperature = try report["temperature"][module]
            loading += try (temperature["cold"].number ?? 0) + (temperature["shadow"].number ?? 0)
            let evidence = try temperature["evidence"]
            let isObserved = try evidence.names.allSatisfy {
                try evidence[$0].names == ["observed"]
            }
            observed += isObserved ? 1 : 0
        }
        #expect(loading == direct.count)
        #expect(observed == 3)
        let text = try await program.run("report", "run.mrr", "--mik-log", "mik.log")
        #expect(text.output.contains("by the server's log: \(loads.count) loads"))
    }

    @Test func theServersListsOfModulesTellWhatWasLoaded() async throws {
        let program = try Program()
        try writeTrace(
            to: program.file("shop.mtr"),
            connections: [Array(repeating: "/run/cart", count: 40)]
        )
        try await program.standIn { shop, _ in
            for (number, expected) in [(1, "cold"), (2, "warm")] {
                let observe = ["--observe", "lists-\(number).jsonl", "--observe-interval", "5ms"]
                let replay = try await program.run(
                    ["--target", shop, "-o", "run-\(number).mrr", "shop.mtr"] + observe
                )
                #expect([0, 3].contains(replay.status), "\(replay)")
                // Neither in the run nor in its statistics.
                let info = try await program.json("info", "--json", "run-\(number).mrr")
                #expect(try info["sent"].number == 40)
                let report = try await program.json(
                    arguments: [
                        "report", "run-\(number).mrr", "--observed", "lists-\(number).jsonl",
                        "--json",
                    ],
                    accepting: [0, 3]
                )
                #expect(try #require(report["module_lists"].number) >= 2)
                let evidence = try report["temperature"]["cart"]["evidence"]
                #expect(try evidence[expected].names.contains("observed"), "\(report)")
                #expect(try report["temperature"]["cart"]["contradictions"].number == 0)
                #expect(try report["temperature"]["cart"]["cold"].number == (number == 1 ? 1 : 0))
            }
        }
        let text = try String(contentsOf: program.url("lists-1.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.first?.contains("\"loaded_modules\":[]") == true)
        #expect(lines.first?.contains("\"sent_ns\":-") == true)
        #expect(lines.last?.contains("\"loaded_modules\":[\"cart\"]") == true)
        let again = try await program.run(
            "--target",
            "http://127.0.0.1:1",
            "--observe",
            "lists-1.jsonl",
            "shop.mtr"
        )
        again.expectFailure(73, saying: "lists-1.jsonl")
        try Data("{}\n".utf8).write(to: program.url("lists-1.jsonl"))
        let bad = try await program.run("report", "run-1.mrr", "--observed", "lists-1.jsonl")
        bad.expectFailure(65, saying: "line 1 is no observation")
    }

    @Test func aRunThatDoesNotBeginLeavesNoLists() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/"]])
        let finished = try await program.run(
            [
                "--target", "http://127.0.0.1:1", "--observe", "lists.jsonl", "-o", "run.mrr",
                "shop.mtr",
            ]
        )
        finished.expectFailure(69, saying: "can't be reached")
        #expect(try !program.fileNames.contains("lists.jsonl"))
    }

    @Test func aLogThatIsNotThereIsNamed() async throws {
        let program = try Program()
        try writeRun(to: program.file("run.mrr"), count: 60)
        let missing = try await program.run("report", "run.mrr", "--mik-log", "none.log")
        missing.expectFailure(66, saying: "none.log")
        try Data("Loading module: x\nrequest_id=1 Loading module: y\n".utf8)
            .write(to: program.url("mik.log"))
        let unnamed = try await program.run("report", "run.mrr", "--mik-log", "mik.log")
        #expect(unnamed.errors.contains("1 loads in mik.log name no request"))
        #expect(unnamed.errors.contains("no answer of the run had an x-request-id"))
        #expect(unnamed.output.contains("first use as fast as warm: loaded before?"))
    }

    /// Many modules, first uses by several clients together, and a script that loads a module before
    /// anybody asks for it.
    @Test func labelsMadeWithoutTheLogAreThoseOfTheLog() async throws {
        let program = try Program()
        let names = (0..<12).map { "m\($0)" }
        let visits = (0..<6).map { client in
            ["/script/home"]
                + (0..<8).flatMap { turn in
                    names.map { "/run/\(turn == 0 && client > 3 ? "cart" : $0)" }
                }
        }
        try writeTrace(to: program.file("shop.mtr"), connections: visits)
        let modules = names.flatMap { ["--module", "\($0):load=250ms,service=2ms,jitter=0.2"] }
        let server = try await program.running(
            ["stand-in", "--listen", "127.0.0.1:0", "--log-loads", "--permits", "64"] + modules
        ) { server in
            let shop = try await server.url()
            try await program.run(["--target", shop, "-o", "run.mrr", "shop.mtr"])
            server.send(.interrupt)
        }
        try Data(server.errors.utf8).write(to: program.url("mik.log"))
        let report = try await program.json(
            arguments: ["report", "run.mrr", "--mik-log", "mik.log", "--json"],
            accepting: [0, 3]
        )
        let agreement = try report["server_loads"]["labels_without_log"]
        #expect(try #require(agreement["observed"].number) >= 12)
        #expect(try #require(agreement["precision"].measure) >= 0.95)
        #expect(try #require(agreement["recall"].measure) >= 0.95)
        let blind = try await program.json(
            arguments: ["report", "run.mrr", "--json"],
            accepting: [0, 3]
        )
        // A script loaded it first. On a busy machine warm times may hide that.
        let cart = try blind["temperature"]["cart"]
        #expect(try [cart["contradictions"].number, cart["cold"].number].contains(1))
        #expect(try report["temperature"]["cart"]["contradictions"].number == 0)
    }

    @Test func theServersConfigurationTellsWhatStaysInMemory() async throws {
        let program = try Program()
        try writeRun(to: program.file("run.mrr"), count: 60)
        let folder = program.url("server")
        let modules = folder.appending(path: "modules")
        try FileManager.default.createDirectory(at: modules, withIntermediateDirectories: true)
        try Data(count: 3000).write(to: modules.appending(path: "echo.wasm"))
        try Data("[server]\n".utf8).write(to: folder.appending(path: "mik.toml"))
        let report = ["report", "run.mrr", "--json", "--mik-config", "server/mik.toml"]
        let roomy = try await program.json(arguments: report)
        #expect(try roomy["cold"]["is_cache_known"].flag == true)
        #expect(try roomy["temperature"]["echo"]["evidence"]["warm"]["inferred"].number == 59)
        let elsewhere = try await program.run(report + ["--modules", "none"])
        elsewhere.expectFailure(66, saying: "none is no folder")
        let alone = try await program.run("report", "run.mrr", "--modules", "server/modules")
        #expect(alone.status == 64)
        #expect(alone.errors.contains("--modules needs --mik-config"))
        try Data("[sever]\n".utf8).write(to: folder.appending(path: "mik.toml"))
        try await program.run(report).expectFailure(65, saying: "there is no [server] in it")
    }
}
