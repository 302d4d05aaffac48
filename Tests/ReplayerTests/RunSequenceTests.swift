import Testing
import TraceFormat

@testable import Replayer

@Suite struct RunSequenceTests {
    private func part(start: Int64, planned: UInt64 = 10) -> RunSequence.Part {
        var environment = Metadata()
        environment["modes"] = "slice 0s..1s"
        environment["recorded_peak_connections"] = "\(planned)"
        var ledger = Ledger()
        ledger["connections", "opened"] = 3
        ledger["connections", "peak_open"] = planned
        ledger["trace", "damages"] = 1
        return RunSequence.Part(
            info: RunInfo(
                writer: "test",
                traceHash: "abc",
                traceName: "t.mtr",
                target: "http://a",
                speed: "1",
                connections: "recorded",
                planned: planned,
                startedAt: 5,
                environment: environment
            ),
            ending: RunEnding(isPartial: false, duration: 100, ledger: ledger),
            start: start
        )
    }

    @Test func countsAddUpAndTimesFollowEachOther() {
        let whole = RunSequence([part(start: 0), part(start: 1000, planned: 7)], mode: "slices 1s")
        #expect(whole.info.planned == 17)
        #expect(whole.info.startedAt == 5)
        #expect(whole.info.environment["modes"] == "slices 1s")
        #expect(whole.info.environment["recorded_peak_connections"] == "10")
        #expect(whole.ending.duration == 1100)
        #expect(!whole.ending.isPartial)
        #expect(whole.ending.ledger["connections", "opened"] == 6)
        #expect(whole.ending.ledger["connections", "peak_open"] == 10)
        #expect(whole.ending.ledger["trace", "damages"] == 1)
        var outcome = Outcome(
            index: 4,
            connection: 1,
            sequence: 0,
            method: "GET",
            target: "/",
            due: 9
        )
        #expect(whole.outcome(outcome, ofPart: 0) == outcome)
        #expect(whole.outcome(outcome, ofPart: 1).due == 1009)
        #expect(whole.outcome(outcome, ofPart: 1).sent == nil)
        (outcome.sent, outcome.firstByte, outcome.end) = (10, 11, 12)
        outcome.liveConnection = 2
        let later = whole.outcome(outcome, ofPart: 1)
        #expect([later.sent, later.firstByte, later.end] == [1010, 1011, 1012])
        #expect(later.liveConnection == 5)
        #expect(later.index == 4)
    }

    @Test func oneStoppedPartMakesTheWholePartial() {
        var stopped = part(start: 1000)
        stopped.ending.isPartial = true
        #expect(RunSequence([part(start: 0), stopped], mode: "").ending.isPartial)
    }
}
