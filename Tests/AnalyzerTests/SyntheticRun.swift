import TraceFormat

@testable import Analyzer

/// Builds runs whose every number is known.
struct SyntheticRun {
    var info = RunInfo(
        writer: "test",
        traceHash: "4f1c8e0d22",
        traceName: "shop.mtr",
        target: "http://127.0.0.1:3000",
        speed: "1",
        connections: "recorded",
        planned: 0,
        startedAt: 0
    )
    var outcomes: [Outcome] = []
    var ending: RunEnding? = RunEnding(isPartial: false, duration: 1_000_000_000)

    /// Adds a request that was answered; times in microseconds, service counted from `sent`.
    mutating func answer(
        _ target: String,
        due: Int64,
        service: Int64,
        late: Int64 = 0,
        blocked: Int64 = 0,
        status: UInt16 = 200,
        recorded: UInt16? = nil
    ) {
        var outcome = makeOutcome(target, due: due)
        let sent = (due + late) * 1000
        outcome.sent = sent
        outcome.firstByte = sent + service * 1000
        outcome.end = sent + service * 1000
        outcome.blocked = blocked * 1000
        outcome.result = .completed
        outcome.status = status
        outcome.recordedStatus = recorded
        outcomes.append(outcome)
    }

    /// Adds a request that was sent on time and did not get a whole response.
    mutating func end(_ target: String, due: Int64, after age: Int64, _ result: Outcome.Result) {
        var outcome = makeOutcome(target, due: due)
        outcome.sent = due * 1000
        outcome.end = (due + age) * 1000
        outcome.result = result
        outcomes.append(outcome)
    }

    /// Adds a request that was never sent.
    mutating func leaveUnsent(_ target: String, due: Int64, _ reason: Outcome.UnsentReason) {
        var outcome = makeOutcome(target, due: due)
        outcome.result = .unsent(reason)
        outcomes.append(outcome)
    }

    private func makeOutcome(_ target: String, due: Int64) -> Outcome {
        let index = UInt64(outcomes.count)
        return Outcome(
            index: index,
            connection: 0,
            sequence: index,
            method: "GET",
            target: target,
            due: due * 1000
        )
    }

    /// The analysis of what was added, which was the whole plan unless another size is given.
    func analysed(
        planned: UInt64? = nil,
        knowledge: ServerKnowledge = ServerKnowledge()
    ) -> RunAnalysis {
        var info = info
        info.planned = planned ?? UInt64(outcomes.count)
        var analyzer = RunAnalyzer(info: info, knowledge: knowledge)
        for outcome in outcomes { analyzer.add(outcome) }
        return analyzer.finish(ending: ending)
    }
}
