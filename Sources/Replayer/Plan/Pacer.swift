/// Decides how an event loop waits for the next time at which something is due.
///
/// A timer wakes a thread up some time after it asked to be: tens of microseconds mostly, more
/// when the machine is busy. A pacer that spins asks to be woken that much earlier, and then looks
/// at the clock until the time has come. How much earlier follows from the lateness that it saw.
struct Pacer: Equatable {
    /// How to wait.
    enum Wait: Equatable {
        /// The time has come.
        case not
        /// It is so near that it is best to look at the clock again and again.
        case spin
        /// Set a timer.
        case sleep(until: Int64)
    }

    /// The shortest time for which a pacer spins: what a timer is late by on a quiet machine.
    static let leastWindow: Int64 = 50_000
    /// The longest: beyond it spinning would cost more than lateness does.
    static let greatestWindow: Int64 = 1_000_000

    /// Whether it spins at all.
    let spins: Bool
    /// For how long it spins before something is due, in nanoseconds.
    private(set) var window: Int64

    /// A pacer that has not seen any lateness yet.
    init(spins: Bool) {
        self.spins = spins
        window = spins ? 2 * Self.leastWindow : 0
    }

    /// How to wait at `time` for what is due at `due`.
    func wait(for due: Int64, at time: Int64) -> Wait {
        if time >= due { return .not }
        return due - time <= window ? .spin : .sleep(until: due - window)
    }

    /// Learns that a timer fired at `time` that was to fire at `asked`.
    ///
    /// One wake-up that was later than the window widens it to a quarter more than that; each one
    /// that was not narrows it by a sixty-fourth of what was too much. So it settles near the
    /// latest of the last few hundred wake-ups.
    mutating func woke(at time: Int64, asked: Int64) {
        guard spins else { return }
        let lateness = max(0, time - asked)
        if lateness > window {
            window = lateness + lateness / 4
        } else {
            window -= (window - lateness) / 64
        }
        window = min(max(window, Self.leastWindow), Self.greatestWindow)
    }
}
