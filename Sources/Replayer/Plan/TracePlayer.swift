import SystemPackage
import TraceFormat

/// A trace that can be played several times: to look ahead, and for the replay itself.
struct TracePlayer: Sendable {
    /// The totals of the trace.
    let summary: TraceSummary
    private let trace: FilePath
    private let configuration: ReplayConfiguration
    private let firstRequestTime: Int64

    /// Looks at a trace.
    ///
    /// - Throws: `ReplayError.emptyTrace`, or `TraceError` when it can't be read.
    init(trace: FilePath, configuration: ReplayConfiguration) throws {
        let summary = try TraceReader(opening: trace).summary
        guard let firstRequestTime = summary.firstRequestTime else {
            throw ReplayError.emptyTrace
        }
        self.summary = summary
        self.trace = trace
        self.configuration = configuration
        self.firstRequestTime = firstRequestTime
    }

    /// Plays the trace from its start.
    func play() throws(TraceError) -> TracePlayback {
        try play(configuration.selection, reading: .requests)
    }

    private func play(
        _ selection: TraceSelection,
        reading depth: ReadingDepth
    ) throws(TraceError) -> TracePlayback {
        try TracePlayback(
            selection,
            firstRequestTime: firstRequestTime,
            seed: configuration.seed,
            keepsOrderOfCopies: configuration.causality != nil
        ) { [trace] () throws(TraceError) in
            try TraceReader(opening: trace).orderedByTime(reading: depth)
        }
    }

    /// Looks for requests that carry values of earlier responses; `nil` when nobody wants to know.
    func causalPlan() throws(TraceError) -> CausalPlan? {
        guard let causality = configuration.causality else { return nil }
        let selection = configuration.selection
        var finder = CausalFinder()
        var playback = try play(TraceSelection(), reading: .whole)
        while let played = try playback.next() {
            guard case .exchange(let exchange) = played.record, let index = played.index else {
                continue
            }
            let isPlayed =
                selection.slice?.contains(played.time) ?? true
                && selection.shard?.contains(exchange.connection) ?? true
            finder.add(exchange, index: index, isPlayed: isPlayed)
        }
        return CausalPlan(
            edges: finder.finish(),
            causality: causality,
            exchangeCount: max(1, summary.exchanges)
        )
    }

    /// Looks at the whole plan.
    func survey() throws(TraceError) -> PlanOverview {
        var survey = PlanSurvey(configuration)
        guard configuration.pace.waitsOnLanes else {
            return try survey.run(play(configuration.selection, reading: .outline))
        }
        // Without due times all times through the trace are alike, and there may be very many, of
        // which a time limit lets few happen.
        var once = configuration.selection
        once.loopCount = 1
        return try survey.run(play(once, reading: .outline)).repeated(
            configuration.selection.loopCount
        )
    }
}
