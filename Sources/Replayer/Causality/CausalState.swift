/// Knows which responses have ended and which requests wait for them.
///
/// A value that is told what happens, in any order: sans-IO. `Place` says where a request waits.
struct CausalState<Place: Sendable> {
    /// A request whose causes have all ended while it waited.
    struct Release: Sendable {
        /// Its position in the plan.
        var consumer: UInt64
        /// Where it waits.
        var place: Place
        /// What came of its causes, in order.
        var ends: [CauseEnd]
    }

    /// What a request waits for.
    private struct Waiter {
        var place: Place
        var causes: [CausalRole.Cause]
    }

    /// How a request ended whose response others wait for.
    private struct ProducerEnd {
        /// The wanted values; `nil` when there was no whole response.
        var values: [[UInt8]?]?
        /// How many requests still have to ask for it.
        var useCount: Int
    }

    private var ended: [UInt64: ProducerEnd] = [:]
    private var waiters: [UInt64: Waiter] = [:]
    private var waitersOf: [UInt64: [UInt64]] = [:]

    /// Whether nothing is remembered any more.
    var isEmpty: Bool { ended.isEmpty && waiters.isEmpty && waitersOf.isEmpty }

    /// A request has come to its turn.
    ///
    /// - Returns: What came of its causes; `nil` when it has to wait, and will be released.
    mutating func ask(
        _ consumer: UInt64,
        _ causes: [CausalRole.Cause],
        from place: Place
    ) -> [CauseEnd]? {
        let open = Set(causes.map(\.producer)).filter { ended[$0] == nil }
        guard !open.isEmpty else { return ends(of: causes) }
        waiters[consumer] = Waiter(place: place, causes: causes)
        for producer in open { waitersOf[producer, default: []].append(consumer) }
        return nil
    }

    /// A request has ended whose response others wait for.
    ///
    /// - Parameters:
    ///   - producer: Its position in the plan.
    ///   - values: The wanted values; `nil` when there was no whole response.
    ///   - useCount: How many edges begin at it.
    /// - Returns: The requests that may leave now, in the order in which they came to wait.
    mutating func producerEnded(
        _ producer: UInt64,
        _ values: [[UInt8]?]?,
        useCount: Int
    ) -> [Release] {
        guard useCount > 0, ended[producer] == nil else { return [] }
        ended[producer] = ProducerEnd(values: values, useCount: useCount)
        var releases: [Release] = []
        for consumer in waitersOf.removeValue(forKey: producer) ?? [] {
            guard let waiter = waiters[consumer],
                waiter.causes.allSatisfy({ ended[$0.producer] != nil })
            else { continue }
            waiters[consumer] = nil
            releases.append(
                Release(consumer: consumer, place: waiter.place, ends: ends(of: waiter.causes))
            )
        }
        return releases
    }

    /// What came of causes that have all ended; forgets what nobody will ask for again.
    private mutating func ends(of causes: [CausalRole.Cause]) -> [CauseEnd] {
        causes.map { cause in
            guard let end = ended[cause.producer] else {
                preconditionFailure("a cause was asked for that has not ended")
            }
            if end.useCount > 1 {
                ended[cause.producer]?.useCount -= 1
            } else {
                ended[cause.producer] = nil
            }
            guard let values = end.values else { return .failed }
            return .answered(cause.value < values.count ? values[cause.value] : nil)
        }
    }
}
