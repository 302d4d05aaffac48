import Foundation
import Testing

@testable import mik_replay

/// Defaults from the file and the environment, and the help of every command.
@Suite(.timeLimit(.minutes(5)))
struct SettingsTests {
    private func program(_ file: String) throws -> Program {
        let program = try Program()
        try Data(file.utf8).write(to: program.url("mik-replay.toml"))
        return program
    }

    /// The line of an option in the answer to `--show-config`.
    private func line(_ option: String, _ finished: FinishedCommand) -> [Substring] {
        let lines = finished.output.split(separator: "\n").map { $0.split(separator: " ") }
        return lines.first { $0.first == option[...] } ?? []
    }

    @Test func eachValueTellsWhereItCameFrom() async throws {
        let program = try program(
            """
            [load]
            connections = 7
            duration = "3s"
            json = true
            header = ["A: 1", "B: 2"]
            """
        )
        let finished = try await program.shell(
            "MIK_REPLAY_LOAD_DURATION=4s MIK_REPLAY_LOAD_WARMUP=1s "
                + "\(Program.path) load -w2s --show-config --method=PUT"
        )
        #expect(finished.status == 0, "\(finished)")
        #expect(line("connections", finished) == ["connections", "7", "mik-replay.toml"])
        let variable = "MIK_REPLAY_LOAD_DURATION"
        #expect(line("duration", finished) == ["duration", "4s", "environment", variable[...]])
        #expect(line("warmup", finished) == ["warmup", "2s", "command", "line"])
        #expect(line("method", finished) == ["method", "PUT", "command", "line"])
        #expect(line("json", finished) == ["json", "true", "mik-replay.toml"])
        #expect(finished.output.contains("A: 1, B: 2"))
        #expect(line("timeout", finished).last == "default")
    }

    @Test func theValuesAreUsedAndTheCommandLineWins() async throws {
        let program = try program("[info]\njson = true\n[replay]\nspeed = \"nonsense\"\n")
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        let info = try await program.run("info", "shop.mtr")
        #expect(try JSON(info.output)["kind"].text == "trace")
        let file = try await program.run("shop.mtr")
        file.expectUsageError(saying: "'nonsense' is invalid for '--speed")
        let dry = try await program.run(
            "--speed",
            "2x",
            "--dry-run",
            "--target",
            "http://127.0.0.1:9",
            "shop.mtr"
        )
        #expect(dry.status == 0, "\(dry)")
    }

    @Test(arguments: [
        ("[load]\nconnectoins = 1\n", "'load --connectoins' is no option"),
        ("[lode]\nconnections = 1\n", "there is no command 'lode'"),
        ("[record.proxi]\nlisten = \"x\"\n", "there is no command 'record proxi'"),
        ("[replay]\nyes = true\n", "--yes is only taken from the command line"),
        ("[load]\nconnections = { a = 1 }\n", "there is no command 'load connections'"),
        ("[load]\nconnections = [[1]]\n", "is no text, number or truth"), ("[load\n", "line 1"),
    ])
    func aFileThatIsNotUnderstoodIsSaidSo(_ text: String, _ complaint: String) async throws {
        let program = try program(text)
        let finished = try await program.run("doctor")
        finished.expectFailure(65, saying: complaint)
    }

    @Test func variablesForNoOptionAreRefused() async throws {
        let program = try Program()
        for name in ["MIK_REPLAY_LOAD_CONNECTOINS", "MIK_REPLAY_REPLAY_YES"] {
            let command = name.contains("LOAD") ? "load" : "replay x.mtr"
            let finished = try await program.shell("\(name)=1 \(Program.path) \(command)")
            finished.expectFailure(64, saying: "\(name) stands for no option")
        }
        let missing = try await program.shell("MIK_REPLAY_CONFIG=no.toml \(Program.path) doctor")
        missing.expectFailure(66, saying: "no.toml does not exist")
    }

    @Test func helpIsNotChangedByDefaults() async throws {
        let program = try program("[replay]\nspeed = \"4x\"\n")
        for arguments in [[], ["--help"], ["help", "replay"], ["record"], ["--version"]] {
            let finished = try await program.run(arguments)
            let plain = try await Program().run(arguments)
            #expect(finished.description == plain.description)
        }
    }

    /// A command with all below it.
    private func commands(
        _ command: CommandDescription,
        _ path: [String] = []
    ) -> [[String]] {
        [path]
            + (command.subcommands ?? []).filter { $0.commandName != "help" }
            .flatMap { commands($0, path + [$0.commandName]) }
    }

    @Test func everyCommandHasExamples() async throws {
        let program = try Program()
        let all = commands(try CommandDescription.of(MikReplay.self))
        #expect(all.count > 20)
        for path in all where !path.isEmpty {
            let help = try await program.run(path + ["--help"]).output
            let example = "  mik-replay \(path == ["replay"] ? "" : path.joined(separator: " "))"
            #expect(help.contains("Example"), "\(path)")
            #expect(help.contains(example), "\(path)")
        }
    }
}
