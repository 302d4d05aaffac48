import ArgumentParser
import Glibc

/// The program: a list of commands, of which `replay` is meant when none is named.
@main
struct MikReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mik-replay",
        abstract: "Record real HTTP traffic, replay it on time, and compare what came of it.",
        discussion: """
            A trace (.mtr) holds recorded exchanges; a run (.mrr) holds what one replay
            of a trace against one target did. Each command reads the files of the one
            before:

              mik-replay record proxy --listen 127.0.0.1:8080 \\
                  --upstream http://127.0.0.1:3000 -o shop.mtr
              mik-replay --speed 4x --target http://127.0.0.1:3000 -o new.mrr shop.mtr
              mik-replay report new.mrr
              mik-replay diff old.mrr new.mrr

            Try it all against the embedded server: mik-replay demo

            Defaults of options come from mik-replay.toml and from the environment; after
            any command, --show-config tells each value and where it came from.

            Exit status: 0 fine, 1 regression or threshold missed, 3 measurement not valid,
            4 inconclusive, 64 usage, 65 bad input data, 66 input missing, 69 target
            unreachable, 70 our own fault, 73 output cannot be written, 130 interrupted.
            """,
        version: "mik-replay \(Version.current)",
        subcommands: [
            RecordCommand.self, ReplayCommand.self, InfoCommand.self, ReportCommand.self,
            DiffCommand.self, CheckCommand.self,
            ExportCommand.self, ImportCommand.self, EditCommand.self, RepairCommand.self,
            CompareCommand.self, MergeCommand.self, LoadCommand.self,
            BaselineCommand.self, HistoryCommand.self,
            StandInCommand.self, DemoCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: ReplayCommand.self
    )

    /// Parses the command line, with the user's defaults, and runs the command.
    static func main() async {
        do {
            let given = Array(CommandLine.arguments.dropFirst())
            guard let arguments = try Settings.completed(given) else { return }
            await main(arguments)
        } catch {
            let failure = CommandFailure(error)
            Terminal.printError("mik-replay: \(failure.message)")
            Glibc.exit(failure.status.rawValue)
        }
    }
}
