import Testing
import TraceFormat

@testable import Analyzer

/// Labels by a field of the answers.
@Suite struct LoadMarkerTests {
    private func labels(_ values: [String?], field: String? = "x-mik-cold") -> [TemperatureLabel] {
        var run = SyntheticRun()
        for (number, value) in values.enumerated() {
            run.answer("/run/cart", due: Int64(number) * 1000, service: 100)
            if let value {
                run.outcomes[number].keptFields = Array("X-Mik-Cold: \(value)\r\n".utf8)
            }
        }
        var knowledge = ServerKnowledge()
        knowledge.markerField = field
        return run.analysed(knowledge: knowledge).records.compactMap(\.label)
    }

    @Test func answersSayWhatTheyHadToDo() {
        let labels = labels(["compile", "hit", "aot", "cold", "Hit"])
        #expect(labels.map(\.temperature) == [.cold, .warm, .cold, .cold, .warm])
        #expect(labels.allSatisfy { $0.evidence == .observed })
        #expect(labels.map(\.tier) == [.compiled, .unknown, .artifact, .unknown, .unknown])
    }

    @Test func whatAFieldDoesNotSayIsToldByTheModel() {
        let labels = labels([nil, "perhaps", "hit"])
        #expect(labels[0].temperature != .warm)
        #expect(labels[1].evidence != .observed)
        #expect(labels[2].evidence == .observed)
    }

    @Test func withoutANameNoFieldIsLookedAt() {
        #expect(labels(["hit", "cold"], field: nil).allSatisfy { $0.evidence != .observed })
    }
}
