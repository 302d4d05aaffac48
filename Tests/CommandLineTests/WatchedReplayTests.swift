import Foundation
import Subprocess
import SystemPackage
import Testing

/// A replay that somebody watches while it goes on.
@Suite(.timeLimit(.minutes(5)))
struct WatchedReplayTests {
    @Test func metricsAreServedWhileItGoesOn() async throws {
        let program = try Program()
        let targets = ["/health", "/missing", "/run/stuck"]
        try writeTrace(to: program.file("shop.mtr"), connections: [targets])
        try await program.standIn("--module", "stuck:load=1h", "--log-loads") { shop, server in
            let arguments = [
                "--target", shop, "--metrics-listen", "127.0.0.1:0", "--drain", "1ms", "shop.mtr",
            ]
            _ = try await program.running(arguments) { replay in
                let line = try #require(try await replay.nextErrorLine())
                let url = try #require(line.split(separator: " ").last.map(String.init))
                #expect(line == "metrics: \(url)")
                try await server.waitForError("Loading module: stuck")
                // The figures follow within a twentieth of a second; this has a hundred of them.
                let metrics = try await program.shell(
                    """
                    for try in $(seq 50); do
                        curl -s \(url) > metrics.txt
                        grep -q 'sent_total 3' metrics.txt && break
                        sleep 0.1
                    done
                    cat metrics.txt
                    curl -s -o /dev/null -w '%{http_code}' \(url)/other
                    """
                )
                let lines = Set(metrics.output.split(separator: "\n").map(String.init))
                for line in [
                    "# TYPE mik_replay_sent counter", "mik_replay_planned_requests 3",
                    "mik_replay_sent_total 3", "mik_replay_due_total 3",
                    "mik_replay_completed_total 2", "mik_replay_in_flight 1",
                    "# EOF", "404",
                ] {
                    #expect(lines.contains(line), "\(line)")
                }
                #expect(
                    metrics.output.contains("mik_replay_response_time_seconds{quantile=\"0.99\"}")
                )
                replay.send(.interrupt)
            }
        }
    }

    @Test func anAddressThatIsTakenIsTold() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        try await program.standIn { shop, _ in
            let address = shop.replacing("http://", with: "")
            let finished = try await program.run(
                "--target",
                shop,
                "--metrics-listen",
                address,
                "shop.mtr"
            )
            #expect(finished.status == 64)
            #expect(finished.errors.contains("metrics can't be served at \(address): "))
            #expect(!FileManager.default.fileExists(atPath: program.file("shop.1x.mrr").string))
        }
    }

    @Test func aTerminalShowsHowItGoes() async throws {
        let program = try Program()
        try writeTrace(
            to: program.file("shop.mtr"),
            connections: [["/health", "/run/stuck", "/health"]]
        )
        try await program.standIn("--module", "stuck:load=1s") { shop, _ in
            let command = "env -u NO_COLOR \(Program.path.string) --target \(shop) shop.mtr"
            let seen = try await program.shell(
                "script -qec '\(command)' /dev/null </dev/null | tr '\\r' '\\n'"
            )
            #expect(seen.output.contains("sent 2/3 · in flight 1"), "\(seen)")
            #expect(seen.output.contains("rate asked "))
            #expect(seen.output.contains("response p50 "))
        }
    }
}
