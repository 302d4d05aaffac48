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

    @Test func anotherCompressionOfABodyThatWasKeptIsNoOtherBody() {
        var gzipped = run { _ in "recorded" }
        for index in gzipped.outcomes.indices {
            var writer = GzipWriter()
            let bytes = writer.deflate(Array("recorded".utf8)) + writer.finish()
            gzipped.outcomes[index].fingerprint = Fingerprint(of: bytes)
            if index < 50 { gzipped.outcomes[index].keptBody = bytes }
        }
        // A body that was not kept is compared as it came.
        #expect(gzipped.analysed().recordedAnswers[0].otherBody == 10)
        let plain = Outcome.answer("recorded"), other = Outcome.answer("something else")
        let kept = Answer(gzipped.outcomes[0], isVolatile: false)
        #expect(kept.likeness(to: Answer(plain, isVolatile: false)) == .same)
        #expect(Answer(plain, isVolatile: false).likeness(to: kept) == .same)
        #expect(kept.likeness(to: Answer(other, isVolatile: false)) == .otherBody)
        let notKept = Answer(gzipped.outcomes[55], isVolatile: false)
        #expect(kept.likeness(to: notKept) == .same)
        #expect(notKept.likeness(to: Answer(plain, isVolatile: false)) == .otherBody)
    }

    @Test func anotherCompressionIsNoOtherBodyWhereItsContentIsKnown() throws {
        let content = Fingerprint(of: Array("recorded".utf8))
        func compressed(_ level: Int, knownUntil end: UInt64 = 60) -> SyntheticRun {
            var compressed = run { _ in "compressed at \(level)" }
            for index in compressed.outcomes.indices where index < end {
                compressed.outcomes[index].contentFingerprint = content
            }
            return compressed
        }
        let baseline = compressed(1), candidate = compressed(9, knownUntil: 50)
        // The recording was not compressed.
        #expect(baseline.analysed().recordedAnswers[0].otherBody == 0)
        #expect(candidate.analysed().recordedAnswers[0].otherBody == 10)
        let comparison = try RunComparison(
            baseline: baseline.analysed(),
            candidate: candidate.analysed()
        )
        // Where one side does not know its content, bodies are compared as they came.
        #expect(comparison.answers[0].changes.otherBody == 10)
        #expect(comparison.answers[0].changes.bodyExample == 50)
        var other = compressed(9)
        for index in other.outcomes.indices {
            other.outcomes[index].contentFingerprint = Fingerprint(of: [1])
        }
        let changed = try RunComparison(baseline: baseline.analysed(), candidate: other.analysed())
        #expect(changed.answers[0].changes.otherBody == 60)
    }

    @Test func aCompressedRecordingIsComparedByItsContentWhereThatIsKnown() {
        var answer = Outcome.answer("compressed at 1")
        answer.contentFingerprint = Fingerprint(of: Array("plain".utf8))
        answer.recordedStatus = 200
        answer.recordedFingerprint = Fingerprint(of: Array("compressed at 9".utf8))
        #expect(Answer(answer, isVolatile: false).recorded == .otherBody)
        answer.recordedContentFingerprint = answer.contentFingerprint
        #expect(Answer(answer, isVolatile: false).recorded == .same)
        // A target that does not compress what was compressed in the recording.
        answer.contentFingerprint = nil
        answer.fingerprint = answer.recordedContentFingerprint
        #expect(Answer(answer, isVolatile: false).recorded == .same)
        answer.recordedContentFingerprint = Fingerprint(of: [])
        #expect(Answer(answer, isVolatile: false).recorded == .otherBody)
    }

    @Test func aKeptBodyThatOnlyBeginsLikeGzipIsComparedAsItCame() {
        var damaged = Outcome.answer("recorded")
        damaged.keptBody = GzipReader.magic + [8, 0, 0]
        let answer = Answer(damaged, isVolatile: false)
        #expect(answer.contentKey == answer.key)
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

    /// Two routes, one after the other, of which the first changes its answers at a request.
    private func runs(
        baselineFrom: UInt64 = 1000,
        candidateFrom: UInt64 = 1000,
        slower: Int64 = 0,
        recorded: String = "recorded"
    ) -> (RunAnalysis, RunAnalysis) {
        let sides = [baselineFrom, candidateFrom].enumerated().map { side, from in
            var run = run(80) { $0 < from ? recorded : "of request \($0) to \(side)" }
            for number in 0..<80 as Range<Int64> {
                run.answer("/run/other", due: 80_000 + number * 1000, service: 100)
            }
            for index in 0..<80 where side == 1 && UInt64(index) >= from {
                run.outcomes[index].end = run.outcomes[index].end.map { $0 + slower * 1000 }
            }
            return run.analysed()
        }
        return (sides[0], sides[1])
    }

    @Test(
        arguments: [
            (40, 1000, Divergence.Reference.recordingOfBaseline),
            (1000, 40, .recordingOfCandidate), (50, 40, .recordingOfCandidate),
        ] as [(UInt64, UInt64, Divergence.Reference)]
    )
    func latencyOfOtherWorkIsNotJudged(
        baselineFrom: UInt64,
        candidateFrom: UInt64,
        reference: Divergence.Reference
    ) throws {
        let (baseline, candidate) = runs(
            baselineFrom: baselineFrom,
            candidateFrom: candidateFrom,
            slower: 900
        )
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        let route = try #require(comparison.routes.first { $0.name == "/run/cart" })
        #expect(route.divergence == Divergence(index: 40, reference: reference))
        #expect(route.verdict == .notJudged)
        #expect(route.pairs == 39)
        #expect(route.leftOut == [.diverged: 40, .cold: 1])
        #expect(route.effect?.change == 0)
        #expect(comparison.overall.leftOut == [.diverged: 40, .cold: 2])
        #expect(comparison.routes.first { $0.name == "/run/other" }?.verdict == .equivalent)
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.reasons.contains { $0.hasPrefix("/run/cart: not judged, from #40 on") })
        #expect(comparison.textReport().contains("NOT JUDGED"))
        #expect(PairCSV(baseline, candidate).count { $0.contains(",diverged,") } == 40)
    }

    @Test func withoutARecordingAnswersAreHeldAgainstTheBaselines() throws {
        let (baseline, candidate) = runs(candidateFrom: 30, slower: 900, recorded: "not recorded")
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        let route = try #require(comparison.routes.first { $0.name == "/run/cart" })
        #expect(route.divergence == Divergence(index: 30, reference: .baseline))
        #expect(route.verdict == .notJudged)
    }

    @Test func failuresOfAnotherStateAreJudged() throws {
        let baseline = run(80) { _ in "recorded" }.analysed()
        let candidate = run(80, status: { $0 < 40 ? 200 : 500 }) { _ in "recorded" }.analysed()
        let comparison = try RunComparison(baseline: baseline, candidate: candidate)
        #expect(comparison.routes[0].divergence != nil)
        #expect(comparison.routes[0].verdict == .regressed)
        #expect(comparison.verdict == .regressed)
    }

    @Test func oneRepetitionOfOtherWorkIsEnoughNotToJudge() throws {
        let options = ComparisonOptions()
        let repetitions = try [1000, 1000, 60].map { (from: UInt64) in
            let (baseline, candidate) = runs(candidateFrom: from, slower: 900)
            return try Repetition(baseline: baseline, candidate: candidate, options: options)
        }
        let comparison = try RepeatedComparison(repetitions, options: options)
        let route = try #require(comparison.routes.first { $0.name == "/run/cart" })
        #expect(route.divergence == Divergence(index: 60, reference: .recordingOfCandidate))
        #expect(route.verdict == .notJudged)
        #expect(comparison.verdict == .inconclusive)
        #expect(comparison.reasons.contains { $0.hasPrefix("/run/cart: not judged") })
        #expect(comparison.jsonReport().contains("\"verdict\": \"not_judged\""))
    }

    @Test func thresholdsOfOtherWorkAreUndecided() throws {
        let (_, diverged) = runs(candidateFrom: 40)
        let thresholds = try ["/run/cart p50<1s", "/run/other p50<1s", "/run/cart errors<1%"]
            .map { try Threshold(parsing: $0) }
        let report = diverged.judged(by: thresholds)
        #expect(report.results.map(\.outcome) == [.undecided, .passed, .passed])
        #expect(report.results[0].note?.hasPrefix("from #40 on the answers hardly") == true)
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
            candidate.outcomes[index].requestID = "request \(index)"
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
        let names = comparison.worstPairs.prefix(2).map(\.candidateRequestID)
        #expect(names == ["request 59", "request 57"])
        #expect(comparison.worstPairs[0].baselineRequestID == nil)
        #expect(comparison.textReport().contains("WORST     #59 /run/cart: 100 µs → 159 µs"))
        #expect(comparison.textReport().contains("x-request-id request 57"))
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

extension Outcome {
    /// A whole answer with this body.
    fileprivate static func answer(_ body: String) -> Outcome {
        var outcome = Outcome(
            index: 0,
            connection: 0,
            sequence: 0,
            method: "GET",
            target: "/run/cart",
            due: 0,
            result: .completed
        )
        outcome.status = 200
        outcome.fingerprint = Fingerprint(of: Array(body.utf8))
        return outcome
    }
}
