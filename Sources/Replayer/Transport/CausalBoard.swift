import Synchronization
import TraceFormat

/// What the event loops of a replay tell each other of causes and effects.
final class CausalBoard: Sendable {
    /// Where a request waits.
    private struct Place: Sendable {
        var loop: Int
        var lane: LaneID
    }

    private struct State {
        var causes = CausalState<Place>()
        var loops: [ReplayLoopReference] = []
    }

    /// The order of cause and effect in the trace.
    let plan: CausalPlan
    private let state = Mutex(State())

    init(_ plan: CausalPlan) {
        self.plan = plan
    }

    /// Makes the event loops known to each other, by their numbers.
    func connect(_ loops: [ReplayLoopReference]) {
        state.withLock { $0.loops = loops }
    }

    /// A request has come to its turn; what came of its causes, or `nil` when its lane will be told.
    func ask(_ request: PlannedRequest, loop: Int, lane: LaneID) -> [CauseEnd]? {
        state.withLock {
            $0.causes.ask(
                request.outcome.index,
                request.causal?.causes ?? [],
                from: Place(loop: loop, lane: lane)
            )
        }
    }

    /// A request has ended, with these values where some were wanted; lets those go on that waited
    /// for it.
    func ended(_ outcome: borrowing Outcome, values: [[UInt8]?] = [], at time: Int64) {
        let index = outcome.index
        let useCount = plan.edges.useCount(ofProducer: plan.exchange(at: index))
        guard useCount > 0 else { return }
        let isWhole = outcome.result == .completed
        let end = outcome.end ?? time
        state.withLock { state in
            let releases = state.causes.producerEnded(
                index,
                isWhole ? values : nil,
                useCount: useCount
            )
            for release in releases {
                state.loops[release.place.loop].execute {
                    $0.release(release.consumer, on: release.place.lane, release.ends, at: end)
                }
            }
        }
    }
}
