import Foundation
import Testing
import TraceFormat

/// What `replay` does about its plan, its safety and its shards.
@Suite(.timeLimit(.minutes(5)))
struct ReplayModeTests {
    /// What every shard and the whole must agree on about a request.
    private struct Facts: Hashable {
        let index: UInt64
        let connection: UInt64
        let sequence: UInt64
        let target: String
        let status: UInt16?
        let byteCount: UInt64
        let fingerprint: Fingerprint?
    }

    private func facts(of name: String, _ program: Program) throws -> [Facts] {
        var reader = try RunReader(opening: program.file(name))
        var facts: [Facts] = []
        while let outcome = try reader.next() {
            facts.append(
                Facts(
                    index: outcome.index,
                    connection: outcome.connection,
                    sequence: outcome.sequence,
                    target: outcome.target,
                    status: outcome.status,
                    byteCount: outcome.requestByteCount,
                    fingerprint: outcome.fingerprint
                )
            )
        }
        return facts.sorted { $0.index < $1.index }
    }

    @Test func theShardsOfAReplayMergeToTheWhole() async throws {
        let program = try Program()
        let connections = (0..<12).map { connection in
            (0..<5).map { "/run/echo/\(connection)/\($0)" }
        }
        try writeTrace(to: program.file("shop.mtr"), connections: connections)
        try await program.standIn { shop, _ in
            // Fewer at once than the stand-in admits to a module, or the whole would meet 429s.
            let common = ["--speed", "max", "--connections", "4", "--target", shop, "--quiet"]
            try await program.run(common + ["-o", "one.mrr", "shop.mtr"])
            for shard in 1...4 {
                let own = ["--shard", "\(shard)/4", "-o", "shard-\(shard).mrr", "shop.mtr"]
                try await program.run(common + own)
            }
        }
        let shards = (1...4).map { "shard-\($0).mrr" }
        let merged = try await program.run(["merge", "-o", "whole.mrr"] + shards.reversed())
        // On a busy machine one process takes long to come after the other.
        if merged.status != 0 {
            let late = ["merge", "--clock-tolerance", "1h", "-o", "whole.mrr"] + shards
            let finished = try await program.run(late)
            #expect(finished.status == 0, "\(finished)")
        }
        #expect(try facts(of: "whole.mrr", program) == facts(of: "one.mrr", program))
        let one = try await program.json("info", "--json", "one.mrr")
        let whole = try await program.json("info", "--json", "whole.mrr")
        for name in ["planned", "sent", "completed", "failed", "censored"] {
            #expect(try whole[name].number == one[name].number)
        }
        let missing = try await program.run("merge", "-o", "three.mrr", shards[0], shards[1])
        missing.expectFailure(65, saying: "shards are missing: 3/4, 4/4")
        let plain = try await program.run("merge", "-o", "three.mrr", "one.mrr")
        plain.expectFailure(65, saying: "one.mrr is no shard of a replay")
    }

    @Test func aDryRunShowsThePlanAndSendsNothing() async throws {
        let program = try Program()
        try writeTrace(
            to: program.file("shop.mtr"),
            connections: [["/health", "/health"], ["/a"]]
        )
        let target = ["--target", "http://127.0.0.1:9", "--multiply", "2", "--dry-run"]
        let finished = try await program.run(target + ["shop.mtr"])
        #expect(finished.status == 0, "\(finished)")
        #expect(finished.output.hasPrefix("plan for http://127.0.0.1:9\n"))
        let plan = try await program.json(arguments: target + ["--json", "shop.mtr"])
        #expect(try plan["requests"].number == 6)
        #expect(try plan["writes"].number == 0)
        #expect(try plan["connections"].number == 4)
        #expect(try program.fileNames == ["shop.mtr"])
    }

    /// What a replay prints was not read from its file, but is what the file says.
    @Test(arguments: [
        ["--speed", "4x"], ["--speed", "max", "--loop", "1000000", "--duration", "200ms"],
    ])
    func theReportOfAReplayIsThatOfItsFile(_ pace: [String]) async throws {
        let program = try Program()
        let targets = ["/health", "/run/cart?id=1", "/missing"]
        try writeTrace(to: program.file("shop.mtr"), connections: [targets, targets])
        try await program.standIn { shop, _ in
            let replay = try await program.run(
                pace + ["--target", shop, "--json", "-o", "new.mrr", "shop.mtr"]
            )
            let report = try await program.run("report", "--json", "new.mrr")
            #expect(replay.output == report.output)
            #expect(replay.status == report.status)
        }
    }

    @Test func requestsAreSentOverHTTP2() async throws {
        let program = try Program()
        let targets = ["/health", "/run/cart?id=1", "/missing", "/run/cart?id=2"]
        try writeTrace(to: program.file("shop.mtr"), connections: [targets, targets])
        try await program.standIn { shop, _ in
            let replay = ["--http2", "--speed", "max", "--target", shop, "--quiet"]
            try await program.run(replay + ["-o", "new.mrr", "shop.mtr"])
            let paced = try await program.run(
                replay + ["--body-pacing", "recorded", "-o", "other.mrr", "shop.mtr"]
            )
            #expect(paced.status == 64)
            #expect(paced.errors.contains("and not for --http2"))
        }
        let run = try await program.json("report", "--json", "new.mrr", accepting: [0, 3])
        #expect(try run["overall"]["completed"].number == 8)
        #expect(try run["overall"]["status"]["200"].number == 6)
        #expect(try run["overall"]["status"]["404"].number == 2)
        let info = try await program.json("info", "--json", "new.mrr")
        #expect(try info["environment"]["modes"].text == "HTTP/2")
    }

    @Test func theSampleTraceMayBePlayedAgainstTheDefaultTarget() async throws {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sample = repository.appending(path: "traces/checkout.mtr").path
        let plan = try await Program().json("--speed", "4x", "--dry-run", "--json", sample)
        #expect(try plan["requests"].number == 619)
    }

    @Test func harmfulReplaysNeedConsent() async throws {
        let program = try Program()
        let post = ["/health"]
        try writeTrace(to: program.file("shop.mtr"), connections: [post])
        let recorded = try await program.run("--target", "http://127.0.0.1:3000", "shop.mtr")
        recorded.expectFailure(64, saying: "recorded from 127.0.0.1:3000 itself")
        #expect(recorded.errors.contains("--allow-recorded-target"))
        #expect(try program.fileNames == ["shop.mtr"])
    }

    @Test func fieldsOfAFileAreSent() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        try Data("# token\nAuthorization: Bearer x\n\n".utf8).write(to: program.url("good"))
        try Data("Authorization: Bearer x\nno field\n".utf8).write(to: program.url("bad"))
        try await program.standIn { shop, _ in
            let options = ["--target", shop, "--speed", "max", "--quiet", "--header-file"]
            try await program.run(options + ["good", "-o", "run.mrr", "shop.mtr"])
            let bad = try await program.run(options + ["bad", "shop.mtr"])
            bad.expectFailure(65, saying: "bad: line 2 is no field")
            let missing = try await program.run(options + ["none", "shop.mtr"])
            missing.expectFailure(66, saying: "none does not exist")
        }
        let run = try await program.json("info", "--json", "run.mrr")
        #expect(try run["completed"].number == 1)
        #expect(try run["environment"]["set_header_authorization"].text == "(set)")
    }
}
