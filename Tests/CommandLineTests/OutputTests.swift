import Foundation
import Subprocess
import SystemPackage
import Testing

/// What goes to standard output and what to standard error, for people and for scripts.
@Suite(.timeLimit(.minutes(5)))
struct OutputTests {
    /// Replays a small trace at full speed, which makes a run that is valid on any machine.
    private func programWithRun() async throws -> Program {
        let program = try Program()
        let connections = [Array(repeating: "/run/echo", count: 60)]
        try writeTrace(to: program.file("shop.mtr"), connections: connections)
        try await program.standIn { shop, _ in
            let arguments = [
                "--speed", "max", "--target", shop, "--json", "-o", "run.mrr", "shop.mtr",
            ]
            let finished = try await program.run(arguments)
            // On a busy machine the run is not valid, which is not what these tests are about.
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(finished.errors.hasPrefix("run: run.mrr\n"))
            #expect(try JSON(finished.output)["kind"].text == "report")
        }
        return program
    }

    private static let readers = [
        ["info", "shop.mtr"], ["info", "run.mrr"], ["report", "run.mrr"],
        ["diff", "run.mrr", "run.mrr"],
    ]

    @Test func jsonIsAllThatIsPrinted() async throws {
        let program = try await programWithRun()
        for command in Self.readers {
            let finished = try await program.run(command + ["--json"])
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(finished.errors.isEmpty, "\(finished)")
            #expect(try JSON(finished.output).names.contains("kind"))
        }
    }

    @Test func sameFilesGiveSameBytes() async throws {
        let program = try await programWithRun()
        for command in Self.readers.flatMap({ [$0, $0 + ["--json"]] }) {
            let first = try await program.run(command)
            #expect(!first.output.isEmpty)
            #expect(try await program.run(command).output == first.output)
        }
    }

    @Test func nothingSteersATerminalThatIsNotThere() async throws {
        let program = try await programWithRun()
        for command in Self.readers {
            let finished = try await program.run(command)
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(!finished.output.isEmpty)
            #expect(finished.errors.isEmpty, "\(finished)")
            #expect(!finished.output.contains("\u{1B}"))
        }
    }

    @Test func readerThatHasGoneIsNoCrash() async throws {
        let program = try await programWithRun()
        for command in Self.readers {
            let ending = try await run(command, in: program)
            // Dying of SIGPIPE is what a pipe expects of its programs.
            #expect([.exited(0), .signaled(SIGPIPE)].contains(ending), "\(command)")
        }
    }

    @Test func replayWithoutAReaderStillWritesItsRun() async throws {
        let program = try await programWithRun()
        try await program.standIn { shop, _ in
            let arguments = ["--speed", "max", "--target", shop, "-o", "unread.mrr", "shop.mtr"]
            let ending = try await run(arguments, in: program)
            // On a busy machine the run is not valid, which is not what this is about.
            #expect([.exited(0), .exited(3), .signaled(SIGPIPE)].contains(ending))
        }
        let facts = try await program.json("info", "--json", "unread.mrr")
        #expect(try facts["finished"].flag == true)
        #expect(try facts["completed"].number == 60)
    }

    /// Runs a command whose standard output is a pipe that nobody reads from any more.
    private func run(_ arguments: [String], in program: Program) async throws -> TerminationStatus {
        let pipe = try FileDescriptor.pipe()
        try pipe.readEnd.close()
        return try await Subprocess.run(
            .path(Program.path),
            arguments: Arguments(arguments),
            workingDirectory: program.folder,
            output: .fileDescriptor(pipe.writeEnd, closeAfterSpawningProcess: true)
        ).terminationStatus
    }
}
