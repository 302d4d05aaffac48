import TraceFormat

/// The bytes that requests and their responses took when they were recorded.
struct RecordedSizes: Equatable, Sendable {
    /// Of requests: heads, and bodies with the framing of chunks.
    private(set) var requests: UInt64 = 0
    /// Of responses: heads, and bodies without it.
    private(set) var responses: UInt64 = 0

    /// Adds an exchange, by the measures that an outcome goes by.
    mutating func add(_ exchange: Exchange) {
        let request = exchange.request
        requests &+= UInt64(request.head.count) &+ request.body.wireLength
        guard let message = exchange.response?.message else { return }
        responses &+= UInt64(message.head.count) &+ message.body.length
    }
}

extension Ledger {
    /// Notes what the same traffic took when it was recorded.
    mutating func add(_ sizes: RecordedSizes) {
        self["bytes", "recorded_requests"] = sizes.requests
        self["bytes", "recorded_responses"] = sizes.responses
    }
}
