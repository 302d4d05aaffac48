import Foundation
import SeededRandom
import Subprocess
import SystemPackage
import Testing
import TraceFormat

/// Commands that are stopped, killed, or out of room: what was done until then is kept.
@Suite(.timeLimit(.minutes(5)))
struct StopTests {
    @Test(arguments: [Signal.interrupt, .terminate])
    func stoppedReplayWritesWhatThereIs(_ signal: Signal) async throws {
        let program = try Program()
        let targets = ["/health", "/run/stuck", "/health"]
        try writeTrace(to: program.file("shop.mtr"), connections: [targets])
        try await program.standIn("--module", "stuck:load=1h", "--log-loads") { shop, server in
            let finished = try await program.running(["--target", shop, "shop.mtr"]) { replay in
                try await server.waitForError("Loading module: stuck")
                replay.send(signal)
            }
            #expect(finished.status == 130, "\(finished)")
            #expect(finished.errors.hasSuffix("\nrun: shop.1x.mrr\n"))
        }
        let facts = try await program.json("info", "--json", "shop.1x.mrr")
        #expect(try facts["partial"].flag == true)
        #expect(try facts["finished"].flag == true)
        #expect(try facts["planned"].number == 3)
        #expect(try facts["sent"].number == 2)
        #expect(try facts["completed"].number == 1)
        #expect(try facts["censored"].number == 1)
        #expect(try facts.sumOfEndings == 2)
        let report = try await program.json("report", "--json", "shop.1x.mrr", accepting: [3])
        #expect(try report["partial"].flag == true)
        #expect(try report["overall"]["censored"]["interrupted"].number == 1)
    }

    @Test(arguments: [Signal.interrupt, .terminate])
    func stoppedProxyFinishesItsTrace(_ signal: Signal) async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health", "/run/stuck"]])
        try await program.standIn("--module", "stuck:load=1h", "--log-loads") { shop, server in
            let arguments = [
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", shop, "--drain", "1ms",
                "-o", "day.mtr",
            ]
            let finished = try await program.running(arguments) { proxy in
                let url = try await proxy.url()
                try await program.running(["--target", url, "--quiet", "shop.mtr"]) { _ in
                    try await server.waitForError("Loading module: stuck")
                    proxy.send(signal)
                }
            }
            #expect(finished.status == 0, "\(finished)")
            #expect(finished.errors.hasPrefix("day.mtr: 2 exchanges on "))
        }
        let facts = try await program.json("info", "--json", "day.mtr")
        #expect(try facts["finished"].flag == true)
        #expect(try facts["damage"].elements.isEmpty)
        let recorded = try exchanges(of: program.file("day.mtr"))
        #expect(recorded.map(\.methodAndTarget) == ["GET /health", "GET /run/stuck"])
        #expect(recorded.map(\.end) == [.complete, .cutByRecordingEnd])
    }

    @Test func aSignalThatFollowsTheAddressAtOnceIsHeeded() async throws {
        let program = try Program()
        for round in 0..<5 {
            // It stops in good order, with the drain and the summary, and leaves a whole trace.
            let finished = try await program.recording(
                "http://127.0.0.1:1",
                into: "\(round).mtr"
            ) { _ in }
            #expect(finished.status == 0, "\(finished)")
            let facts = try await program.json("info", "--json", "\(round).mtr")
            #expect(try facts["finished"].flag == true)
        }
    }

    @Test func killedProxyLosesNothingThatItHasWritten() async throws {
        let program = try Program()
        let targets = Array(repeating: "/health", count: 50)
        try writeTrace(to: program.file("shop.mtr"), connections: [targets])
        try await program.standIn { shop, _ in
            let arguments = [
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", shop, "-o", "day.mtr",
            ]
            let finished = try await program.running(arguments) { proxy in
                let url = try await proxy.url()
                try await program.run("--speed", "max", "--target", url, "shop.mtr")
                // The proxy writes by itself what it has, so this count comes up.
                while try await program.json("info", "--json", "day.mtr")["exchanges"].number != 50
                {}
                proxy.send(.kill)
            }
            #expect(finished.ending == .signaled(9))
        }
        let facts = try await program.json("info", "--json", "day.mtr")
        #expect(try facts["exchanges"].number == 50)
        #expect(try facts["finished"].flag == false)
        try await program.standIn { shop, _ in
            let replay = try await program.run("--speed", "max", "--target", shop, "day.mtr")
            #expect([0, 3].contains(replay.status), "\(replay)")
        }
    }

    /// Runs the proxy on a file system of its own with little room, and keeps the trace of it.
    private static let proxyOnSmallDisk = """
        trap : TERM
        mkdir disk && mount -t tmpfs -o size=1m none disk || exit 99
        "$0" record proxy --listen 127.0.0.1:0 --upstream "$1" -o disk/day.mtr
        status=$?
        cp disk/day.mtr day.mtr
        exit $status
        """

    /// Whether this user may mount a file system where no other process sees it.
    private static let canMount: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: canMount, "needs the right to mount a small file system"))
    func fullDiskStopsTheRecordingAndNotTheTraffic() async throws {
        let program = try Program()
        var random = SplitMix64(seed: 2)
        // Bodies that are equal would be in the trace once.
        let bodies = (0..<40).map { _ in
            (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let targets = Array(repeating: "/run/echo", count: 40)
        try writeTrace(to: program.file("shop.mtr"), connections: [targets], body: { bodies[$0] })
        try await program.standIn { shop, _ in
            var options = PlatformOptions()
            options.processGroupID = 0
            let finished = try await program.running(
                ["-m", "sh", "-c", Self.proxyOnSmallDisk, Program.path.string, shop],
                by: .name("unshare"),
                platformOptions: options
            ) { proxy in
                let url = try await proxy.url()
                let replay = try await program.run(
                    "--speed",
                    "max",
                    "--target",
                    url,
                    "-o",
                    "run.mrr",
                    "shop.mtr"
                )
                #expect([0, 3].contains(replay.status), "\(replay)")
                try await proxy.waitForError(
                    "No space left on device; recording has stopped, the traffic goes on"
                )
                proxy.send(.terminate, toGroup: true)
            }
            #expect(finished.status == 73, "\(finished)")
        }
        #expect(try await program.json("info", "--json", "run.mrr")["completed"].number == 40)
        let recorded = try exchanges(of: program.file("day.mtr"))
        #expect(recorded.count > 0 && recorded.count < 40)
        #expect(recorded.allSatisfy { $0.request.body.bytes == bodies[Int($0.sequence)] })
    }
}
