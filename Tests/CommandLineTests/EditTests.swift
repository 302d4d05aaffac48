import Foundation
import SystemPackage
import Testing
import TraceFormat

/// Edit, repair and info as their users run them.
@Suite(.timeLimit(.minutes(5)))
struct EditCommandTests {
    private func programWithTrace(_ name: String = "shop.mtr") throws -> Program {
        let program = try Program()
        try writeTrace(
            to: program.file(name),
            connections: [
                ["/run/cart/1", "/health", "/run/cart/2"], ["/script/home", "/health"],
            ]
        )
        return program
    }

    private func targets(_ program: Program, _ name: String) throws -> [String] {
        try exchanges(of: program.file(name)).map(\.methodAndTarget)
    }

    @Test(arguments: [
        (["--route", "/run/cart/*"], ["GET /run/cart/1", "GET /run/cart/2"]),
        (
            ["--except-route", "GET /health", "--time", "0..1ms"],
            ["GET /run/cart/1", "GET /script/home"]
        ),
        (["--connection", "1", "--method", "GET"], ["GET /script/home", "GET /health"]),
        (["--status", "none", "--except-connection", "0"], ["GET /script/home", "GET /health"]),
        (["--slice", "2ms.."], ["GET /run/cart/2"]), (["--status", "2xx"], []),
        (["--duration", ">1ms"], []),
    ])
    func optionsChooseWhatIsKept(_ options: [String], _ kept: [String]) async throws {
        let program = try programWithTrace()
        let finished = try await program.run(["edit", "shop.mtr", "-o", "new.mtr"] + options)
        #expect(finished.status == 0 && finished.output == "", "\(finished)")
        #expect(try targets(program, "new.mtr") == kept)
        let facts = try await program.json("info", "--json", "new.mtr")
        let ledger = try facts["ledger"]["exchanges"]
        #expect(try ledger["read"].number == 5)
        #expect(try ledger["kept"].number == kept.count)
        #expect(try facts["source"].text == "edit")
    }

    @Test func tracesAreJoinedMergedAndStretched() async throws {
        let program = try programWithTrace()
        let joined = try await program.run("edit", "shop.mtr", "shop.mtr", "-o", "joined.mtr")
        #expect(joined.status == 0, "\(joined)")
        let times = try exchanges(of: program.file("joined.mtr")).map(\.request.firstByteTime)
        #expect(times == [0, 1, 2, 0, 1, 2, 3, 4, 2, 3].map { $0 * 1_000_000 })
        try await program.run("edit", "--merge", "shop.mtr", "shop.mtr", "-o", "merged.mtr")
        let merged = try exchanges(of: program.file("merged.mtr"))
        #expect(merged.map(\.request.firstByteTime).sorted() == merged.map(\.request.firstByteTime))
        #expect(Set(merged.map(\.connection)) == [0, 1, 2, 3])
        try await program.run(
            ["edit", "shop.mtr", "--rescale", "2x", "--shift", "1h", "-o", "slow.mtr"]
        )
        let slow = try exchanges(of: program.file("slow.mtr")).map(\.request.firstByteTime)
        #expect(slow.max() == 4_000_000)
        let facts = try await program.json("info", "--json", "slow.mtr")
        #expect(try facts["epoch_unix_ns"].number == 3_600_000_000_000)
    }

    @Test func sameEditGivesSameBytes() async throws {
        let program = try programWithTrace()
        for name in ["a.mtr", "b.mtr"] {
            let options = ["--sample", "50%", "--anonymise", "-o", name]
            try await program.run(["edit", "shop.mtr"] + options)
        }
        #expect(
            try Data(contentsOf: program.url("a.mtr")) == Data(contentsOf: program.url("b.mtr"))
        )
    }

    @Test func anonymisedTraceIsVerified() async throws {
        let program = try Program()
        let head = "GET /a HTTP/1.1\r\nHost: x\r\nCookie: sid=0123456789abcdef\r\n\r\n"
        let info = TraceInfo(writer: "test", source: "import", epoch: 0, bodies: "requests")
        var writer = try TraceWriter(creating: program.file("secret.mtr"), info: info)
        let message = RecordedMessage(
            head: Array(head.utf8),
            firstByteTime: 0,
            lastByteTime: 0,
            isComplete: true
        )
        let exchange = Exchange(
            connection: 0,
            sequence: 0,
            request: message,
            response: nil,
            end: .cutByRecordingEnd
        )
        try writer.append(.exchange(exchange))
        _ = try writer.finish(ledger: Ledger())
        let edit = try await program.run(
            [
                "edit", "secret.mtr", "--anonymise", "--verify-anonymised", "secret.mtr", "-o",
                "public.mtr",
            ]
        )
        #expect(edit.status == 0, "\(edit)")
        #expect(edit.errors.contains("none of 1 secrets of secret.mtr was found"))
        let redacted = try #require(try exchanges(of: program.file("public.mtr")).first)
        #expect(redacted.request.head.count == head.utf8.count)
        #expect(!String(decoding: redacted.request.head, as: UTF8.self).contains("0123456789"))
        let leak = try await program.run("edit", "secret.mtr", "--verify-anonymised", "secret.mtr")
        #expect(leak.status == 1, "\(leak)")
        #expect(leak.errors.contains("a secret stands at byte 38 of the request head"))
        let facts = try await program.json("info", "--json", "public.mtr")
        #expect(try facts["redaction"].text?.contains("cookie") == true)
        #expect(try facts["ledger"]["redacted"]["fields"].number == 1)
    }

    @Test(arguments: [
        (["--time", "5..1s"], "'5..1s' is invalid for '--time"),
        (["--slice", "2s..1s"], "'2s..1s' is invalid for '--slice"),
        (["--route", "run"], "'run' is invalid for '--route"),
        (["--status", "2xxx"], "'2xxx' is invalid for '--status"),
        (["--sample", "0%"], "'0%' is invalid for '--sample"),
        (["--sample", "101%"], "'101%' is invalid for '--sample"),
        (["--rescale", "0x"], "'0x' is invalid for '--rescale"),
        (["--connection", "9-3"], "'9-3' is invalid for '--connection"),
        (["--duration", "100"], "'100' is invalid for '--duration"),
    ])
    func optionThatMakesNoSense(_ options: [String], _ complaint: String) async throws {
        let program = try programWithTrace()
        let finished = try await program.run(["edit", "shop.mtr", "-o", "new.mtr"] + options)
        #expect(finished.status == 64 && finished.errors.contains(complaint), "\(finished)")
        #expect(try program.fileNames == ["shop.mtr"])
    }

    @Test func inputsAreNeverWrittenTo() async throws {
        let program = try programWithTrace()
        for command in [["edit"], ["repair"]] {
            let itself = command + ["shop.mtr", "-o", "shop.mtr", "--force"]
            try await program.run(itself).expectFailure(
                64,
                saying: "the output is the file that is read"
            )
        }
        let none = try await program.run("edit", "shop.mtr")
        #expect(none.status == 64 && none.errors.contains("--output is missing"))
    }
}

/// Repair as its users run it.
@Suite(.timeLimit(.minutes(5)))
struct RepairCommandTests {
    @Test func damagedTraceIsMadeWhole() async throws {
        let program = try Program()
        let targets = Array(repeating: "/run/echo", count: 20_000)
        try writeTrace(to: program.file("whole.mtr"), connections: [targets])
        var bytes = try Data(contentsOf: program.url("whole.mtr"))
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.prefix(bytes.count - 100).write(to: program.url("broken.mtr"))
        let finished = try await program.run("repair", "broken.mtr", "-o", "saved.mtr")
        #expect(finished.status == 0 && finished.output == "", "\(finished)")
        #expect(finished.errors.contains("warning: broken.mtr: "))
        #expect(finished.errors.contains("lost: "))
        let facts = try await program.json("info", "--json", "saved.mtr")
        #expect(try facts["finished"].flag == true && facts["damage"].elements.isEmpty)
        let saved = try #require(try facts["exchanges"].number)
        #expect(saved > 0 && saved < targets.count)
        #expect(finished.errors.contains("saved.mtr: \(saved) exchanges saved"))
        let ledger = try facts["ledger"]["repair"]
        #expect(try #require(ledger["lost_parts"].number) > 0)
        let lost = try #require(try ledger["lost_exchanges"].number)
        #expect(try ledger["parts_of_unknown_content"].number != 0 || saved + lost == targets.count)
        #expect(try Data(contentsOf: program.url("broken.mtr")).count == bytes.count - 100)
    }

    @Test func wholeFileLosesNothing() async throws {
        let program = try Program()
        try writeTrace(to: program.file("whole.mtr"), connections: [["/a", "/b"]])
        let finished = try await program.run("repair", "whole.mtr", "-o", "same.mtr")
        #expect(finished.errors == "same.mtr: 2 exchanges saved\nnothing was lost\n")
        let before = try await program.json("info", "--json", "whole.mtr")
        let after = try await program.json("info", "--json", "same.mtr")
        #expect(try before["trace_hash"].text == after["trace_hash"].text)
    }

    @Test func runIsRepairedToo() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/run/echo", "/run/echo"]])
        try await program.standIn { shop, _ in
            try await program.run(
                ["--target", shop, "--speed", "max", "-o", "run.mrr", "shop.mtr"]
            )
        }
        let bytes = try Data(contentsOf: program.url("run.mrr"))
        try bytes.prefix(bytes.count - 50).write(to: program.url("cut.mrr"))
        let finished = try await program.run("repair", "cut.mrr", "-o", "saved.mrr")
        #expect(finished.status == 0, "\(finished)")
        #expect(finished.errors.contains("saved.mrr: 2 outcomes saved"))
        let facts = try await program.json("info", "--json", "saved.mrr")
        #expect(try facts["finished"].flag == true && facts["completed"].number == 2)
    }

    @Test func fileWithoutAnyRecordIsNotRepaired() async throws {
        let program = try Program()
        try writeTrace(to: program.file("none.mtr"), connections: [])
        let finished = try await program.run("repair", "none.mtr", "-o", "saved.mtr")
        finished.expectFailure(65, saying: "none.mtr has no record that can be read")
        #expect(try program.fileNames == ["none.mtr"])
    }
}
