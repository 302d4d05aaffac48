public import TraceFormat

/// Takes the outcomes of a run one by one, in any order, and analyses them at the end.
///
///     var analyzer = RunAnalyzer(info: info)
///     while let outcome = try reader.next() { analyzer.add(outcome) }
///     let analysis = analyzer.finish(ending: reader.ending)
public struct RunAnalyzer {
    private var info: RunInfo
    private var records: ContiguousArray<RequestRecord> = []
    private let rules: RouteRules
    private var routes = NumberedNames()
    private var modules = NumberedNames()
    /// What is known of requests by what their route depends on: most come again and again.
    private var places: [RouteKey: Place] = [:]

    /// The numbers of a request's route and module.
    private struct Place {
        let route: Int32
        let module: Int32?
        let isScript: Bool
        let hasVolatileBody: Bool
    }

    /// Room for more requests is made as they come.
    private static let expectedLimit: UInt64 = 1 << 21

    private var knowledge: ServerKnowledge
    private var slowest: SlowestOutcomes

    /// Starts with no outcome.
    ///
    /// - Parameters:
    ///   - info: What the run says of itself.
    ///   - knowledge: What is known of the server, to tell cold from warm by.
    ///   - rules: How requests are grouped into routes.
    public init(
        info: RunInfo,
        knowledge: ServerKnowledge = ServerKnowledge(),
        rules: RouteRules = RouteRules()
    ) {
        self.rules = rules
        self.info = info
        self.knowledge = knowledge
        slowest = SlowestOutcomes(hasSchedule: info.hasSchedule)
        records.reserveCapacity(Int(min(info.planned, Self.expectedLimit)))
    }

    /// Adds outcomes.
    public mutating func add(_ outcomes: [Outcome]) {
        // By way of a span, because a loop over the outcomes, or over their positions, copies each.
        let outcomes = outcomes.span
        for position in outcomes.indices { add(outcomes[position]) }
    }

    /// Adds one outcome.
    public mutating func add(_ outcome: Outcome) {
        let place = place(of: outcome)
        var record = RequestRecord(
            outcome,
            route: place.route,
            module: place.module,
            hasVolatileBody: place.hasVolatileBody,
            marker: knowledge.markerField.flatMap(outcome.keptField).flatMap(LoadMarker.init)
        )
        if place.isScript {
            record.label = TemperatureLabel(temperature: .script, evidence: .inferred)
        }
        records.append(record)
        slowest.add(outcome)
    }

    private mutating func place(of outcome: Outcome) -> Place {
        let target = outcome.target
        let key = RouteKey(method: outcome.method, target: target, rules)
        if let place = places[key] { return place }
        let route = Route(target: target)
        let name = rules.name(method: outcome.method, target: target, route: route)
        var module: Int32?
        if case .module(let name) = route.handler { module = modules.number(of: name) }
        var isScript = false
        if case .script = route.handler { isScript = true }
        let place = Place(
            route: routes.number(of: name),
            module: module,
            isScript: isScript,
            hasVolatileBody: route.hasVolatileBody
        )
        if places.count < RouteKey.rememberedLimit { places[key] = place }
        return place
    }

    /// Analyses everything that was added; `ending` is `nil` for a file without its end.
    public consuming func finish(ending: RunEnding?) -> RunAnalysis {
        info = info.completed(by: ending)
        records.sort { $0.index < $1.index }
        let account = knowledge.loads?.account(of: records)
        // Without names of requests in the run, a log says nothing of them.
        if account?.canBeJoined != true { knowledge.loads = nil }
        let membersOfRoutes = positions(count: routes.names.count) { $0.route }
        let membersOfModules = positions(count: modules.names.count, of: \.module)
        let temperatures = TemperatureAnalysis(
            labelling: &records,
            modules: modules.names,
            members: membersOfModules,
            knowledge: knowledge
        )
        let hasSchedule = info.hasSchedule
        var overall = GroupSummary(name: "all", records: records, hasSchedule: hasSchedule)
        overall.counts.addNeverPlanned(beyond: info.planned, isStopped: ending?.isPartial ?? true)
        let groups = zip(routes.names, membersOfRoutes).map { name, members in
            GroupSummary(
                name: name,
                records: SelectedRecords(records, at: members),
                hasSchedule: hasSchedule
            )
        }
        let routesByCount = groups.sorted {
            ($1.counts.total, $0.name) < ($0.counts.total, $1.name)
        }
        let lag = hasSchedule ? LagSummary(records) : nil
        let headline = overall.headline(hasSchedule: hasSchedule)
        return RunAnalysis(
            info: info,
            ending: ending,
            overall: overall,
            routes: routesByCount,
            lag: lag,
            fidelity: hasSchedule ? Fidelity(records, info: info, ending: ending) : nil,
            traffic: TrafficFidelity(
                overall: overall.counts,
                routes: routesByCount,
                ending: ending
            ),
            causalOrder: CausalOrder(ending),
            modules: temperatures.modules,
            cold: ColdEffect(
                records,
                modules: temperatures.modules,
                hasSchedule: hasSchedule,
                all: headline
            ),
            loads: account,
            agreement: temperatures.agreement,
            isCacheKnown: knowledge.cache.isKnown,
            listCount: knowledge.observations?.lists.count,
            tail: tail(beyond: headline[.p99]),
            windows: TimeWindows(records, hasSchedule: hasSchedule),
            recordedAnswers: zip(routes.names, membersOfRoutes).map { name, members in
                RecordedAnswers(route: name, SelectedRecords(records, at: members))
            }.sorted { $0.route < $1.route },
            recordedContents: nil,
            slowest: slowest.requests(records, routeNames: routes.names),
            validity: Validity(
                info: info,
                ending: ending,
                counts: overall.counts,
                lag: lag,
                latency: headline,
                contradictions: countContradictions()
            ),
            records: records,
            routeNames: routes.names,
            requestIDs: slowest.requestIDs
        )
    }

    /// The positions of the records by a number that each of them may have.
    private func positions(count: Int, of number: (RequestRecord) -> Int32?) -> [[Int]] {
        var members = [[Int]](repeating: [], count: count)
        for (position, record) in records.enumerated() {
            if let number = number(record) { members[Int(number)].append(position) }
        }
        return members
    }

    private func tail(beyond p99: LatencySummary.Value) -> RunAnalysis.Tail? {
        guard let limit = p99.nanoseconds else { return nil }
        let slowest = records.filter { record in
            let time = info.hasSchedule ? record.responseTime : record.serviceTime
            return record.ending == .succeeded && time.map { $0 > limit } ?? false
        }
        let loading = slowest.count { $0.temperature?.isLoading == true }
        return RunAnalysis.Tail(count: slowest.count, coldOrShadow: loading)
    }

    /// Counts outcomes that cannot be true: the same request twice, or times in the wrong order.
    private func countContradictions() -> Int {
        var count = 0
        var previous: UInt64?
        for record in records {
            let isRepeated = record.index == previous
            let isBackwards = record.serviceTime.map { $0 < 0 } ?? false
            let lacksEnd = record.isCompleted && record.serviceTime == nil
            if isRepeated || isBackwards || lacksEnd { count += 1 }
            previous = record.index
        }
        return count
    }
}

/// Names with numbers in the order in which they first came.
private struct NumberedNames {
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    mutating func number(of name: String) -> Int32 {
        if let number = numbers[name] { return number }
        let number = Int32(names.count)
        names.append(name)
        numbers[name] = number
        return number
    }
}
