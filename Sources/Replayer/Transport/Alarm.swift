import NIOCore

/// Wakes an event loop up when something is due: by a timer, and by spinning where that is wanted.
///
/// The thread that spins is that of the event loop. It looks at the clock for a few microseconds
/// at a time and at its sockets in between, so no response is read late because of it.
final class Alarm {
    /// How long the clock is looked at before the sockets are, in nanoseconds.
    private static let spell: Int64 = 4_000

    private let eventLoop: any EventLoop
    private let pulse: SelectorPulse
    private let start: NIODeadline
    private let action: () -> Void
    private(set) var pacer: Pacer
    private var timer: (at: Int64, scheduled: Scheduled<Void>)?
    /// When the action is to be done next; far away when nothing is to be done.
    private(set) var due = Int64.max

    /// An alarm for one event loop; `action` is what it wakes it up for.
    init(
        eventLoop: any EventLoop,
        pulse: SelectorPulse,
        start: NIODeadline,
        spins: Bool,
        action: @escaping () -> Void
    ) {
        self.eventLoop = eventLoop
        self.pulse = pulse
        self.start = start
        self.action = action
        pacer = Pacer(spins: spins)
        pulse.action = { [unowned self] in fire() }
    }

    /// Sets the time at which the action is to be done next, in nanoseconds since the start of the
    /// run; `nil` when there is nothing to wait for.
    func set(for due: Int64?, now: Int64) {
        self.due = due ?? .max
        guard let due else {
            cancelTimer()
            return
        }
        switch pacer.wait(for: due, at: now) {
        case .sleep(let until): sleep(until: until)
        // Also when it is time already: other things than this one are ready perhaps.
        case .not, .spin: pulse.beat()
        }
    }

    /// Wakes nobody up any more.
    func cancel() {
        due = .max
        cancelTimer()
        pulse.close()
    }

    private func cancelTimer() {
        timer?.scheduled.cancel()
        timer = nil
    }

    private func sleep(until time: Int64) {
        if let timer {
            guard time != timer.at else { return }
            timer.scheduled.cancel()
        }
        let deadline = start + .nanoseconds(time)
        let scheduled = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            let now = elapsed()
            pacer.woke(at: now, asked: time)
            fire()
        }
        timer = (time, scheduled)
    }

    private func fire() {
        guard due != .max else { return }
        var now = elapsed()
        if now < due, due - now <= pacer.window {
            let end = min(due, now + Self.spell)
            repeat { now = elapsed() } while now < end
        }
        guard now >= due else { return set(for: due, now: now) }
        due = .max
        action()
    }

    private func elapsed() -> Int64 {
        Int64(NIODeadline.now().uptimeNanoseconds) - Int64(start.uptimeNanoseconds)
    }
}
