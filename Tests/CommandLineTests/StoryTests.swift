import Testing
import TraceFormat

/// The way of a recording through all commands, as the README shows it.
@Suite(.timeLimit(.minutes(5)))
struct StoryTests {
    @Test func trafficIsRecordedReplayedReportedAndCompared() async throws {
        let program = try Program()
        try await recordTraffic(with: program)
        try await program.standIn { shop, _ in
            for name in ["first", "second"] {
                let finished = try await program.run(
                    "--speed",
                    "max",
                    "--target",
                    shop,
                    "-o",
                    "\(name).mrr",
                    "shop.mtr"
                )
                #expect([0, 3].contains(finished.status), "\(finished)")
                #expect(finished.output.contains("/run/search"))
                #expect(finished.errors.hasPrefix("plan for \(shop)\n"))
                #expect(finished.errors.contains("run: \(name).mrr\n"))
            }
        }
        let planned = try await checkRun("first.mrr", with: program)
        try await checkReport("first.mrr", count: planned, with: program)
        try await checkComparison(with: program)
    }

    @Test func speedAloneReplaysBesideTheTrace() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        try await program.standIn { shop, _ in
            for name in ["shop.4x.mrr", "shop.4x.2.mrr"] {
                let finished = try await program.run("--speed", "4x", "shop.mtr", "--target", shop)
                // Too few requests for some statements, or a busy machine, make it invalid.
                #expect([0, 3].contains(finished.status), "\(finished)")
                let facts = try await program.json("info", "--json", name)
                #expect(try facts["speed"].text == "4")
                #expect(try facts["completed"].number == 1)
                #expect(try facts["partial"].flag == false)
            }
        }
    }

    @Test func runsOfDifferentTracesAreOnlyComparedWhenAskedFor() async throws {
        let program = try Program()
        let connections = [Array(repeating: "/run/echo", count: 40)]
        try writeTrace(to: program.file("a.mtr"), connections: connections)
        try writeTrace(to: program.file("b.mtr"), connections: connections + [["/"]])
        try await program.standIn { shop, _ in
            for name in ["a", "b"] {
                try await program.run(
                    "--speed",
                    "max",
                    "--target",
                    shop,
                    "-o",
                    "\(name).mrr",
                    "\(name).mtr"
                )
            }
        }
        let refused = try await program.run("diff", "a.mrr", "b.mrr")
        #expect(refused.status == 65, "\(refused)")
        #expect(refused.errors.hasPrefix("mik-replay: "))
        #expect(refused.output == "")
        let compared = try await program.run("diff", "--json", "--unpaired", "a.mrr", "b.mrr")
        #expect([0, 1, 3, 4].contains(compared.status), "\(compared)")
        #expect(try JSON(compared.output)["overall"]["pairs"].number ?? 0 > 0)
    }

    // MARK: The steps

    /// Sends the demo's traffic through the proxy and checks that all of it is in the trace.
    private func recordTraffic(with program: Program) async throws {
        try await program.run("demo", "traffic", "--duration", "1s", "-o", "customers.mtr")
        try await program.standIn { shop, _ in
            let recorder = try await program.recording(shop, into: "shop.mtr") { proxy in
                let finished = try await program.run(
                    "replay",
                    "--speed",
                    "4x",
                    "--target",
                    proxy,
                    "--quiet",
                    "-o",
                    "customers.mrr",
                    "customers.mtr"
                )
                #expect([0, 3].contains(finished.status), "\(finished)")
                #expect(finished.output == "")
            }
            #expect(recorder.status == 0, "\(recorder)")
            #expect(recorder.errors.contains(" exchanges"))
        }
        let sent = try exchanges(of: program.file("customers.mtr"))
        let recorded = try exchanges(of: program.file("shop.mtr"))
        #expect(recorded.map(\.methodAndTarget).sorted() == sent.map(\.methodAndTarget).sorted())
        #expect(recorded.contains { $0.end == .complete })

        let facts = try await program.json("info", "--json", "shop.mtr")
        #expect(try facts["kind"].text == "trace")
        #expect(try facts["format_version"].text == "2.2")
        #expect(try facts["exchanges"].number == sent.count)
        #expect(try facts["connections"].number ?? 0 > 1)
        #expect(try facts["duration_ns"].number ?? 0 > 0)
        #expect(try facts["trace_hash"].text?.count == 64)
        #expect(try facts["finished"].flag == true)
        let ledger = try facts["ledger"]
        #expect(try ledger["exchanges"]["total"].number == sent.count)
        #expect(try ledger["bytes"]["seen"].number ?? 0 > 0)
    }

    /// Checks the sums of a run; returns the number of its requests.
    private func checkRun(_ run: String, with program: Program) async throws -> Int {
        let trace = try await program.json("info", "--json", "shop.mtr")
        let facts = try await program.json("info", "--json", run)
        #expect(try facts["kind"].text == "run")
        #expect(try facts["trace_hash"].text == trace["trace_hash"].text)
        #expect(try facts["speed"].text == "max")
        #expect(try facts["partial"].flag == false)
        #expect(try facts["duration_ns"].number ?? 0 > 0)
        let sent = try facts["sent"].number
        #expect(try facts["planned"].number == sent)
        #expect(try facts.sumOfEndings == sent)
        return try #require(sent)
    }

    private func checkReport(_ run: String, count: Int, with program: Program) async throws {
        // A busy machine makes a run invalid, which the report then has to give reasons for.
        let report = try await program.json("report", "--json", run, accepting: [0, 3])
        #expect(try report["schema_version"].number == 1)
        let validity = try report["validity"]
        let isValid = try validity["verdict"].text == "valid"
        #expect(try validity["reasons"].elements.isEmpty == isValid)
        for spread in ["client_lag_ns", "blocked_ns"] {
            #expect(try validity[spread].names.isSuperset(of: ["p50", "p99", "max"]))
        }
        let routes = try report["routes"].elements
        #expect(try routes.map { try $0["count"].number ?? 0 }.reduce(0, +) == count)
        #expect(try routes.contains { try $0["route"].text == "/run/search" })
        for group in try routes + [report["overall"]] {
            #expect(
                group.names.isSuperset(of: ["route", "count", "completed", "failed", "status"])
            )
            for latency in ["response_ns", "service_ns"] {
                let names = try group[latency].names
                #expect(names.isSuperset(of: ["p50", "p90", "p99", "p999", "max"]))
            }
        }
        let temperature = try report["temperature"]["search"]
        #expect(temperature.names.isSuperset(of: ["cold", "shadow", "warm", "unknown"]))
        #expect(try temperature["cold"].number == 1)
    }

    /// Compares a run with itself, which differs in nothing, and with another one.
    private func checkComparison(with program: Program) async throws {
        let same = try await program.json(
            "diff",
            "--json",
            "first.mrr",
            "first.mrr",
            accepting: [0, 3]
        )
        #expect(["equivalent", "invalid"].contains(try same["verdict"].text))
        let overall = try same["overall"]
        #expect(
            overall.names.isSuperset(of: ["route", "pairs", "verdict", "change", "low", "high"])
        )
        #expect(try overall["pairs"].number ?? 0 > 0)
        #expect(try overall["change"].number == 0)
        #expect(try !same["routes"].elements.contains { try $0["verdict"].text == "regressed" })

        let other = try await program.run("diff", "first.mrr", "second.mrr")
        #expect([0, 1, 3, 4].contains(other.status), "\(other)")
        #expect(other.output.contains("VERDICT"))
    }
}

extension JSON {
    /// Completed, failed and censored requests of `info --json RUN` together.
    var sumOfEndings: Int {
        get throws {
            try ["completed", "failed", "censored"].map { try self[$0].number ?? -1 }.reduce(0, +)
        }
    }
}
