/// What of mik's answers differs every time by nature.
enum VolatileParts {
    /// Header fields that say nothing; the length and the coding of a body go with what else differs.
    static let fields: Set<String> = [
        "content-encoding", "content-length", "date", "traceparent", "x-mik-duration-ms",
        "x-request-id",
    ]

    /// Paths of members of the JSON that a route answers with.
    static func paths(of route: Route) -> Set<String> {
        guard route.handler == .server else { return [] }
        return switch route.name {
        case "/health":
            [
                "$.cache_bytes", "$.cache_size", "$.memory.allocated_bytes", "$.timestamp",
                "$.total_requests",
            ]
        case "/_mik": ["$.meta.timestamp"]
        default: []
        }
    }

    /// Paths of arrays whose elements have no order.
    static let unordered: Set<String> = ["$.loaded_modules"]

    /// Whether nothing in the body can be compared: the numbers of `/metrics` are other ones each time.
    static func isWhole(_ route: Route) -> Bool {
        route.handler == .server && route.name == "/metrics"
    }
}
