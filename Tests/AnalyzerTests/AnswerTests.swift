import Testing
import TraceFormat

@testable import Analyzer

@Suite struct AnswerTests {
    /// A run whose answers have the bodies that `body` names by position.
    private func run(
        _ count: UInt64 = 60,
        target: String = "/run/cart",
        status: (UInt64) -> UInt16 = { _ in 200 },
        body: (UInt64) -> String
    ) -> SyntheticRun {
        var run = SyntheticRun()
        for number in 0..<count {
            run.answer(
                target,
                due: Int64(number) * 1000,
                service: 100,
                status: status(number),
                recorded: 200
            )
            let position = run.outcomes.count - 1
            let bytes = Array(body(number).utf8)
            run.outcomes[position].fingerprint = Fingerprint(of: bytes)
            run.outcomes[position].responseBodyByteCount = UInt64(bytes.count)
            run.outcomes[position].recordedFingerprint = Fingerprint(of: Array("recorded".utf8))
        }
        return run
    }

    @Test func answersAreCountedBesideTheRecording() {
        let analysis = run(
            status: { $0 == 7 ? 404 : 200 },
            body: { $0 % 20 == 5 ? "other" : "recorded" }
        ).analysed()
        let answers = analysis.recordedAnswers[0]
        #expect(answers.compared == 60)
        #expect(answers.otherStatus == 1)
        #expect(answers.statusExample == 7)
        #expect(answers.otherBody == 3)
        #expect(answers.bodyExample == 5)
        #expect(answers.divergence == nil)
        let text = analysis.textReport()
        #expect(text.contains("/run/cart: another status ×1, first #7 ·"))
        #expect(text.contains("another body ×3, first #5"))
    }

    @Test func aStateThatWentAnotherWayIsNoted() {
        let diverged = run { $0 < 35 ? "recorded" : "else" }.analysed()
        #expect(diverged.recordedAnswers[0].divergence == 35)
        #expect(
            diverged.textReport().contains(
                "first #35 · from #35 on hardly like the\n          recording: its state"
            )
        )
        // Never alike, and now and then unlike, are no divergence.
        #expect(run { _ in "else" }.analysed().recordedAnswers[0].divergence == nil)
        #expect(
            run { $0 % 2 == 0 ? "recorded" : "else" }.analysed().recordedAnswers[0].divergence
                == nil
        )
        #expect(
            run { $0 < 50 ? "recorded" : "else" }.analysed().recordedAnswers[0].divergence == nil
        )
    }

    @Test(arguments: ["/health", "/metrics", "/_mik/handlers"])
    func whatDiffersByNatureIsNotCompared(target: String) {
        let analysis = run(target: target) { "at \($0)" }.analysed()
        #expect(analysis.recordedAnswers[0].compared == 60)
        #expect(analysis.recordedAnswers[0].otherBody == 0)
    }

    @Test func changesOfAnswersHaveAnExampleEach() throws {
        let comparison = try RunComparison(
            baseline: run { _ in "same" }.analysed(),
            candidate: run(status: { $0 == 3 ? 500 : 200 }) { $0 >= 50 ? "longer" : "same" }
                .analysed()
        )
        #expect(comparison.answers.map(\.route) == ["all", "/run/cart"])
        let changes = comparison.answers[1].changes
        #expect(changes.compared == 60)
        #expect(changes.otherStatus == 1)
        #expect(changes.statusExample == 3)
        #expect(changes.otherBody == 10)
        #expect(changes.otherSize == 10)
        #expect(changes.bodyExample == 50)
        #expect(changes.isBodyChange)
        #expect(comparison.textReport().contains("another body ×10 (another size ×10), first #50"))
    }

    @Test func whatTwoBaselinesDifferInIsNoise() throws {
        // Every third answer has a time in it; in the candidate, answers from 40 on changed as well.
        let baseline = run { $0 % 3 == 0 ? "first \($0)" : "same" }.analysed()
        let twin = run { $0 % 3 == 0 ? "second \($0)" : "same" }.analysed()
        let steady = run { $0 % 3 == 0 ? "third \($0)" : "same" }.analysed()
        let changed = run { $0 % 3 == 0 || $0 >= 40 ? "third \($0)" : "same" }.analysed()
        func changes(_ candidate: RunAnalysis) throws -> AnswerChanges {
            try RunComparison(
                baseline: baseline,
                candidate: candidate,
                twin: BaselineAnswers(twin)
            ).answers[0].changes
        }
        let noise = try changes(steady)
        #expect(noise.otherBody == 20)
        #expect(noise.noise?.varying == 20)
        #expect(noise.noise?.candidateAlone == 0)
        #expect(!noise.isBodyChange)
        #expect(noise.bodyExample == nil)
        let real = try changes(changed)
        #expect(real.noise?.candidateAlone == 14)
        #expect(real.noise?.baselineAlone == 0)
        #expect(real.isBodyChange)
        #expect(real.bodyExample == 40)
    }

    @Test func pairsAreListedWithTheirUse() throws {
        var candidate = run(3) { _ in "other" }
        candidate.outcomes.removeLast()
        let lines = Array(PairCSV(run(3) { _ in "same" }.analysed(), candidate.analysed()))
        #expect(lines.count == 3)
        #expect(
            lines[1]
                == "1,1,/run/cart,used,200,200,warm,warm,100000,100000,100000,100000,other_body\r\n"
        )
        #expect(lines[2] == "1,2,/run/cart,only_in_one_run,200,,warm,,100000,,100000,,\r\n")
    }

    @Test func thePairsThatBecameSlowerByMostComeFirst() throws {
        var candidate = run { _ in "" }
        for index in candidate.outcomes.indices where index % 2 == 1 {
            candidate.outcomes[index].end = candidate.outcomes[index].end.map {
                $0 + Int64(index) * 1000
            }
        }
        let comparison = try RunComparison(
            baseline: run { _ in "" }.analysed(),
            candidate: candidate.analysed()
        )
        #expect(comparison.worstPairs.count == 10)
        #expect(comparison.worstPairs.prefix(2).map(\.index) == [59, 57])
        let page = comparison.htmlReport(baselineTimes: [1, 2, 3], candidateTimes: [1, 2, 4])
        #expect(page.contains("id=\"worst\"") && page.contains("Shift of each percentile"))
    }

    @Test func verdictsAreTestCases() throws {
        let comparison = try RunComparison(
            baseline: run { _ in "" }.analysed(),
            candidate: run(status: { $0 < 20 ? 500 : 200 }) { _ in "" }.analysed()
        )
        #expect(comparison.verdict == .regressed)
        let text = comparison.junitReport()
        #expect(text.contains("<testsuite name=\"comparison\" tests=\"1\" failures=\"1\""))
        #expect(text.contains("<testsuite name=\"routes\" tests=\"2\" failures=\"2\""))
    }
}
