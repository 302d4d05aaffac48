import Subprocess
import SystemPackage

/// A shell command of the user's that is run between measurements, to restart a server or to reset
/// its state.
struct ShellHook {
    let command: String

    /// Runs it to its end; what it prints goes to standard error.
    ///
    /// - Parameter variables: What it learns by its environment.
    /// - Throws: `CommandFailure` when it ends with another status than 0.
    func run(_ variables: [String: String] = [:]) async throws {
        let updates = variables.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", command],
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: updates)),
            output: .fileDescriptor(.standardError, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        )
        guard case .exited(0) = result.terminationStatus else {
            throw CommandFailure(
                "the command of --before-run ended with \(result.terminationStatus): \(command)",
                .usage
            )
        }
    }
}
