import ArgumentParser
import Foundation
import SystemPackage
import Testing

@testable import mik_replay

/// The options that pages and helps name, and the command lines of the helps: what the tests of
/// documented commands do not run.
@Suite(.timeLimit(.minutes(5)))
struct DocumentedOptionTests {
    private static let pages: [String] = {
        let folder = PackagingTests.sources.appending("docs").string
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
            + ["README.md", "CONTRIBUTING.md", "traces/README.md"]
    }()

    /// Spans of code that are of other programs.
    private static let foreign = [
        "--explicit-target-dependency-import-check", "--parts", "--once", "swift ", "scripts/",
    ]

    @Test(arguments: pages)
    func everyOptionThatAPageNamesExists(_ page: String) throws {
        let program = try CommandDescription.of(MikReplay.self)
        for span in try codeSpans(of: page)
        where !Self.foreign.contains(where: { span.hasPrefix($0) }) {
            let command = program.command(named: span)
            for option in span.longOptions {
                let isThere = (command ?? program).allLongOptions.contains(option)
                #expect(isThere, "\(page): \(option) in `\(span)`")
            }
        }
    }

    @Test func everyCommandHasExamplesThatItTakes() async throws {
        let program = try Program()
        try FileManager.default.createDirectory(
            at: program.url("bin"),
            withIntermediateDirectories: false
        )
        // The shell takes the lines apart; the words of each command are in a file of their own.
        for name in ["mik-replay", "tcpdump", "jq", "zcat", "docker"] {
            let script = "#!/bin/sh\nprintf '%s\\0' \"$@\" > \(name).$$\n"
            try Data(script.utf8).write(to: program.url("bin/\(name)"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: program.file("bin/\(name)").string
            )
        }
        for help in try HelpText.all(of: MikReplay.self) where help.commandName != "help" {
            #expect(!help.examples.isEmpty, "\(help.commandName) has no examples")
            for example in help.examples {
                let finished = try await program.shell("PATH=\"$PWD/bin:$PATH\"; \(example)")
                #expect(finished.status == 0, "\(example): \(finished)")
            }
        }
        let files = try program.fileNames.filter { $0.hasPrefix("mik-replay.") }
        #expect(files.count > 50)
        for file in files {
            let words = try Data(contentsOf: program.url(file)).split(separator: 0)
                .map { String(decoding: $0, as: UTF8.self) }
            #expect(throws: Never.self, "\(words)") { try MikReplay.parseAsRoot(words) }
        }
    }

    /// Tools that are installed where the tests run, and how they tell their options.
    private static let tools = [
        (name: "hey", help: "hey", others: [] as Set<String>), ("wrk", "wrk", ["-R"]),
        ("ab", "ab -h", []),
    ]

    @Test(arguments: tools)
    func everyOptionOfAToolIsMapped(
        _ name: String,
        _ help: String,
        _ others: Set<String>
    ) async throws {
        let program = try Program()
        let told = try await program.shell("\(help) 2>&1; true").output
        let options = told.split(separator: "\n").flatMap { line in
            let match = line.firstMatch(of: /^ +(--?[A-Za-z0-9-]+)(?:, (--[a-z]+))?/)
            return [match?.1, match?.2 ?? nil].compactMap { $0.map(String.init) }
        }
        try #require(options.count > 5, "\(name) is not here: \(told)")
        let path = PackagingTests.sources.appending("docs/migration.md").string
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let section = try #require(
            page.split(separator: "\n## ").first { $0.prefix { $0.isLetter } == name }
        )
        let mapped = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .flatMap { row in
                let there = row.dropFirst(2).prefix { $0 != "|" }
                return there.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            }
        #expect(Set(mapped).subtracting(others) == Set(options))
        #expect(Set(mapped).count == mapped.count, "an option is there twice")
    }

    /// The spans of code in running text and tables; of the tables that say what other tools'
    /// options are here, without the column of those.
    private func codeSpans(of page: String) throws -> [Substring] {
        let path = PackagingTests.sources.appending(page).string
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var spans: [Substring] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("    ") {
            var line = line
            if page == "docs/migration.md", line.hasPrefix("| ") {
                line = line.dropFirst(2)
                // A bar inside of code is written \|.
                while let bar = line.firstIndex(of: "|") {
                    let isEscaped = line[..<bar].hasSuffix("\\")
                    line = line[line.index(after: bar)...]
                    if !isEscaped { break }
                }
            }
            let parts = line.split(separator: "`", omittingEmptySubsequences: false)
            spans += parts.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
        return spans
    }
}

/// What the help of a command says below its options.
private struct HelpText: Decodable {
    let commandName: String
    let discussion: String?
    let subcommands: [HelpText]?

    private struct Document: Decodable {
        let command: HelpText
    }

    /// The helps of a program and all its commands.
    static func all(of program: any ParsableCommand.Type) throws -> [HelpText] {
        try JSONDecoder().decode(Document.self, from: Data(program._dumpHelp().utf8)).command.all
    }

    private var all: [HelpText] { [self] + (subcommands ?? []).flatMap(\.all) }

    /// The command lines, whole where they go over several.
    var examples: [String] {
        var examples: [String] = []
        for line in (discussion ?? "").split(separator: "\n") where line.hasPrefix("  ") {
            if examples.last?.hasSuffix("\\") ?? false {
                examples[examples.count - 1] += "\n" + line
            } else {
                examples.append(line.trimmingCharacters(in: .whitespaces))
            }
        }
        return examples.filter { $0.contains("mik-replay ") }
    }
}

extension CommandDescription {
    /// The command that a span of code begins with; `nil` when it begins with none.
    fileprivate func command(named span: Substring) -> CommandDescription? {
        var words = span.split(separator: " ")[...]
        if words.first == "mik-replay" { words.removeFirst() }
        var found: CommandDescription?
        while let word = words.first, let next = (found ?? self).subcommand(String(word)) {
            found = next
            words.removeFirst()
        }
        return found
    }

    /// The long names of the options of a command and of all below it.
    fileprivate var allLongOptions: Set<String> {
        let own = (arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }
            .map { "--\($0.name)" }
        return (subcommands ?? []).reduce(Set(own + ["--show-config"])) {
            $0.union($1.allLongOptions)
        }
    }
}

extension Substring {
    /// The words that are long options, without their values.
    fileprivate var longOptions: [String] {
        split { " |[]()…,".contains($0) }.filter { $0.hasPrefix("--") && $0.count > 2 }
            .map { String($0.prefix { $0 != "=" }) }
    }
}
