import Subprocess
import SystemPackage

/// Runs this program's own commands as processes and shows each command line, so that whoever
/// watches can repeat it by hand.
struct DemoProcesses {
    /// Where the commands run; their files are named relative to it.
    let folder: FilePath

    /// The program itself.
    private let program = FilePath("/proc/self/exe")

    /// Runs a command to its end with its output in plain view.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - accepted: The statuses that are no failure of the demo.
    /// - Returns: The exit status.
    /// - Throws: `CommandFailure` for any other status.
    @discardableResult
    func run(_ arguments: String..., accepting accepted: Set<Int32> = [0]) async throws -> Int32 {
        try show(arguments, suffix: "")
        let result = try await Subprocess.run(
            .path(program),
            arguments: Arguments(arguments),
            workingDirectory: folder,
            output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        )
        guard case .exited(let status) = result.terminationStatus, accepted.contains(status) else {
            throw CommandFailure(
                "the demo's command ended with \(result.terminationStatus)",
                .internalFault
            )
        }
        return status
    }

    /// Runs a server in the background while `body` does something with its address, then stops
    /// it with SIGINT and waits for its end.
    func serving(
        _ arguments: [String],
        body: (_ url: String) async throws -> Void
    ) async throws {
        try show(arguments, suffix: " &")
        let result = try await Subprocess.run(
            .path(program),
            arguments: Arguments(arguments),
            workingDirectory: folder,
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            var lines = execution.standardError.strings().makeAsyncIterator()
            guard let line = try await lines.next(), let url = firstURL(in: line) else {
                throw CommandFailure("the demo's server did not start", .internalFault)
            }
            try Terminal.print("  \(line.trimmed)\n")
            var failure: (any Error)?
            do {
                try await body(url)
            } catch {
                failure = error
            }
            try Terminal.print("$ kill -INT \(execution.processIdentifier.value)\n")
            try execution.send(signal: .interrupt)
            while let line = try await lines.next() { try Terminal.print("  \(line.trimmed)\n") }
            if let failure { throw failure }
        }
        guard case .exited(0) = result.terminationStatus else {
            throw CommandFailure(
                "the demo's server ended with \(result.terminationStatus)",
                .internalFault
            )
        }
    }

    private func show(_ arguments: [String], suffix: String) throws {
        let words = arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }
        try Terminal.print("$ mik-replay \(words.joined(separator: " "))\(suffix)\n")
    }

    private func firstURL(in line: String) -> String? {
        line.split(whereSeparator: { $0.isWhitespace }).first { $0.hasPrefix("http://") }
            .map(String.init)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
