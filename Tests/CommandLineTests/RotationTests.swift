import Foundation
import Subprocess
import Testing
import TraceFormat

@testable import mik_replay

/// A recording that goes on in a new trace, again and again.
@Suite(.timeLimit(.minutes(5)))
struct RotationTests {
    @Test func aProxyRotatesBySizeAndEveryTraceIsWhole() async throws {
        let program = try Program()
        let targets = Array(repeating: "/health", count: 5)
        try writeTrace(to: program.file("shop.mtr"), connections: [targets, targets, targets])
        try await program.standIn { shop, _ in
            let arguments = [
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", shop,
                "--rotate", "1B", "-o", "day.mtr",
            ]
            let finished = try await program.running(arguments) { proxy in
                let url = try await proxy.url()
                try await program.run("--speed", "max", "--target", url, "--quiet", "shop.mtr")
                proxy.send(.terminate)
            }
            #expect(finished.status == 0, "\(finished)")
            #expect(finished.errors.contains(" traces day.mtr: 15 exchanges on "))
        }
        let names = try program.fileNames.filter { $0.hasPrefix("day") }
        #expect(names.contains("day.mtr") && names.contains("day.2.mtr"))
        var total = 0
        for name in names {
            let facts = try await program.json("info", "--json", name)
            #expect(try facts["finished"].flag == true)
            let count = try #require(try facts["exchanges"].number)
            #expect(try facts["ledger"]["exchanges"]["total"].number == count)
            total += count
        }
        #expect(total == 15)
    }

    @Test func namesFollowThePatternAndNeverRepeat() {
        var plain = OutputNames(pattern: "a.b/day.mtr")
        #expect(
            (0..<3).map { plain.next(at: $0) } == ["a.b/day.mtr", "a.b/day.2.mtr", "a.b/day.3.mtr"]
        )
        var bare = OutputNames(pattern: "a.b/day")
        #expect((0..<2).map { bare.next(at: $0) } == ["a.b/day", "a.b/day.2"])
        var dated = OutputNames(pattern: "day-%Y-%S.mtr")
        #expect(
            [1_700_000_000, 1_700_000_000, 1_700_000_001].map { dated.next(at: $0) } == [
                "day-2023-20.mtr", "day-2023-20.2.mtr", "day-2023-21.mtr",
            ]
        )
    }

    @Test(arguments: ["1", "0s", "1XiB", "-1h"])
    func whatIsNeitherTimeNorSizeIsRefused(_ text: String) async throws {
        let program = try Program()
        let finished = try await program.run("record", "proxy", "-o", "day.mtr", "--rotate=\(text)")
        finished.expectUsageError(saying: "'\(text)' is invalid for '--rotate")
    }

    @Test func standardOutputCanNotBeRotated() async throws {
        let program = try Program()
        let finished = try await program.run(
            "record",
            "proxy",
            "-o",
            "-",
            "--rotate",
            "1h",
            "--listen",
            "127.0.0.1:0"
        )
        finished.expectUsageError(saying: "standard output can't be rotated")
    }
}
