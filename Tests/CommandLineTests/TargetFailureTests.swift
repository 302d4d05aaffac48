import Subprocess
import Testing
import TraceFormat

/// Targets that refuse, hang, close or vanish: every request has its end, and no run is a pass.
@Suite(.timeLimit(.minutes(5)))
struct TargetFailureTests {
    /// An address on which nobody listens.
    private static let deadTarget = "http://127.0.0.1:1"

    @Test func refusedTargetIsToldBeforeAnyFileIsMade() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        let finished = try await program.run("--target", Self.deadTarget, "shop.mtr")
        finished.expectFailure(
            69,
            saying: "the target \(Self.deadTarget) can't be reached: Connection refused"
        )
        #expect(try program.fileNames == ["shop.mtr"])
    }

    @Test func targetThatClosesEverythingHasFailuresAndNoPass() async throws {
        let program = try Program()
        let connections = Array(repeating: ["/run/trap"], count: 3)
        try writeTrace(to: program.file("shop.mtr"), connections: connections)
        try await program.standIn("--module", "trap:fail=trap") { shop, _ in
            let finished = try await program.run("--target", shop, "-o", "run.mrr", "shop.mtr")
            #expect(finished.status == 3, "\(finished)")
        }
        let facts = try await program.json("info", "--json", "run.mrr")
        #expect(try facts["sent"].number == 3)
        #expect(try facts["failed"].number == 3)
        let report = try await program.json("report", "--json", "run.mrr", accepting: [3])
        #expect(try report["overall"]["failed"]["closed-without-response"].number == 3)
        #expect(try report["validity"]["verdict"].text == "invalid")
        #expect(try !report["validity"]["reasons"].elements.isEmpty)
        let diff = try await program.json("diff", "--json", "run.mrr", "run.mrr", accepting: [3])
        #expect(try diff["verdict"].text == "invalid")
    }

    @Test func requestsToAHangingTargetAreGivenUp() async throws {
        let program = try Program()
        let connections = [["/run/stuck"], ["/run/stuck"]]
        try writeTrace(to: program.file("shop.mtr"), connections: connections)
        try await program.standIn("--module", "stuck:load=1h") { shop, _ in
            let finished = try await program.run(
                "--target",
                shop,
                "--timeout",
                "200ms",
                "-o",
                "run.mrr",
                "shop.mtr"
            )
            #expect(finished.status == 3, "\(finished)")
        }
        let facts = try await program.json("info", "--json", "run.mrr")
        #expect(try facts["censored"].number == 2)
        #expect(try facts.sumOfEndings == 2)
        let report = try await program.json("report", "--json", "run.mrr", accepting: [3])
        #expect(try report["overall"]["censored"]["timeout"].number == 2)
        #expect(try report["validity"]["verdict"].text == "invalid")
    }

    @Test func targetThatVanishesInMidRunIsUnreachable() async throws {
        let program = try Program()
        let targets = ["/run/stuck", "/health", "/health"]
        try writeTrace(to: program.file("shop.mtr"), connections: [targets])
        try await program.standIn("--module", "stuck:load=1h", "--log-loads") { shop, server in
            let arguments = ["--target", shop, "-o", "run.mrr", "shop.mtr"]
            let finished = try await program.running(arguments) { _ in
                try await server.waitForError("Loading module: stuck")
                server.send(.kill)
            }
            #expect(finished.status == 69, "\(finished)")
            #expect(finished.errors.contains("the target \(shop) was unreachable"))
        }
        let facts = try await program.json("info", "--json", "run.mrr")
        #expect(try facts["partial"].flag == false)
        #expect(try facts["sent"].number == 3)
        #expect(try facts["failed"].number == 3)
        let report = try await program.json("report", "--json", "run.mrr", accepting: [3])
        // The second request may still get into the queue of the socket that is about to close.
        let refused = try #require(
            try report["overall"]["failed"]["connection-refused"].number
        )
        #expect((1...2).contains(refused))
    }

    @Test func clientsOfAProxyWithoutItsUpstreamGet502() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        let recorder = try await program.recording(Self.deadTarget, into: "dead.mtr") { proxy in
            try await program.run("--target", proxy, "-o", "run.mrr", "shop.mtr")
        }
        #expect(recorder.status == 0, "\(recorder)")
        let report = try await program.json("report", "--json", "run.mrr", accepting: [0, 3])
        #expect(try report["overall"]["status"]["502"].number == 1)
        let recorded = try exchanges(of: program.file("dead.mtr"))
        #expect(recorded.map(\.end) == [.upstreamUnreachable])
        #expect(recorded.map(\.methodAndTarget) == ["GET /health"])
    }
}
