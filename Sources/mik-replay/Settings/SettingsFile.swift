import SystemPackage
import TOMLKit

/// Defaults of options from a file: a table for each command, such as `[load]` or `[record.proxy]`.
struct SettingsFile {
    let path: FilePath
    private let table: TOMLTable

    private static let limit = 1 << 20

    /// Reads a file and looks whether every command and option in it exists.
    init(reading path: FilePath, for root: CommandDescription) throws(CommandFailure) {
        self.path = path
        let text = try TextFile.read(path, limit: Self.limit)
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw CommandFailure(
                "\(path.string): line \(error.source.begin.line): \(error.description)",
                .badData
            )
        } catch {
            throw CommandFailure("\(path.string) is no TOML: \(error)", .badData)
        }
        if let problem = Self.problem(in: table, of: root, named: "") {
            throw CommandFailure("\(path.string): \(problem)", .badData)
        }
    }

    /// The values of a command's options, by the options' names.
    func values(of command: [String]) -> [String: [String]] {
        var table = table
        for name in command {
            guard let next = table[name]?.table else { return [:] }
            table = next
        }
        var values: [String: [String]] = [:]
        for key in table.keys {
            if let texts = table[key].flatMap(Self.texts) { values[key] = texts }
        }
        return values
    }

    /// The first thing in a table that there is no option for.
    private static func problem(
        in table: TOMLTable,
        of command: CommandDescription,
        named name: String
    ) -> String? {
        let options = command.options
        for key in table.keys.sorted() {
            guard let value = table[key] else { continue }
            if let inner = value.table {
                guard let below = command.subcommand(key) else {
                    return "there is no command '\(name)\(key)'"
                }
                if let problem = problem(in: inner, of: below, named: "\(name)\(key) ") {
                    return problem
                }
                continue
            }
            guard options[key] != nil else {
                return "'\(name.isEmpty ? "mik-replay " : name)--\(key)' is no option"
            }
            if Settings.commandLineOnly.contains(key) {
                return "--\(key) is only taken from the command line"
            }
            if texts(value) == nil { return "the value of '\(key)' is no text, number or truth" }
        }
        return nil
    }

    /// A value as it would stand on the command line; several for a list.
    private static func texts(_ value: any TOMLValueConvertible) -> [String]? {
        if let text = value.string { return [text] }
        if let flag = value.bool { return [flag ? "true" : "false"] }
        if let number = value.int { return ["\(number)"] }
        if let number = value.double { return ["\(number)"] }
        guard let list = value.array else { return nil }
        var all: [String] = []
        for element in list {
            guard element.array == nil, let text = texts(element) else { return nil }
            all += text
        }
        return all
    }
}
