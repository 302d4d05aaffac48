public import TraceFormat

/// Puts the answers of two runs, or of a recording and a run, side by side, and counts where they differ.
///
/// Both sides are added in the order of their files, which is about that of the trace, so only few
/// answers wait for the other side. When those that wait take more than `waitingLimit` bytes, those of
/// one side are given up, and counted.
public struct ContentPairing {
    /// The two sides.
    public enum Side: Int, Sendable {
        /// What is compared with; also a recording.
        case baseline
        /// What is compared.
        case candidate
    }

    private let fields: [String]
    private let rules: RouteRules
    private var waiting: [[UInt64: AnswerContent]] = [[:], [:]]
    private var waitingByteCounts = [0, 0]
    /// The names of routes that came before.
    private var routes: [RouteKey: String] = [:]
    private var tally = ContentTally()

    /// No more bytes of answers wait on a side.
    static let waitingLimit = 64 << 20

    /// Starts without an answer.
    ///
    /// - Parameters:
    ///   - fields: The names of the header fields that both sides have kept, in lower case.
    ///   - rules: How requests are grouped into routes.
    public init(fields: [String], rules: RouteRules = RouteRules()) {
        self.fields = fields
        self.rules = rules
    }

    /// Adds what a run kept.
    public mutating func add(_ outcome: Outcome, to side: Side) {
        add(AnswerContent(outcome), to: side)
    }

    /// Adds what a recording has of the exchange at this position, as the baseline.
    public mutating func add(_ exchange: Exchange, index: UInt64) {
        add(AnswerContent(exchange, index: index), to: .baseline)
    }

    /// What was counted, once both sides were added.
    public consuming func finish() -> ContentTally { tally }

    private mutating func add(_ content: AnswerContent, to side: Side) {
        let other = side == .baseline ? Side.candidate : .baseline
        if let counterpart = waiting[other.rawValue].removeValue(forKey: content.index) {
            waitingByteCounts[other.rawValue] -= counterpart.byteCount
            let (baseline, candidate) =
                side == .baseline ? (content, counterpart) : (counterpart, content)
            compare(baseline, candidate)
            return
        }
        if waitingByteCounts[side.rawValue] + content.byteCount > Self.waitingLimit {
            tally.leaveOut(waiting[side.rawValue].count)
            waiting[side.rawValue] = [:]
            waitingByteCounts[side.rawValue] = 0
        }
        waiting[side.rawValue][content.index] = content
        waitingByteCounts[side.rawValue] += content.byteCount
    }

    private mutating func compare(_ baseline: AnswerContent, _ candidate: AnswerContent) {
        guard baseline.status != 0, baseline.status == candidate.status else { return }
        let comparison = ContentComparison(baseline, candidate, fields: fields)
        tally.add(comparison, index: baseline.index, route: route(of: baseline))
    }

    private mutating func route(of content: AnswerContent) -> String {
        let target = content.target
        let key = RouteKey(method: content.method, target: target, rules)
        if let route = routes[key] { return route }
        let route = rules.name(
            method: content.method,
            target: target,
            route: Route(target: target)
        )
        if routes.count < RouteKey.rememberedLimit { routes[key] = route }
        return route
    }
}
