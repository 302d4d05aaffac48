import Encryption
import NIOCore
import Synchronization

/// What the event loops of a replay share.
struct LoopContext: Sendable {
    let configuration: ReplayConfiguration
    let address: SocketAddress
    /// How connections are encrypted; `nil` when they are not.
    let encryption: ClientEncryption?
    let gate: PlanGate
    let sink: OutcomeSink
    let monitor: ReplayMonitor
    let connections = LiveConnections()
    /// What they tell each other of causes and effects; `nil` when nobody waits for any.
    var causality: CausalBoard?
    /// Whether the event loops spin.
    let spins: Bool

    /// How many requests an event loop may have in flight, so that all of them keep the limit.
    func inFlightLimit(ofLoop number: Int) -> Int {
        guard let limit = configuration.limits.inFlight else { return .max }
        let threads = configuration.threadCount
        return limit / threads + (number < limit % threads ? 1 : 0)
    }
}

/// Numbers the connections of a run in the order in which they were opened, and counts those that
/// are open.
final class LiveConnections: Sendable {
    private let number = Atomic<UInt64>(0)
    private let openCount = Atomic<UInt64>(0)
    private let peak = Atomic<UInt64>(0)

    /// The most connections that were open at a time.
    var peakCount: UInt64 { peak.load(ordering: .relaxed) }

    /// The number of the next connection.
    func nextNumber() -> UInt64 {
        number.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// A connection was opened.
    func opened() {
        let count = openCount.wrappingAdd(1, ordering: .relaxed).newValue
        peak.max(count, ordering: .relaxed)
    }

    /// A connection was closed.
    func closed() {
        openCount.wrappingSubtract(1, ordering: .relaxed)
    }
}
