/// The routes of two runs under common numbers: those of the baseline, and behind them those that only
/// the candidate has.
struct CommonRoutes {
    /// The names by number.
    let names: [String]
    private let numbersOfCandidate: [Int]

    init(_ baseline: RunAnalysis, _ candidate: RunAnalysis) {
        var names = baseline.routeNames
        var numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        numbersOfCandidate = candidate.routeNames.map { name in
            if let number = numbers[name] { return number }
            names.append(name)
            numbers[name] = names.count - 1
            return names.count - 1
        }
        self.names = names
    }

    /// The number of the route of one of the baseline's records.
    func number(ofBaseline record: RequestRecord) -> Int { Int(record.route) }

    /// The number of the route of one of the candidate's records.
    func number(ofCandidate record: RequestRecord) -> Int {
        numbersOfCandidate[Int(record.route)]
    }
}

/// From which request on the answers of each route of two runs are not what they were, by the common
/// numbers of the routes.
struct RouteDivergences {
    private let divergences: [Divergence?]

    /// Looks at the answers of both runs beside the recording's, and at the candidate's beside the
    /// baseline's; the earliest divergence of a route counts.
    init(_ baseline: RunAnalysis, _ candidate: RunAnalysis, routes: CommonRoutes) {
        var searches = [DivergenceSearch](repeating: DivergenceSearch(), count: routes.names.count)
        for case (let one?, let other?) in RecordPairs(baseline, candidate) {
            let route = routes.number(ofBaseline: one)
            guard routes.number(ofCandidate: other) == route else { continue }
            searches[route].add(index: one.index, other.answer.likeness(to: one.answer))
        }
        let recorded = [baseline, candidate].map { run in
            Dictionary(
                uniqueKeysWithValues: run.recordedAnswers.compactMap { answers in
                    answers.divergence.map { (answers.route, $0) }
                }
            )
        }
        divergences = zip(routes.names, searches).map { name, search in
            [
                recorded[0][name].map { Divergence(index: $0, reference: .recordingOfBaseline) },
                recorded[1][name].map { Divergence(index: $0, reference: .recordingOfCandidate) },
                search.index.map { Divergence(index: $0, reference: .baseline) },
            ].compactMap { $0 }.min { $0.index < $1.index }
        }
    }

    /// That of a route; `nil` without one.
    subscript(route: Int) -> Divergence? { divergences[route] }

    /// Whether a request of a route comes from where on its answers are not what they were.
    func isBeyond(_ index: UInt64, route: Int) -> Bool {
        divergences[route].map { index >= $0.index } ?? false
    }
}
