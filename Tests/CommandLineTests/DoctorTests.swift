import Testing

/// `doctor` on the machine that the tests run on, whatever it is like.
@Suite(.timeLimit(.minutes(5)))
struct DoctorTests {
    @Test func statusFollowsTheFindings() async throws {
        let program = try Program()
        let finished = try await program.run("doctor", "--json")
        let report = try JSON(finished.output)
        #expect(finished.errors == "")
        #expect(try report["kind"].text == "doctor")
        let checks = try report["checks"].elements
        let levels = try checks.map { try $0["level"].text }
        #expect(checks.count == 9)
        #expect(try report["usable"].flag == !levels.contains("failure"))
        #expect(finished.status == (levels.contains("failure") ? 1 : 0))
        for check in checks {
            #expect(try check["value"].text?.isEmpty == false)
            #expect(try (check["level"].text == "ok") == (check["remedy"].text == nil))
        }
    }

    @Test func folderThatCannotBeWrittenIsAFailure() async throws {
        let program = try Program()
        let finished = try await program.run("doctor", "--folder", "missing")
        #expect(finished.status == 1)
        #expect(finished.output.hasPrefix("DOCTOR    not usable"))
        #expect(finished.output.contains("can't be written in missing"))
        #expect(finished.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
