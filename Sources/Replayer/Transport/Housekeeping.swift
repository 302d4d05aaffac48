import NIOCore

/// The regular work of an event loop, and the watchdog that sees when the loop did not come to it.
final class Housekeeping {
    /// How often the watchdog looks, in nanoseconds: a stall hides from it for this long at most.
    private static let watchInterval: Int64 = 50_000_000

    /// How late the event loop came to look at worst, in nanoseconds: it was busy or had no
    /// processor, and everything that it saw in that time it saw late.
    private(set) var greatestLateness: Int64 = 0
    private var next: NIODeadline
    private var task: RepeatedTask?
    private var looksUntilWork: Int64
    private let work: () -> Void

    /// Often enough for a time limit of requests, in nanoseconds.
    static func interval(timeout: Int64) -> Int64 {
        min(max(timeout / 20, 1_000_000), 50_000_000)
    }

    /// Works at an interval in nanoseconds from the start of the run on.
    init(
        eventLoop: any EventLoop,
        start: NIODeadline,
        interval: Int64,
        work: @escaping () -> Void
    ) {
        let watchInterval = min(interval, Self.watchInterval)
        let looks = max(1, interval / watchInterval)
        next = start + .nanoseconds(watchInterval)
        looksUntilWork = looks
        self.work = work
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        task = eventLoop.scheduleRepeatedTask(
            initialDelay: next - .now(),
            delay: .nanoseconds(watchInterval)
        ) { _ in
            bound.value.look(interval: .nanoseconds(watchInterval), looks: looks)
        }
    }

    private func look(interval: TimeAmount, looks: Int64) {
        let now = NIODeadline.now()
        greatestLateness = max(greatestLateness, (now - next).nanoseconds)
        next = now + interval
        looksUntilWork -= 1
        guard looksUntilWork == 0 else { return }
        looksUntilWork = looks
        work()
    }

    /// Ends the work.
    func cancel() {
        task?.cancel()
    }
}
