/// mik's circuit breakers, one for each name that has failed.
///
/// Five failures in a row open a breaker for 60 s. Then one request, the probe, is let through: its
/// success closes the breaker, its failure opens it again, and without a result the next probe is
/// let through 60 s later.
struct CircuitBreakers {
    /// The value of the gauge `mik_circuit_breaker_state`.
    enum State: Int {
        case closed = 0
        case open = 1
        case halfOpen = 2
    }

    private struct Breaker {
        var state = State.closed
        var failuresInARow = 0
        /// When the breaker opened, or when its probe was let through.
        var changed = Duration.zero
        var lastUsed: Duration
    }

    private static let failuresToOpen = 5
    private static let openTime = Duration.seconds(60)
    private static let idleTime = Duration.seconds(600)
    private static let keyLimit = 1000

    private var breakers: [String: Breaker] = [:]

    /// The state of each name that is remembered, in order of the names.
    var states: [(name: String, state: State)] {
        breakers.map { ($0.key, $0.value.state) }.sorted { $0.0 < $1.0 }
    }

    /// Whether a request for the name may go on; the one that turns a breaker half-open is its probe.
    mutating func admits(_ name: String, at now: Duration) -> Bool {
        guard var breaker = breakers[name] else { return true }
        if now - breaker.lastUsed > Self.idleTime {
            breakers[name] = nil
            return true
        }
        guard breaker.state != .closed else { return true }
        breaker.lastUsed = now
        let admitted = now - breaker.changed >= Self.openTime
        if admitted {
            breaker.state = .halfOpen
            breaker.changed = now
        }
        breakers[name] = breaker
        return admitted
    }

    /// Notes a success, which closes the breaker.
    mutating func recordSuccess(_ name: String, at now: Duration) {
        guard breakers[name] != nil else { return }
        breakers[name] = Breaker(lastUsed: now)
    }

    /// Notes a failure, which may open the breaker.
    mutating func recordFailure(_ name: String, at now: Duration) {
        var breaker = breakers[name] ?? Breaker(lastUsed: now)
        breaker.failuresInARow += 1
        breaker.lastUsed = now
        let wasProbe = breaker.state == .halfOpen
        if wasProbe || (breaker.state == .closed && breaker.failuresInARow >= Self.failuresToOpen) {
            breaker.state = .open
            breaker.changed = now
        }
        breakers[name] = breaker
        if breakers.count > Self.keyLimit { forgetOldest() }
    }

    private mutating func forgetOldest() {
        guard let oldest = breakers.min(by: { $0.value.lastUsed < $1.value.lastUsed }) else {
            return
        }
        breakers[oldest.key] = nil
    }
}
