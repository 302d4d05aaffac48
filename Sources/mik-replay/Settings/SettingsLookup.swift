import FoundationEssentials
import SystemPackage

extension Settings {
    /// The word that asks for the settings in place of what the command does.
    private static let question = "--show-config"

    /// The arguments with the defaults of the environment and of `mik-replay.toml`.
    ///
    /// The file is that in the working folder, or the one that `MIK_REPLAY_CONFIG` names.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: What to parse; `nil` when `--show-config` was answered.
    /// - Throws: When the file or the environment is not understood.
    static func completed(_ arguments: [String]) throws -> [String]? {
        let environment = ProcessInfo.processInfo.environment
        let path = environment["MIK_REPLAY_CONFIG"].map { FilePath($0) } ?? "mik-replay.toml"
        let isNamed = environment["MIK_REPLAY_CONFIG"] != nil
        let hasFile = isNamed || (try? path.stat()) != nil
        let hasVariables = environment.keys.contains { $0.hasPrefix("MIK_REPLAY_") }
        let words = arguments.prefix { $0 != "--" }
        let isAsked = words.contains(question)
        // Describing all commands takes some milliseconds, which most calls need not spend.
        guard hasFile || hasVariables || isAsked else { return arguments }
        let root = try CommandDescription.of(MikReplay.self)
        let settings = try Settings(
            words.filter { $0 != question } + arguments[words.endIndex...],
            of: root,
            environment: environment,
            file: hasFile ? try SettingsFile(reading: path, for: root) : nil
        )
        guard isAsked else { return settings.arguments }
        try Terminal.print(settings.text)
        return nil
    }

    /// Each option with its value and where that came from.
    private var text: String {
        let shown = options.map { option in
            let value =
                option.values.isEmpty
                ? (option.isFlag ? "false" : "-") : option.values.joined(separator: ", ")
            return (name: option.name, value: value, origin: option.origin)
        }
        let names = shown.map(\.name.count).max() ?? 0
        let values = shown.map(\.value.count).max() ?? 0
        let lines = shown.map { line in
            "  \(line.name.padded(to: names + 2))\(line.value.padded(to: min(values, 30) + 2))"
                + line.origin
        }
        return ([command.joined(separator: " ")] + lines).joined(separator: "\n") + "\n"
    }
}
