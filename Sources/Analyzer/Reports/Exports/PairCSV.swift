/// The requests of two runs side by side as comma-separated values (RFC 4180), a line for each.
///
/// Times are nanoseconds; what there is not is empty. `use` is `used` if the change of latency rests
/// on the pair, `cold` if that of cold starts does, or why neither does.
public struct PairCSV: Sequence, IteratorProtocol {
    /// The first line.
    public static let header =
        "repetition,index,route,use,baseline_end,candidate_end,baseline_temperature,"
        + "candidate_temperature,baseline_response_ns,candidate_response_ns,baseline_service_ns,"
        + "candidate_service_ns,answer\r\n"

    private let baseline: RunAnalysis
    private let candidate: RunAnalysis
    private let hasSchedule: Bool
    private let repetition: Int
    private let routes: CommonRoutes
    private let divergences: RouteDivergences
    private var pairs: RecordPairs

    /// Goes through two runs of the same trace; repetitions count from 1.
    public init(_ baseline: RunAnalysis, _ candidate: RunAnalysis, repetition: Int = 1) {
        self.baseline = baseline
        self.candidate = candidate
        self.repetition = repetition
        hasSchedule = baseline.hasSchedule && candidate.hasSchedule
        routes = CommonRoutes(baseline, candidate)
        divergences = RouteDivergences(baseline, candidate, routes: routes)
        pairs = RecordPairs(baseline, candidate)
    }

    /// The next line; `nil` after the last.
    public mutating func next() -> String? {
        guard let (one, other) = pairs.next() else { return nil }
        let route = one.map(routes.number(ofBaseline:)) ?? other.map(routes.number(ofCandidate:))
        let cells = [
            String(repetition), (one ?? other).map { String($0.index) } ?? "",
            OutcomeCSV.quoted(route.map { routes.names[$0] } ?? ""), use(one, other),
            one?.endingName ?? "",
            other?.endingName ?? "", one?.temperature?.name ?? "", other?.temperature?.name ?? "",
            number(one?.responseTime), number(other?.responseTime), number(one?.serviceTime),
            number(other?.serviceTime), likeness(one, other),
        ]
        return cells.joined(separator: ",") + "\r\n"
    }

    private func use(_ one: RequestRecord?, _ other: RequestRecord?) -> String {
        guard let one, let other else { return LeftOut.onlyInOneRun.rawValue }
        let pair = RequestPair(baseline: one, candidate: other)
        let route = routes.number(ofBaseline: one)
        let use = pair.use(
            hasSchedule: hasSchedule,
            isSameRoute: route == routes.number(ofCandidate: other),
            isDiverged: divergences.isBeyond(one.index, route: route)
        )
        switch use {
        case .used: return "used"
        case .cold: return "cold"
        case .leftOut(let reason): return reason.rawValue
        }
    }

    private func likeness(_ one: RequestRecord?, _ other: RequestRecord?) -> String {
        guard let one, let other else { return "" }
        switch other.answer.likeness(to: one.answer) {
        case .same: return "same"
        case .otherBody: return "other_body"
        case .otherStatus: return "other_status"
        case nil: return ""
        }
    }

    private func number(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
}
