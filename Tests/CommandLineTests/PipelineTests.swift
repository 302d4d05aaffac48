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

    /// The commands of a pipeline in their order, as JSON.
    private static let stepsOfPipeline = """
        import json, sys, yaml
        file = yaml.safe_load(open(sys.argv[1]))
        job = file["jobs"]["replay"] if "jobs" in file else file["replay"]
        steps = [step.get("run") for step in job.get("steps", [])]
        steps += job.get("script", []) + job.get("after_script", [])
        json.dump([step for step in steps if step], sys.stdout)
        """

    @Test(arguments: [
        ("github-actions.yml", "gh pr comment 7 --edit-last --create-if-none"),
        ("gitlab-ci.yml", "@results/comment.md http://gitlab/projects/1/merge_requests/7/notes"),
    ])
    func everyStepOfAPipelineRuns(_ file: String, _ comment: String) async throws {
        let (program, setup) = try checkout()
        let read = try await program.run(
            ["-c", Self.stepsOfPipeline, Self.folder.appending(file).string],
            by: .name("python3")
        )
        let steps = try JSONDecoder().decode([String].self, from: Data(read.output.utf8))
        try #require(steps.count >= 4, "\(read)")
        try await program.standIn { shop, _ in
            let script = steps.enumerated().map { number, step in
                let step = step.replacing("http://127.0.0.1:3000", with: shop)
                    .replacing("${{ github.event.number }}", with: "7")
                return "( set -e\n\(step)\n); echo \"step \(number) $?\""
            }
            let finished = try await program.shell(
                """
                \(setup)
                for tool in gh curl; do
                    printf '#!/bin/sh\necho "$(basename "$0") $*" >> comments\n' > bin/$tool
                    chmod +x bin/$tool
                done
                export GITHUB_STEP_SUMMARY=summary.md CI_PIPELINE_SOURCE=push GITLAB_TOKEN=token
                export CI_MERGE_REQUEST_IID=7 CI_API_V4_URL=http://gitlab CI_PROJECT_ID=1
                \(script.joined(separator: "\n"))
                """
            )
            for (number, step) in steps.enumerated() {
                // This machine may be no good for measuring, and its runs none for a baseline.
                let isOurs = step.contains("ci/") || step.contains("mik-replay")
                let isDone = (isOurs ? [0, 1, 3, 4] : [0]).contains {
                    finished.output.contains("step \(number) \($0)\n")
                }
                #expect(isDone, "\(step): \(finished)")
            }
        }
        let comments = try String(contentsOf: program.url("comments"), encoding: .utf8)
        #expect(comments.contains(comment), "\(comments)")
        let report = try String(contentsOf: program.url("results/comment.md"), encoding: .utf8)
        #expect(report.contains("| all |"), "\(report)")
    }
}
