public import HTTPWire
public import SeededRandom
internal import TraceFormat

/// Which of the exchanges that were seen go into the trace; the others are counted by reason.
public struct ExchangeSelection: Equatable, Sendable {
    /// The addresses of clients or servers whose connections are recorded, without ports; empty for all.
    public var hosts: Set<String> = []
    /// Patterns of which a request has to match one; empty for all.
    public var only: [RequestGlob] = []
    /// Patterns of which a request must match none.
    public var except: [RequestGlob] = []
    /// Which share of the connections is recorded; `nil` for all.
    public var sample: ConnectionSample?
    /// How many exchanges are recorded; those beyond are counted.
    public var limit: UInt64?

    /// Everything.
    public init() {}
}

/// Chooses records on their way into the trace.
struct ExchangeSelector {
    /// Why an exchange is left out; the raw values are names of the ledger.
    private enum Reason: String, CaseIterable {
        case host = "left_out_by_host"
        case sample = "left_out_by_sample"
        case route = "left_out_by_route"
        case limit = "left_out_by_limit"
    }

    private let selection: ExchangeSelection
    /// The open connections that are left out, and why.
    private var excluded: [UInt64: Reason] = [:]
    private var excludedConnectionCount: UInt64 = 0
    private var counts: [Reason: UInt64] = [:]
    private var passedCount: UInt64 = 0

    init(_ selection: ExchangeSelection) {
        self.selection = selection
    }

    /// Those of the records that are wanted; to be called with all of them in order.
    mutating func select(_ records: [TraceRecord]) -> [TraceRecord] {
        guard selection != ExchangeSelection() else { return records }
        return records.filter { isWanted($0) }
    }

    private mutating func isWanted(_ record: TraceRecord) -> Bool {
        switch record {
        case .opened(let opening):
            guard let reason = reason(against: opening) else { return true }
            excluded[opening.connection] = reason
            excludedConnectionCount += 1
            return false
        case .exchange(let exchange):
            guard let reason = excluded[exchange.connection] ?? reason(against: exchange) else {
                passedCount += 1
                return true
            }
            counts[reason, default: 0] += 1
            return false
        case .closed(let closing):
            return excluded.removeValue(forKey: closing.connection) == nil
        }
    }

    private func reason(against opening: ConnectionOpening) -> Reason? {
        let ends = [opening.client, opening.server].map(Self.host)
        if !selection.hosts.isEmpty, !ends.contains(where: selection.hosts.contains) {
            return .host
        }
        guard let sample = selection.sample else { return nil }
        return sample.contains(connection: opening.connection) ? nil : .sample
    }

    private func reason(against exchange: Exchange) -> Reason? {
        let head = exchange.request.head
        let isOfRoute =
            selection.only.isEmpty || selection.only.contains { $0.matches(requestHead: head) }
        if !isOfRoute || selection.except.contains(where: { $0.matches(requestHead: head) }) {
            return .route
        }
        return selection.limit.map { passedCount >= $0 } ?? false ? .limit : nil
    }

    /// The address in `host:port`, IPv6 without its brackets.
    private static func host(_ endpoint: String) -> String {
        let host = endpoint.lastIndex(of: ":").map { endpoint[..<$0] } ?? endpoint[...]
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }

    /// Puts what was left out into a ledger that has the exchanges and connections already.
    func write(to ledger: inout Ledger) {
        guard selection != ExchangeSelection() else { return }
        for reason in Reason.allCases {
            ledger["exchanges", reason.rawValue] = counts[reason, default: 0]
        }
        ledger["exchanges", "total"] += counts.values.reduce(0, +)
        ledger["connections", "recorded"] -= min(
            excludedConnectionCount,
            ledger["connections", "recorded"]
        )
        ledger["connections", "left_out"] = excludedConnectionCount
    }
}
