import ArgumentParser
import FoundationEssentials

/// What ArgumentParser knows of a command: its options and the commands below it.
struct CommandDescription: Decodable {
    let commandName: String
    let defaultSubcommand: String?
    let subcommands: [CommandDescription]?
    let arguments: [OptionDescription]?

    private struct Document: Decodable {
        let command: CommandDescription
    }

    /// The description of a command with all below it.
    ///
    /// - Throws: When ArgumentParser describes it in a way that is not known.
    static func of(_ command: any ParsableCommand.Type) throws -> CommandDescription {
        try JSONDecoder().decode(Document.self, from: Data(command._dumpHelp().utf8)).command
    }

    /// The command below of this name.
    func subcommand(_ name: String) -> CommandDescription? {
        subcommands?.first { $0.commandName == name }
    }

    /// The options that can have a default of the user's, by their long names.
    var options: [String: OptionDescription] {
        var options: [String: OptionDescription] = [:]
        for option in arguments ?? [] {
            guard option.kind != .positional, let name = option.longName,
                !["help", "version"].contains(name)
            else { continue }
            options[name] = option
        }
        return options
    }
}

/// What ArgumentParser knows of an option.
struct OptionDescription: Decodable {
    enum Kind: String, Decodable {
        case positional, option, flag
    }

    struct Name: Decodable {
        let kind: String
        let name: String
    }

    let kind: Kind
    let names: [Name]?
    let defaultValue: String?

    /// The name that defaults are given by.
    var longName: String? { names?.first { $0.kind == "long" }?.name }

    /// Whether a word of the command line is this option, with or without its value.
    func isNamed(by word: String) -> Bool {
        (names ?? []).contains { name in
            name.kind == "long"
                ? word == "--\(name.name)" || word.hasPrefix("--\(name.name)=")
                : word.hasPrefix("-\(name.name)") && !word.hasPrefix("--")
        }
    }
}
