/// Which bodies a recording keeps; lengths and fingerprints are kept always.
public enum BodyRetention: String, CaseIterable, Sendable {
    /// No bodies.
    case none
    /// The bodies of requests, which a replay needs.
    case requests
    /// The bodies of requests and responses.
    case all

    /// Whether the bodies that this end sends are kept.
    func keepsBodies(of peer: Peer) -> Bool {
        switch self {
        case .none: false
        case .requests: peer == .client
        case .all: true
        }
    }
}

/// How much a connection may hold in memory while it is recorded.
public struct ExchangeLimits: Equatable, Sendable {
    /// The most bytes of bodies that are kept for the exchanges in progress; a body that would go
    /// beyond is not kept, but measured and fingerprinted like any other.
    public var bodyByteCount: Int
    /// The most requests without a whole answer; requests beyond are left out and counted.
    public var openExchangeCount: Int
    /// The most bytes kept behind a request that asks to leave HTTP, until it is answered.
    public var heldByteCount: Int
    /// The most 1xx responses before one final response.
    public var interimCount: Int

    /// Makes limits that no sane traffic reaches.
    public init(
        bodyByteCount: Int = 64 << 20,
        openExchangeCount: Int = 1024,
        heldByteCount: Int = 1 << 20,
        interimCount: Int = 1000
    ) {
        self.bodyByteCount = bodyByteCount
        self.openExchangeCount = openExchangeCount
        self.heldByteCount = heldByteCount
        self.interimCount = interimCount
    }
}
