import NIOConcurrencyHelpers

/// Holds back the thread that reads the plan while enough of it is waiting to be sent.
///
/// So the memory of a replay depends on this limit and not on the length of the trace.
final class PlanGate: Sendable {
    /// How many bytes of requests may wait at a time.
    static let limit = 32 << 20
    /// What a step of the plan weighs besides its bytes.
    static let stepWeight = 1024

    /// What the reading thread waits for.
    private enum Way: Equatable {
        case open
        case full
        case closed
    }

    private let way = ConditionLock(value: Way.open)
    private let weight = NIOLockedValueBox(0)

    /// Counts a step that is on its way to be sent.
    func enter(_ added: Int) {
        let isFull = weight.withLockedValue { weight in
            weight += added
            return weight > Self.limit
        }
        if isFull { change(from: .open, to: .full) }
    }

    /// Counts steps that were sent.
    func leave(_ removed: Int) {
        let isHalfEmpty = weight.withLockedValue { weight in
            defer { weight -= removed }
            return weight > Self.limit / 2 && weight - removed <= Self.limit / 2
        }
        if isHalfEmpty { change(from: .full, to: .open) }
    }

    /// Waits while the gate is full; says whether more of the plan is wanted.
    func waitForRoom() -> Bool {
        while true {
            way.lock()
            let state = way.value
            way.unlock()
            switch state {
            case .open: return true
            case .closed: return false
            case .full:
                // Wakes for `open` alone, so that a closed gate is looked at again soon.
                if way.lock(whenValue: .open, timeoutSeconds: 0.1) { way.unlock() }
            }
        }
    }

    /// Says that no more of the plan is wanted.
    func close() {
        way.lock()
        way.unlock(withValue: .closed)
    }

    private func change(from old: Way, to new: Way) {
        way.lock()
        way.unlock(withValue: way.value == old ? new : way.value)
    }
}
