import Foundation
import Subprocess
import Testing
import TraceFormat

/// Traffic on the loopback device, captured by tcpdump: from the capture to a replay.
@Suite(.timeLimit(.minutes(5)))
struct CaptureStoryTests {
    private static let targets = (0..<30).map { "/run/echo/\($0)" }

    @Test(.enabled(if: Program.canCapture, "needs tcpdump and the right to capture on lo"))
    func captureIsRecordedAndReplayed() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let port = try #require(shop.split(separator: ":").last.map(String.init))
            try await capture(port: port, from: shop, with: program)
            try await checkTrace(port: port, with: program)
            let replay = try await program.run(
                "--speed",
                "max",
                "--target",
                shop,
                "--allow-recorded-target",
                "-o",
                "day.mrr",
                "day.mtr"
            )
            #expect([0, 3].contains(replay.status), "\(replay)")
        }
        let facts = try await program.json("info", "--json", "day.mrr")
        #expect(try facts["completed"].number == Self.targets.count)
    }

    /// Captures a replay into `day.pcap`.
    private func capture(port: String, from shop: String, with program: Program) async throws {
        let targets = Self.targets
        let connections = [Array(targets[..<10]), Array(targets[10...])]
        try writeTrace(to: program.file("sent.mtr"), connections: connections)
        // The shell opens the file, because tcpdump gives its rights away before it does.
        let command = "exec tcpdump -i lo -U --immediate-mode -w - tcp port \(port) > day.pcap"
        try await program.running(["-c", command], by: .name("sh")) { tcpdump in
            try await tcpdump.waitForError("listening on")
            try await program.run("--speed", "4x", "--target", shop, "sent.mtr")
            // tcpdump may still be writing what the kernel has given it.
            while try await completeCount(port: port, with: program) < targets.count {}
            tcpdump.send(.kill)
        }
    }

    /// How many complete exchanges the capture holds so far.
    private func completeCount(port: String, with program: Program) async throws -> Int {
        let recorder = try await program.run(
            "record",
            "pcap",
            "--port",
            port,
            "--force",
            "-o",
            "early.mtr",
            "day.pcap"
        )
        guard recorder.status == 0 else { return 0 }
        return try exchanges(of: program.file("early.mtr")).count { $0.end == .complete }
    }

    /// Records the capture twice, once from standard input, into the same bytes.
    private func checkTrace(port: String, with program: Program) async throws {
        let recorder = try await program.run(
            "record",
            "pcap",
            "--port",
            port,
            "-o",
            "day.mtr",
            "day.pcap"
        )
        #expect(recorder.status == 0, "\(recorder)")
        #expect(recorder.output == "")
        #expect(recorder.errors.contains("day.mtr: \(Self.targets.count) exchanges on "))
        let piped = try await Subprocess.run(
            .path(Program.path),
            arguments: ["record", "pcap", "--port", .init(port), "-o", "piped.mtr", "-"],
            workingDirectory: program.folder,
            input: .array(Array(try Data(contentsOf: program.url("day.pcap")))),
            output: .discarded
        )
        #expect(piped.terminationStatus.isSuccess)
        let bytes = try Data(contentsOf: program.url("day.mtr"))
        #expect(try Data(contentsOf: program.url("piped.mtr")) == bytes)

        let recorded = try exchanges(of: program.file("day.mtr"))
        #expect(
            recorded.map(\.methodAndTarget).sorted() == Self.targets.map { "GET \($0)" }.sorted()
        )
        #expect(recorded.allSatisfy { $0.end == .complete && $0.response?.status == 200 })
        let ledger = try await program.json("info", "--json", "day.mtr")["ledger"]
        #expect(try ledger["exchanges"]["total"].number == Self.targets.count)
        #expect(try ledger["packets"].names.count > 1)
    }
}
