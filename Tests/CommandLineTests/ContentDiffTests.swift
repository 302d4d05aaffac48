import Foundation
import Testing
import TraceFormat

@Suite struct ContentDiffTests {
    /// Runs whose answers have a body; that of `b.mrr` has another price in every tenth.
    private func programWithRuns(keeping: String? = "content-type, x-shop") throws -> Program {
        let program = try Program()
        for (number, name) in ["a.mrr", "b.mrr", "c.mrr"].enumerated() {
            try writeRun(
                to: program.file(name),
                count: 400,
                change: { outcome in
                    let price = number == 1 && outcome.index % 10 == 4 ? 9 : 5
                    let body = #"{"items":[{"price":\#(price)}],"took":\#(number)}"#
                    outcome.fingerprint = Fingerprint(of: Array(body.utf8))
                    if keeping != nil { outcome.keptBody = Array(body.utf8) }
                },
                info: { $0.environment["kept_fields"] = keeping }
            )
        }
        return program
    }

    private static let price =
        "/run/echo: $.items[].price ×40 · #4 $.items[0].price: 5 → 9"

    @Test func diffTellsWhichFieldsDifferInEveryForm() async throws {
        let program = try programWithRuns()
        let files = ["--markdown", "d.md", "--html", "d.html", "--noise-run", "c.mrr"]
        let diff = try await program.run(["diff", "a.mrr", "b.mrr"] + files)
        #expect(diff.status == 0, "\(diff)")
        #expect(diff.output.contains("FIELDS    400 compared by fields · different ×400\n"))
        #expect(diff.output.contains(Self.price))
        #expect(diff.output.contains("$.took ×400, between baselines ×400: noise ·"))
        #expect(!diff.output.contains("--keep-bodies"))
        let markdown = try String(contentsOf: program.url("d.md"), encoding: .utf8)
        #expect(markdown.contains("| /run/echo $.items\\[\\].price | 40 | 0 |"))
        let page = try String(contentsOf: program.url("d.html"), encoding: .utf8)
        #expect(page.contains("$.items[].price"))
        let json = try await program.run("diff", "a.mrr", "b.mrr", "--json")
        #expect(json.output.contains(#""path": "$.items[].price""#))
        #expect(json.output.contains(#""noise_count": null"#))
    }

    @Test func anotherCompressionIsNoOtherBodyThoughNoneIsKept() async throws {
        let program = try Program()
        for (name, level, content) in [("a.mrr", 1, 1), ("b.mrr", 9, 1), ("c.mrr", 9, 2)]
            as [(String, UInt8, UInt8)]
        {
            try writeRun(
                to: program.file(name),
                count: 400,
                change: { outcome in
                    outcome.fingerprint = Fingerprint(of: [level, content])
                    outcome.contentFingerprint = Fingerprint(of: [content])
                }
            )
        }
        let same = try await program.run("diff", "a.mrr", "b.mrr")
        #expect(same.status == 0, "\(same)")
        #expect(!same.output.contains("another body"))
        let other = try await program.run("diff", "a.mrr", "c.mrr")
        #expect(other.output.contains("another body ×400"), "\(other)")
    }

    @Test func repetitionsTakeTheirNoiseFromTheFirstBaseline() async throws {
        let program = try programWithRuns()
        let diff = try await program.run("diff", "a.mrr", "c.mrr", "--against", "c.mrr", "b.mrr")
        #expect(diff.output.contains("/run/echo: $.items[].price ×40 ·"), "\(diff)")
        #expect(diff.output.contains("$.took ×400, between baselines ×400: noise"))
    }

    @Test func withoutBodiesTheReaderLearnsHowToGetThem() async throws {
        let program = try programWithRuns(keeping: nil)
        let diff = try await program.run("diff", "a.mrr", "b.mrr")
        #expect(diff.output.contains("which fields differ is told of runs that keep bodies"))
        #expect(!diff.output.contains("FIELDS"))
    }

    @Test func aReportComparesWithTheTraceThatWasReplayed() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/run/cart", "/health"]])
        try writeTrace(to: program.file("other.mtr"), connections: [["/run/cart"]])
        try await program.standIn { shop, _ in
            for (name, keeping) in [("kept.mrr", ["--keep-bodies"]), ("plain.mrr", [])] {
                let run = ["replay", "--target", shop, "-o", name, "shop.mtr"]
                _ = try await program.run(run + keeping)
            }
        }
        let report = try await program.run("report", "kept.mrr", "--trace", "shop.mtr")
        #expect(report.output.contains("FIELDS    0 compared by fields"), "\(report)")
        let plain = try await program.run("report", "plain.mrr", "--trace", "shop.mtr")
        plain.expectFailure(65, saying: "plain.mrr keeps no answers to compare")
        let other = try await program.run("report", "kept.mrr", "--trace", "other.mtr")
        other.expectFailure(65, saying: "other.mtr is not the trace that kept.mrr replayed")
    }
}
