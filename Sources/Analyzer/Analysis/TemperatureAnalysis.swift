/// Labels the requests of a run, module by module.
struct TemperatureAnalysis {
    /// What loading did, by module in order of name.
    private(set) var modules: [ModuleTemperature] = []
    /// How the labels would have agreed with the server's log without it; `nil` without a log.
    private(set) var agreement: ServerLoads.Agreement?

    private let knowledge: ServerKnowledge

    /// Labels records.
    ///
    /// - Parameters:
    ///   - records: All requests of the run by ascending index.
    ///   - names: The modules that the records' numbers stand for.
    ///   - members: The positions of each module's records.
    ///   - knowledge: What is known of the server.
    init(
        labelling records: inout ContiguousArray<RequestRecord>,
        modules names: [String],
        members: [[Int]],
        knowledge: ServerKnowledge
    ) {
        self.knowledge = knowledge
        let orders = members.map { Self.orderOfSending($0, in: records) }
        let firstScript = records.lazy.filter { $0.temperature == .script }
            .compactMap(\.sent).min()
        let uses = zip(names, orders).compactMap { name, order in
            order.first.flatMap { records[$0].sent }.map { (module: name, time: $0) }
        }
        let overflow = knowledge.cache.overflow(firstUses: uses, firstScript: firstScript)
        if knowledge.loads != nil { agreement = ServerLoads.Agreement() }
        for (name, order) in zip(names, orders) {
            var requests = order.map { records[$0] }
            let model = LoadModel(
                requests,
                cache: knowledge.cache,
                sightings: knowledge.observations?.sightings(of: name) ?? [],
                overflow: overflow,
                firstScript: firstScript
            )
            for (number, label) in labels(of: requests, by: model).enumerated() {
                requests[number].label = label
                records[order[number]].label = label
            }
            modules.append(ModuleTemperature(module: name, requests))
        }
        modules.sort { $0.module < $1.module }
    }

    private mutating func labels(
        of requests: [RequestRecord],
        by model: LoadModel
    ) -> [TemperatureLabel] {
        let told = TemperatureLabels(requests, findings: model.findings, knowledge: knowledge)
            .labels
        guard let loads = knowledge.loads else { return told }
        for (request, label) in zip(requests, told) {
            agreement?.add(
                isLabelled: label.temperature.isLoading,
                isObserved: loads.contains(request)
            )
        }
        return TemperatureLabels(requests, loads: loads, knowledge: knowledge).labels
    }

    private static func orderOfSending(
        _ members: [Int],
        in records: ContiguousArray<RequestRecord>
    ) -> [Int] {
        members.sorted { first, second in
            let sent = (records[first].sent ?? .max, records[second].sent ?? .max)
            return sent.0 == sent.1 ? first < second : sent.0 < sent.1
        }
    }
}
