/// What must have become of a module in memory, told from when its requests were sent and answered,
/// and from how the server keeps modules: the first layer of docs/measurement.md.
struct LoadModel {
    /// What the model says of one request.
    enum Finding: Equatable {
        /// It did not get as far as the module.
        case untouched
        /// It was answered 429 during a load.
        case refused
        /// The module was not in memory.
        case load(LabelEvidence)
        /// It was sent before the first answer of that load had ended.
        case shadow(LabelEvidence)
        /// The module was in memory.
        case resident(LabelEvidence)
        /// The module may have been thrown out, or loaded by a script.
        case open
    }

    /// One finding for each request, in the same order.
    private(set) var findings: [Finding] = []

    private let cache: ModuleCache
    private var lastUse: Int64?
    /// The greatest end of a use so far.
    private var lastEnd = Int64.min
    /// The last list of loaded modules that was there when the request left.
    private var sighting: ModuleObservations.Sighting?
    private var loadEnd = Int64.min
    private var loadEvidence = LabelEvidence.assumed

    /// Follows one module through a run.
    ///
    /// - Parameters:
    ///   - requests: The module's requests in order of sending; those that were never sent may stand
    ///     anywhere.
    ///   - cache: How the server keeps modules.
    ///   - sightings: When the module was seen in memory and when not, in order of time.
    ///   - overflow: When something may have been thrown out for the first time; `nil` for never.
    ///   - script: When the first script was asked for; `nil` for never.
    init(
        _ requests: [RequestRecord],
        cache: ModuleCache,
        sightings: [ModuleObservations.Sighting] = [],
        overflow: Int64?,
        firstScript script: Int64?
    ) {
        self.cache = cache
        let answers = Self.firstAnswers(requests)
        findings.reserveCapacity(requests.count)
        var ahead = sightings[...]
        for (position, request) in requests.enumerated() {
            guard request.reachedTarget, let sent = request.sent else {
                findings.append(.untouched)
                continue
            }
            guard !request.isRefusal else {
                let isDuringLoad = request.status == 429 && sent < loadEnd
                findings.append(isDuringLoad ? .refused : .untouched)
                continue
            }
            while let next = ahead.first, next.end <= sent { sighting = ahead.popFirst() }
            let finding = finding(
                at: sent,
                mayBeThrownOut: overflow.map { $0 < sent } ?? false,
                followsScript: script.map { $0 < sent } ?? false
            )
            if case .load(let evidence) = finding {
                loadEnd = answers[position]
                // That a request came beside a load follows from their times.
                loadEvidence = evidence == .observed ? .inferred : evidence
            }
            findings.append(finding)
            lastUse = max(lastUse ?? .min, sent)
            lastEnd = max(lastEnd, request.end ?? .max)
        }
    }

    private func finding(at sent: Int64, mayBeThrownOut: Bool, followsScript: Bool) -> Finding {
        guard let lastUse else {
            guard let sighting else { return .load(.assumed) }
            if sighting.isLoaded { return .resident(.observed) }
            return .load(followsScript ? .assumed : .observed)
        }
        if sent < loadEnd { return .shadow(loadEvidence) }
        // Seen after its last use had ended, the module was gone.
        if let sighting, !sighting.isLoaded, sighting.sent > lastEnd {
            return .load(followsScript ? .inferred : .observed)
        }
        if sent &- lastUse > cache.idleLimit { return followsScript ? .open : .load(.inferred) }
        if mayBeThrownOut { return .open }
        if sighting?.isLoaded == true { return .resident(.observed) }
        return .resident(cache.isKnown ? .inferred : .assumed)
    }

    /// For each position the end of the first answer to it or to a later request.
    ///
    /// A refusal is no answer of the module, and a request that was given up has none.
    private static func firstAnswers(_ requests: [RequestRecord]) -> [Int64] {
        var answers = [Int64](repeating: .max, count: requests.count)
        var first = Int64.max
        for (position, request) in requests.enumerated().reversed() {
            if request.reachedTarget, !request.isRefusal, !request.isCensored,
                let end = request.end
            {
                first = min(first, end)
            }
            answers[position] = first
        }
        return answers
    }
}
