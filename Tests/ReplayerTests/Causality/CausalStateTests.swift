import Testing

@testable import Replayer

@Suite struct CausalStateTests {
    private func cause(_ producer: UInt64, value: Int = 0) -> CausalRole.Cause {
        CausalRole.Cause(producer: producer, value: value, spots: [])
    }

    @Test func aRequestWaitsUntilTheLastOfItsCausesHasEnded() {
        var state = CausalState<String>()
        #expect(state.ask(7, [cause(1), cause(2)], from: "here") == nil)
        #expect(state.producerEnded(1, [Array("a".utf8)], useCount: 1).isEmpty)
        let releases = state.producerEnded(2, nil, useCount: 1)
        #expect(releases.map(\.consumer) == [7] && releases.map(\.place) == ["here"])
        #expect(releases.first?.ends == [.answered(Array("a".utf8)), .failed])
        #expect(state.isEmpty)
    }

    @Test func aCauseThatHasEndedHoldsNobodyBack() {
        var state = CausalState<String>()
        #expect(state.producerEnded(1, [[1], nil], useCount: 3).isEmpty)
        #expect(
            state.ask(5, [cause(1), cause(1, value: 1)], from: "") == [
                .answered([1]), .answered(nil),
            ]
        )
        #expect(!state.isEmpty)
        #expect(state.ask(6, [cause(1)], from: "") == [.answered([1])])
        #expect(state.isEmpty)
    }

    @Test func severalRequestsWaitForOneAndLeaveInTheirOrder() {
        var state = CausalState<Int>()
        #expect(state.ask(5, [cause(1)], from: 50) == nil)
        #expect(state.ask(6, [cause(1)], from: 60) == nil)
        #expect(state.producerEnded(1, [], useCount: 2).map(\.place) == [50, 60])
        #expect(state.isEmpty)
    }

    @Test func whatNobodyWaitsForIsNotRemembered() {
        var state = CausalState<Int>()
        #expect(state.producerEnded(1, [], useCount: 0).isEmpty)
        #expect(state.isEmpty)
    }
}
