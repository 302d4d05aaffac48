import Foundation
import Subprocess
import SystemPackage
import Testing
import TraceFormat

@testable import mik_replay

/// `load`: what is sent, and what the scripts around the old tools read.
@Suite(.timeLimit(.minutes(5)))
struct LoadTests {
    @Test func weightsAreSpreadEvenly() {
        let requests = [5, 1, 1].map { LoadRequest(method: "GET", path: "/", weight: $0) }
        #expect(requests.pattern == [0, 0, 1, 0, 2, 0, 0])
        #expect([LoadRequest(method: "GET", path: "/")].pattern == [0])
    }

    @Test func headsHaveWhatTheirBodiesNeed() {
        var request = LoadRequest(method: "POST", path: "/run/echo?x=1")
        request.body = Array("{}".utf8)
        request.fields = [LoadRequest.Field(name: "user-agent", value: "mine")]
        let head = String(decoding: request.head, as: UTF8.self)
        let expected =
            "POST /run/echo?x=1 HTTP/1.1\r\nHost: target\r\nAccept: */*\r\n"
            + "Content-Length: 2\r\nContent-Type: application/json\r\nuser-agent: mine\r\n\r\n"
        #expect(head == expected)
    }

    @Test(arguments: [
        ("http://127.0.0.1:3000", "/"), ("http://h/a?b=c", "/a?b=c"), ("http://h?b", "/?b"),
    ])
    func urlsAreTakenApart(_ url: String, _ path: String) throws {
        #expect(try LoadURL(parsing: url).path == path)
    }

    @Test(arguments: ["ftp://h/", "http:///a", "http://h/a b", "http://h/a#b"])
    func otherURLsAreRefused(_ url: String) {
        #expect(throws: (any Error).self) { try LoadURL(parsing: url) }
    }

    @Test func theRunIsOneLikeAnyOther() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let finished = try await program.run(
                [
                    "load", "-n", "400", "-w", "0", "-c", "4", "--weights", "3,1", "-o", "load.mrr",
                    "--save-trace", "load.mtr", "--json", "\(shop)/health", "\(shop)/nothing",
                ]
            )
            // A busy machine may make the measurement one that is not to be trusted.
            #expect([0, 3].contains(finished.status), "\(finished)")
            let figures = try JSON(finished.output)
            #expect(try figures["total_requests"].number == 400)
            #expect(try figures["successful_requests"].number == 300)
            #expect(try figures["failed_requests"].number == 100)
            #expect(try figures["success_rate_percent"].measure == 75)
            #expect(try figures["errors"].elements.first?.text == "status 404 ×100")
            #expect(try figures["latency_ms"]["p99"].measure ?? 0 > 0)
            #expect(try figures["report"]["overall"]["sent"].number == 400)
        }
        #expect(try exchanges(of: program.file("load.mtr")).count == 400)
        let report = try await program.run("report", "load.mrr")
        #expect([0, 3].contains(report.status) && report.output.contains("/health"), "\(report)")
    }

    @Test func aRateMakesAnOpenLoop() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let finished = try await program.run(
                [
                    "load", "-d", "0.3", "-w", "0.1", "--rate", "200/s", "--arrival", "constant",
                    shop,
                ]
            )
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(finished.output.contains("planned 60 · sent 60"), "\(finished)")
            #expect(finished.output.contains("response time"))
            #expect(!finished.output.contains("closed:"))
            #expect(finished.errors.contains("left out: 20 requests"))
        }
    }

    @Test func coldIsMeasuredAfterItsHook() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let result = try await program.json(
                arguments: [
                    "load", "--compare-cold-warm", "--cold-runs", "2", "--warm-runs", "20",
                    "--before-run", "echo x >> restarts", "--json", "\(shop)/run/cart",
                ]
            )
            #expect(try result["cold_runs"].elements.count == 2)
            #expect(try result["cold_start_status"].number == 200)
            #expect(try result["warm_cache"]["total_requests"].number == 20)
            let first = try #require(try result["cold_runs"].elements.first)
            #expect(try first["connect_ns"].number ?? 0 > 0)
            #expect(try first["total_ns"].number ?? 0 > 0)
        }
        let restarts = try String(contentsOf: program.url("restarts"), encoding: .utf8)
        #expect(restarts == "x\nx\n")
    }

    @Test(arguments: [
        (CompatibleTool.hey, "Requests/sec:"), (.wrk, "Requests/sec: "),
        (.ab, "Complete requests:      50\n"),
    ])
    func otherToolsLayoutsAreThere(_ tool: CompatibleTool, _ line: String) async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let finished = try await program.run(
                ["load", "-n", "50", "-w", "0", "--compat", tool.rawValue, "\(shop)/health"]
            )
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(finished.output.contains(line), "\(finished)")
        }
    }

    @Test func manyConnectionsPassTheProxyUnderAUsualLimit() async throws {
        let program = try Program()
        try await program.standIn("--permits", "1000") { shop, _ in
            // Each connection takes two descriptors of the proxy.
            let proxy = try await program.running(
                [
                    "-c", "ulimit -Sn 256; exec \"$0\" \"$@\"", Program.path.string, "record",
                    "proxy", "--listen", "127.0.0.1:0", "--upstream", shop, "-o", "shop.mtr",
                ],
                by: .path("/bin/sh")
            ) { proxy in
                let finished = try await program.run(
                    [
                        "load", "-c", "400", "-n", "1200", "-w", "0", "--json",
                        "\(try await proxy.url())/health",
                    ]
                )
                let figures = try JSON(finished.output)
                #expect(try figures["successful_requests"].number == 1200, "\(finished.errors)")
                proxy.send(.interrupt)
            }
            #expect(proxy.status == 0, "\(proxy)")
        }
        #expect(try exchanges(of: program.file("shop.mtr")).count == 1200)
    }

    /// The lines that pipelines have around the old tool's summary.
    private static let assertions = """
        import json, sys
        result = json.load(sys.stdin)
        assert result["requests_per_second"] > 1
        assert result["latency_ms"]["p99"] < 60000
        """

    @Test func theOldAssertionsPassAndFailOnADeadServer() async throws {
        let program = try Program()
        try Data(Self.assertions.utf8).write(to: program.url("assert.py"))
        // The status of a pipe is that of its last part.
        let line = "\(Program.path) load -n 400 -w 0 --json"
        var dead = ""
        try await program.standIn { shop, _ in
            dead = shop
            let passed = try await program.shell("\(line) \(shop)/health | python3 assert.py")
            #expect(passed.status == 0, "\(passed)")
        }
        let failed = try await program.shell("\(line) \(dead)/health | python3 assert.py")
        #expect(failed.status == 1, "\(failed)")
    }

    @Test func scenariosComeFromFilesAndNames() async throws {
        let program = try Program()
        let text = """
            [[request]]
            path = "/health"
            weight = 3

            [[request]]
            path = "/run/echo"
            body = "hello"
            headers = { X-Team = "shop" }
            """
        try Data(text.utf8).write(to: program.url("mix.toml"))
        try await program.standIn { shop, _ in
            for scenario in ["mix.toml", "health"] {
                let finished = try await program.run(
                    [
                        "load", "--scenario", scenario, "--target", shop, "-n", "40", "-w", "0",
                        "-o", "\(scenario).mrr",
                    ]
                )
                #expect([0, 3].contains(finished.status), "\(finished)")
            }
        }
        let report = try await program.json(
            arguments: ["report", "--json", "mix.toml.mrr"],
            accepting: [0, 3]
        )
        let routes = try report["routes"].elements.compactMap { try $0["route"].text }
        #expect(routes.sorted() == ["/health", "/run/echo"])
    }

    @Test func badScenariosAreNamedWithTheirPlace() async throws {
        let program = try Program()
        let files = [
            ("[[request]]\npath = \"health\"\n", "request 1: it has no path that starts with /"),
            ("[[request]]\npath = \"/\"\nweight = 0\n", "request 1: its weight is no number"),
            ("[[request]]\npath = \"/\"\ncolor = 1\n", "request 1: 'color' is not known"),
            ("path = \"/\"\n", "'path' is not known here"), ("[[request]\n", "line 1"),
            ("", "there is no [[request]]"),
        ]
        for (text, complaint) in files {
            try Data(text.utf8).write(to: program.url("bad.toml"))
            let finished = try await program.run("load", "--scenario", "bad.toml")
            finished.expectFailure(65, saying: complaint)
        }
        let missing = try await program.run("load", "--scenario", "nowhere")
        missing.expectFailure(66, saying: "nowhere does not exist")
    }
}
