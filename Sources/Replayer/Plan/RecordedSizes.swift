import TraceFormat

/// The bytes that requests and their responses took when they were recorded.
struct RecordedSizes: Equatable, Sendable {
    /// Of requests: heads, and bodies with the framing of chunks.
    private(set) var requests: UInt64 = 0
    /// Of the bodies of responses, without it; a plan does without their heads.
    private(set) var responseBodies: UInt64 = 0

    /// Adds an exchange, by the measures that an outcome goes by.
    mutating func add(_ exchange: Exchange) {
        let request = exchange.request
        requests &+= UInt64(request.head.count) &+ request.body.wireLength
        responseBodies &+= exchange.response?.message.body.length ?? 0
    }
}

extension Ledger {
    /// Notes what the same traffic took when it was recorded.
    mutating func add(_ sizes: RecordedSizes) {
        self["bytes", "recorded_requests"] = sizes.requests
        self["bytes", "recorded_response_bodies"] = sizes.responseBodies
    }
}
