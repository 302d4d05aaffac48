import Foundation
import Subprocess
import SystemPackage
import Testing
import TraceFormat

/// Recording an interface with the built program.
@Suite(.timeLimit(.minutes(5)))
struct LiveTests {
    private static let isRoot = geteuid() == 0

    @Test(
        .enabled(if: Program.canCapture, "needs the right to capture on lo"),
        arguments: [Signal.interrupt, .terminate]
    )
    func stoppedRecordingFinishesItsTrace(_ signal: Signal) async throws {
        let program = try Program()
        let targets = (0..<10).map { "/health?n=\($0)" }
        try writeTrace(to: program.file("shop.mtr"), connections: [targets])
        try await program.standIn { shop, _ in
            let port = try #require(shop.split(separator: ":").last.map(String.init))
            let arguments = ["record", "live", "-i", "lo", "--port", port, "-o", "day.mtr"]
            let finished = try await program.running(arguments) { live in
                try await live.waitForError("recording interface lo into day.mtr")
                try await program.run("--speed", "max", "--target", shop, "shop.mtr")
                // The recorder writes by itself what it has, so this count comes up.
                while try await program.json("info", "--json", "day.mtr")["exchanges"].number != 10
                {}
                live.send(signal)
            }
            #expect(finished.status == 0, "\(finished)")
            #expect(finished.errors.contains("day.mtr: 10 exchanges on "))
        }
        let facts = try await program.json("info", "--json", "day.mtr")
        #expect(try facts["finished"].flag == true)
        #expect(try facts["ledger"]["missing"]["dropped_packets"].number == 0)
        let recorded = try exchanges(of: program.file("day.mtr"))
        #expect(recorded.map(\.methodAndTarget) == targets.map { "GET \($0)" })
    }

    @Test(.enabled(if: Program.canCapture, "needs the right to capture on lo"))
    func theTimeThatIsSetEndsIt() async throws {
        let program = try Program()
        let finished = try await program.run(
            "record",
            "live",
            "-i",
            "any",
            "--duration",
            "300ms",
            "-o",
            "day.mtr"
        )
        #expect(finished.status == 0, "\(finished)")
        #expect(try await program.json("info", "--json", "day.mtr")["finished"].flag == true)
    }

    @Test(.enabled(if: isRoot, "needs root, to give a right up"))
    func withoutTheRightToCaptureItSaysWhichOneIsNeeded() async throws {
        let program = try Program()
        let finished = try await program.running(
            [
                "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", Program.path.string,
                "record", "live", "-i", "lo", "-o", "day.mtr",
            ],
            by: .name("setpriv")
        ) { _ in }
        finished.expectFailure(69, saying: "capturing on lo needs the capability CAP_NET_RAW")
        #expect(finished.errors.contains("setcap cap_net_raw+ep"))
        #expect(try program.fileNames == [])
    }

    @Test func anInterfaceThatIsNotThereIsNamed() async throws {
        let program = try Program()
        let finished = try await program.run("record", "live", "-i", "nowhere0", "-o", "day.mtr")
        #expect(finished.status == 69)
        #expect(finished.errors.contains("nowhere0"), "\(finished)")
        #expect(try program.fileNames == [])
    }
}
