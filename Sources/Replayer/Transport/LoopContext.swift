import NIOCore
import Synchronization

/// What the event loops of a replay share.
struct LoopContext: Sendable {
    let configuration: ReplayConfiguration
    let address: SocketAddress
    let gate: PlanGate
    let sink: OutcomeSink
    let monitor: ReplayMonitor
    let connectionNumbers = ConnectionNumbers()
    /// Whether the event loops spin.
    let spins: Bool

    /// How many requests an event loop may have in flight, so that all of them keep the limit.
    func inFlightLimit(ofLoop number: Int) -> Int {
        guard let limit = configuration.limits.inFlight else { return .max }
        let threads = configuration.threadCount
        return limit / threads + (number < limit % threads ? 1 : 0)
    }
}

/// Numbers the connections of a run in the order in which they were opened.
final class ConnectionNumbers: Sendable {
    private let count = Atomic<UInt64>(0)

    /// The number of the next connection.
    func next() -> UInt64 {
        count.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
