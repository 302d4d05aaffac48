import Foundation
import Testing
import TraceFormat

/// Pages, seen by a browser.
@Suite(.timeLimit(.minutes(5)))
struct PageTests {
    /// Whether Chromium can show a page without a screen here.
    private static let hasBrowser = FileManager.default.isExecutableFile(
        atPath: "/usr/bin/chromium"
    )

    private func programWithPages() async throws -> Program {
        let program = try Program()
        try writeRun(to: program.file("old.mrr"), count: 400)
        try writeRun(to: program.file("new.mrr"), count: 400) { $0.end = $0.due + 12_000_000 }
        let report = try await program.run(
            ["report", "old.mrr", "--html", "run.html", "--threshold", "p50<1h"]
        )
        #expect(report.status == 0, "\(report)")
        let diff = try await program.run("diff", "old.mrr", "new.mrr", "--html", "diff.html")
        #expect(diff.status == 1, "\(diff)")
        return program
    }

    @Test(.enabled(if: hasBrowser, "needs chromium"), arguments: ["run.html", "diff.html"])
    func aBrowserShowsThemWithoutComplaint(_ page: String) async throws {
        let program = try await programWithPages()
        let shown = try await program.shell(
            "/usr/bin/chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr "
                + "--user-data-dir=\(program.folder)/profile --dump-dom file://\(program.file(page))"
        )
        #expect(shown.status == 0, "\(shown)")
        #expect(!shown.errors.contains("CONSOLE"), "\(shown.errors)")
        #expect(shown.output.contains("<svg") && shown.output.contains("id=\"errors\""))
    }

    @Test func pagesAreNotOverwrittenWithoutAWord() async throws {
        let program = try await programWithPages()
        let again = try await program.run("report", "old.mrr", "--html", "run.html")
        again.expectFailure(73, saying: "run.html already exists")
        let itself = try await program.run("report", "old.mrr", "--html", "old.mrr", "--force")
        itself.expectFailure(64, saying: "the output is the file that is read")
    }
}
