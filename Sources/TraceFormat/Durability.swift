/// When a writer makes the system put on the disk what it has written.
///
/// Without it, what the writer wrote outlives the death of the process, but not that of the
/// machine.
public enum Durability: Equatable, Sendable {
    /// Never: the system decides.
    case system
    /// After every block, and at the end.
    case block
    /// After the first block that is complete when this many nanoseconds have passed, and at the
    /// end.
    case interval(nanoseconds: Int64)
}

/// Decides when it is time for the disk.
struct SynchronizationSchedule {
    let durability: Durability
    private var lastTime: Int64

    /// Starts counting at `now`, in nanoseconds of a monotonic clock.
    init(_ durability: Durability, now: Int64) {
        self.durability = durability
        lastTime = now
    }

    /// Whether what was just written must go to the disk now.
    mutating func isDue(now: Int64, isLast: Bool) -> Bool {
        switch durability {
        case .system: return false
        case .block: return true
        case .interval(let nanoseconds):
            guard isLast || now &- lastTime >= nanoseconds else { return false }
            lastTime = now
            return true
        }
    }
}
