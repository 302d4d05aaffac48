import Foundation
import Subprocess
import SystemPackage
import Testing
import TraceFormat

/// Runs every command line of README and docs in a folder with the files that the text speaks of.
///
/// Addresses are those of a stand-in, and what takes long takes less, by variables of the
/// environment. A command may find that a run is not valid or slower; it must not fail to do its job.
/// One page after the other: together they would keep a small machine from measuring anything.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct DocumentedCommandTests {
    /// The statuses of commands that did their job, whatever they found.
    private static let done: Set<Int32> = [0, 1, 3, 4]

    private static let pages = [
        "README.md", "docs/causal.md", "docs/ci.md", "docs/interchange.md", "docs/load.md",
        "docs/migration.md",
        "docs/scale-out.md", "docs/settings.md", "docs/targets.md",
    ]

    /// Shortens what takes long, and keeps servers off fixed ports.
    private static let environment = """
        export PATH="$PWD/bin:$PATH" MIK_REPLAY_LOAD_WARMUP=0 MIK_REPLAY_LOAD_CONNECTIONS=4 \
        MIK_REPLAY_COMPARE_REPETITIONS=2 MIK_REPLAY_STAND_IN_LISTEN=127.0.0.1:0 \
        MIK_REPLAY_MERGE_CLOCK_TOLERANCE=1h start=2020-01-01T00:00:00Z START=2020-01-01T00:00:00Z
        """

    /// What starts commands on other machines, for this one.
    private static let launchers = [
        "srun": #"exec "$@""#,
        "parallel": #"""
        while [ "$1" != mik-replay ]; do shift; done
        while [ "$1" != ::: ]; do command="$command '$1'"; shift; done
        shift
        for value; do eval "$(echo "$command" | sed "s/{}/$value/g")" || exit; done
        """#,
    ]

    @Test func allPagesWithCommandsAreRead() throws {
        let folder = PackagingTests.sources.appending("docs").string
        let docs = try FileManager.default.contentsOfDirectory(atPath: folder)
        let withCommands = try docs.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }.filter {
            page in
            try !DocumentedCommands(page).lines.isEmpty
        }
        #expect(Set(withCommands + ["README.md"]) == Set(Self.pages))
        for page in Self.pages { #expect(try !DocumentedCommands(page).lines.isEmpty, "\(page)") }
    }

    @Test(arguments: pages)
    func everyCommandOfAPageDoesItsJob(_ page: String) async throws {
        let commands = try DocumentedCommands(page)
        let program = try Program()
        try prepare(program, for: page, commands)
        try await program.standIn { shop, _ in
            for line in commands.lines where Program.canCapture || !line.contains("record live") {
                for command in expanded(line, shop) { try await run(command, in: program, shop) }
            }
        }
    }

    /// A line with the server's address; one for each shard where the text shows the first.
    private func expanded(_ line: String, _ shop: String) -> [String] {
        var line = line
        for server in ["http://127.0.0.1:3000", "http://127.0.0.1:3001", "http://new.example"] {
            line = line.split(separator: server, omittingEmptySubsequences: false)
                .joined(separator: shop)
        }
        line = line.replacing("127.0.0.1:8080", with: "127.0.0.1:0")
        line = line.replacing(">= 500", with: ">= 200")
        line = line.replacing("2026-11-26T10:00:00Z", with: "2020-01-01T00:00:00Z")
        line = line.replacing(/\ -d [0-9]+s?/, with: " -d 0.3")
        // A page shows several ways to the same files.
        if line.hasPrefix("parallel ") { return ["rm -f *.mrr; \(line)"] }
        if line.hasPrefix("srun ") {
            return (1...4).map { task in
                "export SLURM_ARRAY_TASK_ID=\(task) SLURM_ARRAY_TASK_COUNT=4; "
                    + "rm -f shard-\(task).mrr; \(line)"
            }
        }
        guard line.contains("--shard 1/4") else { return [line] }
        return (1...4).map { shard in
            line.replacing("--shard 1/4", with: "--shard \(shard)/4")
                .replacing("shard-1.mrr", with: "shard-\(shard).mrr")
        }
    }

    private func run(_ command: String, in program: Program, _ shop: String) async throws {
        var target = "export MIK_REPLAY_REPLAY_TARGET=\(shop)"
        // Without a length, a load takes ten seconds.
        if [" -d ", " -n ", " --duration", " --compare-cold-warm"].allSatisfy({
            !command.contains($0)
        }) {
            target += " MIK_REPLAY_LOAD_DURATION=0.3s"
        }
        if command.hasSuffix("&") {
            let script = "\(Self.environment); exec \(command.dropLast())"
            let ended = try await program.running(["-c", script], by: .path("/bin/sh")) { server in
                _ = try await server.url()
                // It tells its address a moment before it listens to signals.
                try await Task.sleep(for: .milliseconds(500))
                server.send(.terminate)
            }
            #expect(ended.status == 0, "\(command): \(ended)")
            return
        }
        let finished = try await program.shell("\(Self.environment); \(target); \(command)")
        #expect(Self.done.contains(finished.status ?? -1), "\(command): \(finished)")
    }
}

// MARK: - The files that the pages speak of

extension DocumentedCommandTests {
    private func prepare(
        _ program: Program,
        for page: String,
        _ commands: DocumentedCommands
    ) throws {
        let files = FileManager.default
        for folder in ["bin", "traces"] {
            try files.createDirectory(at: program.url(folder), withIntermediateDirectories: true)
        }
        try files.createSymbolicLink(
            atPath: program.file("bin/mik-replay").string,
            withDestinationPath: Program.path.string
        )
        for (name, script) in Self.launchers {
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program.url("bin/\(name)"))
            try files.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: program.file("bin/\(name)").string
            )
        }
        // So many connections that each shard has some.
        let targets = (0..<40).map { ["/run/echo", "/health", "/run/module\($0)"] }
        for name in ["checkout.mtr", "traces/checkout.mtr"] {
            try writeTrace(to: program.file(name), connections: targets)
        }
        if page == "docs/interchange.md" {
            // What is exported there is chosen by its response.
            try files.copyItem(
                atPath: PackagingTests.sources.appending("traces/small.mtr").string,
                toPath: program.file("shop.mtr").string
            )
        } else if page != "README.md", page != "docs/migration.md" {
            // On those two pages a recording makes it.
            try writeTrace(to: program.file("shop.mtr"), connections: targets)
        }
        let runs =
            ["new.mrr"]
            + (1...6).flatMap { ["run-\($0).mrr", "new-\($0).mrr", "nightly-\($0).mrr"] }
        for name in runs { try writeRun(to: program.file(name), count: 120) }
        try Data("#!/bin/sh\ntrue\n".utf8).write(to: program.url("restart.sh"))
        try files.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: program.file("restart.sh").string
        )
        // Files that a page spells out are taken from it.
        for (name, mark) in [
            ("mix.toml", "[[request]]"), ("targets.toml", "[[threshold]]"),
            ("mik-replay.toml", "[record.proxy]"),
        ] {
            guard let text = commands.block(with: mark) else { continue }
            try Data(text.utf8).write(to: program.url(name))
        }
    }
}

/// The code of a page of the documentation.
struct DocumentedCommands {
    /// The blocks of indented lines, without the indentation.
    private let blocks: [[String]]

    init(_ page: String) throws {
        let path = PackagingTests.sources.appending(page).string
        var blocks: [[String]] = [[]]
        var isInside = false
        for line in try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        {
            let isCode = line.hasPrefix("    ") || (isInside && line.isEmpty)
            if isCode, !isInside { blocks.append([]) }
            if isCode { blocks[blocks.count - 1].append(String(line.dropFirst(4))) }
            isInside = isCode
        }
        self.blocks = blocks
    }

    /// The text of the first block with a line that starts so.
    func block(with start: String) -> String? {
        blocks.first { $0.contains { $0.hasPrefix(start) } }
            .map { $0.prefix { !$0.hasPrefix("mik-replay ") }.joined(separator: "\n") }
    }

    /// What a command line of the program begins with: its name, or what starts it elsewhere.
    private static let beginnings = ["mik-replay ", "srun ", "parallel "]

    /// Every command line of the program, whole where it goes over several.
    var lines: [String] {
        var lines: [String] = []
        for block in blocks {
            // Whether the line before goes on, and whether it is one of the program.
            var (goesOn, isOurs) = (false, false)
            for line in block {
                let text = line.drop { $0 == " " }
                let command = text.hasPrefix("$ ") ? text.dropFirst(2) : text
                if goesOn {
                    if isOurs { lines[lines.count - 1] += "\n" + text }
                } else {
                    isOurs =
                        Self.beginnings.contains { command.hasPrefix($0) }
                        && !command.hasPrefix("mik-replay  ")
                    // A page may come back to a command; what it writes is then there already.
                    isOurs = isOurs && !lines.contains(String(command))
                    if isOurs { lines.append(String(command)) }
                }
                goesOn = text.hasSuffix("\\")
            }
        }
        return lines
    }
}
