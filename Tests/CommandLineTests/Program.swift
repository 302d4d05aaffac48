import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The built program, run as its users run it, in a folder of its own.
struct Program {
    private let temporaryFolder: TemporaryFolder

    /// Where the commands run; they name their files relative to it.
    var folder: FilePath { temporaryFolder.path }

    /// The program, which is built next to the tests.
    static let path = FilePath(
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "mik-replay").path
    )

    /// Whether tests may capture on the loopback device, by tcpdump or by the program.
    static let canCapture: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tcpdump", "-i", "lo", "-L"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    init() throws {
        temporaryFolder = try TemporaryFolder()
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> FilePath { folder.appending(name) }

    /// The location of a file in the folder.
    func url(_ name: String) -> URL { URL(fileURLWithPath: file(name).string) }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String...) async throws -> FinishedCommand {
        try await run(arguments)
    }

    /// Runs a command to its end.
    @discardableResult
    func run(
        _ arguments: [String],
        by executable: Executable = .path(Self.path)
    ) async throws -> FinishedCommand {
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            workingDirectory: folder,
            output: .string(limit: 4 << 20),
            error: .string(limit: 4 << 20)
        )
        return FinishedCommand(
            ending: result.terminationStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }

    /// Runs a line of the shell, which finds the program under `Program.path`.
    func shell(_ script: String) async throws -> FinishedCommand {
        try await run(["-c", script], by: .path("/bin/sh"))
    }

    /// Runs a command, which has to succeed, and reads the JSON that it prints.
    func json(_ arguments: String..., accepting accepted: Set<Int32> = [0]) async throws -> JSON {
        try await json(arguments: arguments, accepting: accepted)
    }

    /// Runs a command, which has to end with an accepted status, and reads the JSON that it prints.
    func json(arguments: [String], accepting accepted: Set<Int32> = [0]) async throws -> JSON {
        let finished = try await run(arguments)
        try #require(accepted.contains(finished.status ?? -1), "\(arguments): \(finished)")
        return try JSON(finished.output)
    }

    /// Runs a command beside the test; `body` has to bring it to its end.
    @discardableResult
    func running(
        _ arguments: [String],
        by executable: Executable = .path(Self.path),
        platformOptions: PlatformOptions = PlatformOptions(),
        body: (RunningCommand) async throws -> Void
    ) async throws -> FinishedCommand {
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            workingDirectory: folder,
            platformOptions: platformOptions,
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            let command = RunningCommand(execution)
            do {
                try await body(command)
                return try await command.restOfErrors()
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
        }
        return FinishedCommand(
            ending: result.terminationStatus,
            output: "",
            errors: result.closureResult
        )
    }
}

// MARK: - Servers

extension Program {
    /// Runs a stand-in while `body` uses it.
    func standIn(
        _ options: String...,
        body: (_ url: String, _ server: RunningCommand) async throws -> Void
    ) async throws {
        let arguments = ["stand-in", "--listen", "127.0.0.1:0"] + options
        let finished = try await running(arguments) { server in
            try await body(try await server.url(), server)
            server.send(.interrupt)
        }
        #expect(finished.status == 0 || finished.ending == .signaled(9), "\(finished)")
    }

    /// Runs the recording proxy while `body` uses it, then stops it with SIGTERM.
    @discardableResult
    func recording(
        _ upstream: String,
        into trace: String,
        options: [String] = [],
        body: (_ url: String) async throws -> Void
    ) async throws -> FinishedCommand {
        let arguments =
            [
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", upstream, "-o", trace,
            ] + options
        return try await running(arguments) { proxy in
            try await body(try await proxy.url())
            proxy.send(.terminate)
        }
    }
}

// MARK: - Commands

/// A command that has ended.
struct FinishedCommand: CustomStringConvertible {
    /// How it ended.
    let ending: TerminationStatus
    /// What it printed on standard output.
    let output: String
    /// What it printed on standard error.
    let errors: String

    /// Its exit status; `nil` when a signal ended it.
    var status: Int32? {
        if case .exited(let status) = ending { status } else { nil }
    }

    /// What a failed expectation shows of it.
    var description: String { "\(ending): \(output)\(errors)" }
}

/// A command that runs beside the test.
final class RunningCommand {
    typealias Process = Execution<NoInput, DiscardedOutput, SequenceOutput>

    private let process: Process
    private var errorLines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator

    init(_ process: Process) {
        self.process = process
        errorLines = process.standardError.strings().makeAsyncIterator()
    }

    /// Waits for the next line on standard error; `nil` at its end.
    func nextErrorLine() async throws -> String? {
        try await errorLines.next()
    }

    /// Waits for a line on standard error that holds the text.
    func waitForError(_ text: String) async throws {
        while let line = try await nextErrorLine() {
            if line.contains(text) { return }
        }
        Issue.record("the command ended without saying '\(text)'")
    }

    /// The address that a server tells in its first line on standard error.
    func url() async throws -> String {
        let line = try #require(try await nextErrorLine())
        let words = line.split(whereSeparator: \.isWhitespace)
        return String(try #require(words.first { $0.contains("://") }, "\(line)"))
    }

    /// Sends a signal to it, or to its whole group; one that has ended already gets none.
    func send(_ signal: Signal, toGroup: Bool = false) {
        try? process.send(signal: signal, toProcessGroup: toGroup)
    }

    fileprivate func restOfErrors() async throws -> String {
        var text = ""
        while let line = try await nextErrorLine() { text += line + "\n" }
        return text
    }
}
