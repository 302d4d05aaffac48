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
            observed += try temperature["evidence"]["cold"].text == "observed" ? 1 : 0
        }
        #expect(loading == direct.count)
        #expect(observed == 3)
        let text = try await program.run("report", "run.mrr", "--mik-log", "mik.log")
        #expect(text.output.contains("by the server's log: \(loads.count) loads"))
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
        #expect(unnamed.output.contains("cold and shadow assume"))
    }
}
