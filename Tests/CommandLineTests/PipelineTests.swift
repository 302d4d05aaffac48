import Foundation
import Subprocess
import SystemPackage
import Testing

/// The shell parts of the files for pipelines, as they stand in deploy/ci.
@Suite(.timeLimit(.minutes(5)))
struct PipelineTests {
    private static let folder = PackagingTests.sources.appending("deploy/ci")

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Self.folder.appending(name).string, encoding: .utf8)
    }

    /// A folder as a checkout has it, with the program in the path.
    private func checkout() throws -> (program: Program, setup: String) {
        let program = try Program()
        let requests = Array(repeating: "/run/echo", count: 60)
        try FileManager.default.createDirectory(
            at: program.url("ci"),
            withIntermediateDirectories: true
        )
        try writeTrace(to: program.file("ci/checkout.mtr"), connections: [requests])
        let targets = "[[threshold]]\nmetric = \"p50\"\ntarget = \"< 1h\"\n"
        try Data(targets.utf8).write(to: program.url("ci/targets.toml"))
        let setup = """
            cp \(Self.folder)/*.sh ci/ && mkdir bin && ln -s \(Program.path) bin/mik-replay
            export PATH="$PWD/bin:$PATH" REPETITIONS=2 SPEED=max TARGETS=ci/targets.toml BASELINE=main
            export BEFORE_RUN='echo restart >> restarts'
            """
        return (program, setup)
    }

    @Test func aPipelineMeasuresComparesAndKeepsABaseline() async throws {
        let (program, setup) = try checkout()
        try await program.standIn { shop, _ in
            // On a busy machine the runs may not be valid, and are then refused as a baseline.
            let finished = try await program.shell(
                """
                \(setup)
                ci/measure.sh ci/checkout.mtr \(shop); echo "first $?"
                ci/save-baseline.sh; echo "saved $?"
                ci/measure.sh ci/checkout.mtr \(shop); echo "second $?"
                """
            )
            let words = finished.output.split(separator: "\n").map(String.init)
            #expect(!Set(words).isDisjoint(with: ["first 0", "first 3"]), "\(finished)")
            #expect(!Set(words).isDisjoint(with: ["saved 0", "saved 3"]), "\(finished)")
            let second = (0...4).map { "second \($0)" }
            #expect(!Set(words).isDisjoint(with: second), "\(finished)")
            let isCompared = finished.output.contains("VERDICT")
            #expect(isCompared == words.contains("saved 0"), "\(finished)")
        }
        let restarts = try String(contentsOf: program.url("restarts"), encoding: .utf8)
        #expect(restarts == String(repeating: "restart\n", count: 4))
        for file in ["run-1.mrr", "run-2.mrr", "report.html", "comment.md", "checks.xml"] {
            #expect(FileManager.default.fileExists(atPath: program.file("results/\(file)").string))
        }
    }

    @Test func aDeadServerFailsThePipeline() async throws {
        let (program, setup) = try checkout()
        var dead = ""
        try await program.standIn { shop, _ in dead = shop }
        let finished = try await program.shell("\(setup)\nci/measure.sh ci/checkout.mtr \(dead)")
        #expect(finished.status == 69, "\(finished)")
    }

    @Test func theFilesCallTheScriptsAndKeepWhatTheyLeave() throws {
        for name in ["github-actions.yml", "gitlab-ci.yml"] {
            let text = try text(name)
            for part in [
                "ci/measure.sh ci/checkout.mtr", "ci/save-baseline.sh", "results/comment.md",
                "BASELINES: baselines", "mik-replay doctor",
            ] {
                #expect(text.contains(part), "\(name): \(part)")
            }
        }
        #expect(try text("gitlab-ci.yml").contains("junit: results/checks.xml"))
    }

    @Test func theFilesAreYAML() async throws {
        let script = """
            import sys
            try:
                import yaml
            except ImportError:
                sys.exit(0)
            for name in sys.argv[1:]:
                assert isinstance(yaml.safe_load(open(name)), dict), name
            """
        let files = ["github-actions.yml", "gitlab-ci.yml"].map { Self.folder.appending($0).string }
        let program = try Program()
        let finished = try await program.run(["-c", script] + files, by: .name("python3"))
        #expect(finished.status == 0, "\(finished)")
    }
}
