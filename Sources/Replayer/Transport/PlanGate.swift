import Dispatch
import Synchronization

/// Holds back the thread that reads the plan while enough of it is waiting to be sent.
///
/// So the memory of a replay depends on this limit and not on the length of the trace.
final class PlanGate: Sendable {
    /// How many bytes of requests may wait at a time.
    static let limit = 8 << 20
    /// What a step of the plan weighs besides its bytes.
    static let stepWeight = 1024

    private struct State {
        var weight = 0
        var isReaderWaiting = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Counts a step that is on its way; says whether more may follow without waiting.
    func enter(_ added: Int) -> Bool {
        state.withLock { state in
            state.weight += added
            return state.weight <= Self.limit && !state.isClosed
        }
    }

    /// Counts steps that are done with; lets the reader go on once half of the room is free.
    func leave(_ removed: Int) {
        let wakesReader = state.withLock { state in
            state.weight -= removed
            guard state.isReaderWaiting, state.weight <= Self.limit / 2 else { return false }
            state.isReaderWaiting = false
            return true
        }
        if wakesReader { wakeUp.signal() }
    }

    /// Waits while there is no room; says whether more of the plan is wanted.
    func waitForRoom() -> Bool {
        let hasRoom = state.withLock { state in
            state.isReaderWaiting = state.weight > Self.limit && !state.isClosed
            return !state.isReaderWaiting
        }
        if !hasRoom { wakeUp.wait() }
        return state.withLock { !$0.isClosed }
    }

    /// Says that no more of the plan is wanted.
    func close() {
        let wakesReader = state.withLock { state in
            state.isClosed = true
            defer { state.isReaderWaiting = false }
            return state.isReaderWaiting
        }
        if wakesReader { wakeUp.signal() }
    }
}
