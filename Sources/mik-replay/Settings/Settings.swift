import SystemPackage

/// The options of one call of the program, each with where its value came from: the command line,
/// the environment, a file, or the program's own default, in this order.
struct Settings {
    /// Where a value came from.
    enum Source: Equatable {
        case commandLine
        case environment(String)
        case file(String)
        case builtIn
    }

    /// One option.
    struct Setting {
        let name: String
        let isFlag: Bool
        /// As on the command line; empty when the option has no value.
        let values: [String]
        let source: Source
    }

    /// The command's words; empty when the call names none that takes options.
    let command: [String]
    /// All options by name.
    let options: [Setting]
    /// The command line with what the environment and the file add.
    let arguments: [String]

    /// Options that answer a question of safety, or name a command to run: a file that happens to
    /// lie in a folder shall not.
    static let commandLineOnly: Set = ["yes", "force", "allow-recorded-target", "before-run"]

    private static let showsHelp: Set = [
        "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help",
    ]

    /// Finds the value of each option.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - root: The commands.
    ///   - environment: The environment.
    ///   - file: The file with defaults, if there is one.
    /// - Throws: When the environment names an option that does not exist.
    init(
        _ arguments: [String],
        of root: CommandDescription,
        environment: [String: String],
        file: SettingsFile?
    ) throws(CommandFailure) {
        var (command, path, rest) = (root, [String](), arguments[...])
        while let word = rest.first, let below = command.subcommand(word) {
            (command, path, rest) = (below, path + [word], rest.dropFirst())
        }
        if rest.first != "help", let name = command.defaultSubcommand,
            let below = command.subcommand(name)
        {
            (command, path) = (below, path + [name])
        }
        let words = rest.prefix { $0 != "--" }
        guard !arguments.isEmpty, command.subcommands?.isEmpty ?? true, !path.isEmpty,
            Self.showsHelp.isDisjoint(with: words.map { String($0.prefix { $0 != "=" }) })
        else {
            (self.command, options, self.arguments) = ([], [], arguments)
            return
        }
        let options = try Self.options(
            of: command,
            path,
            words: Array(words),
            environment: environment,
            file: file
        )
        self.command = path
        self.options = options
        self.arguments = path + options.flatMap(\.addedWords) + rest
    }

    private static func options(
        of command: CommandDescription,
        _ path: [String],
        words: [String],
        environment: [String: String],
        file: SettingsFile?
    ) throws(CommandFailure) -> [Setting] {
        let prefix = variable(["mik-replay"] + path) + "_"
        let known = command.options
        let variables = Dictionary(
            uniqueKeysWithValues: known.keys.map { (prefix + variable([$0]), $0) }
        )
        for name in environment.keys.sorted() where name.hasPrefix(prefix) {
            guard let option = variables[name], !commandLineOnly.contains(option) else {
                throw CommandFailure("\(name) stands for no option that it can set", .usage)
            }
        }
        let values = file?.values(of: path) ?? [:]
        return known.sorted { $0.key < $1.key }.map { name, option in
            let isFlag = option.kind == .flag
            let (found, source): ([String], Source)
            let name = name
            if let given = self.values(of: option, in: words) {
                (found, source) = (given, .commandLine)
            } else if let text = environment[prefix + variable([name])] {
                (found, source) = ([text], .environment(prefix + variable([name])))
            } else if let texts = values[name], let file {
                (found, source) = (texts, .file(file.path.string))
            } else {
                (found, source) = (option.defaultValue.map { [$0] } ?? [], .builtIn)
            }
            return Setting(name: name, isFlag: isFlag, values: found, source: source)
        }
    }

    /// What stands on the command line for an option; `nil` when it is not there.
    private static func values(of option: OptionDescription, in words: [String]) -> [String]? {
        var values: [String] = []
        for (position, word) in words.enumerated() where option.isNamed(by: word) {
            if option.kind == .flag {
                values.append("true")
            } else if word.hasPrefix("--"), let sign = word.firstIndex(of: "=") {
                values.append(String(word[word.index(after: sign)...]))
            } else if !word.hasPrefix("--"), word.count > 2 {
                values.append(String(word.dropFirst(2)))
            } else if position + 1 < words.count {
                values.append(words[position + 1])
            }
        }
        return values.isEmpty ? nil : values
    }

    /// The name of a variable: `MIK_REPLAY_LOAD_CONNECTIONS`.
    private static func variable(_ words: [String]) -> String {
        words.joined(separator: "_").uppercased().split(separator: "-").joined(separator: "_")
    }
}

extension Settings.Setting {
    /// What is added to the command line for a value from elsewhere.
    fileprivate var addedWords: [String] {
        switch source {
        case .commandLine, .builtIn: return []
        case .environment, .file: break
        }
        // What is neither true nor false is handed on, so that the parser says what is wrong.
        guard isFlag else { return values.map { "--\(name)=\($0)" } }
        return values.flatMap { value in
            switch value {
            case "true", "1": ["--\(name)"]
            case "false", "0", "": [String]()
            default: ["--\(name)=\(value)"]
            }
        }
    }

    /// Where the value came from, in words.
    var origin: String {
        switch source {
        case .commandLine: "command line"
        case .environment(let name): "environment \(name)"
        case .file(let path): path
        case .builtIn: "default"
        }
    }
}
