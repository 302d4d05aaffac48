/// How the answers of one group differ between two runs.
public struct AnswerChanges: Equatable, Sendable {
    /// How many requests had whole answers in both runs.
    public private(set) var compared = 0
    /// How many had another status.
    public private(set) var otherStatus = 0
    /// How many had the same status and another body.
    public private(set) var otherBody = 0
    /// How many of these had a body of another size.
    public private(set) var otherSize = 0
    /// The first request with another status.
    public private(set) var statusExample: UInt64?
    /// The first request with another body; with a second run of the baseline, one that is no noise.
    public private(set) var bodyExample: UInt64?
    /// What a second run of the baseline says; `nil` without one.
    public private(set) var noise: Noise?

    /// Requests whose bodies a second run of the baseline says something of.
    ///
    /// If nothing changed, the candidate is one more run of the baseline, and it is as likely that it
    /// alone differs as that the second run alone does: an exact test (McNemar).
    public struct Noise: Equatable, Sendable {
        /// How many differ between the two runs of the baseline: noise.
        public internal(set) var varying = 0
        /// How many differ in the candidate alone.
        public internal(set) var candidateAlone = 0
        /// How many differ in the second run of the baseline alone.
        public internal(set) var baselineAlone = 0

        /// The exact two-sided probability of a split at least as uneven.
        public var probability: Double { mcNemarProbability(candidateAlone, baselineAlone) }
    }

    /// Whether bodies differ by more than noise: any without a second run, else p < 0.05.
    public var isBodyChange: Bool {
        guard let noise else { return otherBody > 0 }
        return noise.candidateAlone > noise.baselineAlone && noise.probability < 0.05
    }

    /// Whether there is anything to tell.
    public var isEmpty: Bool { otherStatus == 0 && otherBody == 0 }

    /// Adds a request; `twin` is its answer in a second run of the baseline.
    mutating func add(_ baseline: RequestRecord, _ candidate: RequestRecord, twin: Answer?) {
        guard let likeness = candidate.answer.likeness(to: baseline.answer) else { return }
        compared += 1
        let isNoise = addNoise(baseline.answer, likeness, twin)
        switch likeness {
        case .same: break
        case .otherStatus:
            otherStatus += 1
            statusExample = statusExample ?? baseline.index
        case .otherBody:
            otherBody += 1
            if baseline.answer.byteCount != candidate.answer.byteCount { otherSize += 1 }
            if !isNoise { bodyExample = bodyExample ?? baseline.index }
        }
    }

    /// Says whether two runs of the baseline differ here already.
    private mutating func addNoise(
        _ baseline: Answer,
        _ likeness: Answer.Likeness,
        _ twin: Answer?
    ) -> Bool {
        guard let twin, let before = twin.likeness(to: baseline) else { return false }
        var noise = noise ?? Noise()
        defer { self.noise = noise }
        switch (before == .otherBody, likeness == .otherBody) {
        case (false, true): noise.candidateAlone += 1
        case (true, false):
            noise.baselineAlone += 1
            noise.varying += 1
        case (true, true): noise.varying += 1
        case (false, false): break
        }
        return before == .otherBody
    }
}

/// The answers of a second run of the baseline, from which is learned what is noise.
public struct BaselineAnswers: Sendable {
    private let indices: ContiguousArray<UInt64>
    private let answers: ContiguousArray<Answer>

    /// Takes the answers of a run.
    public init(_ run: RunAnalysis) {
        indices = ContiguousArray(run.records.lazy.map(\.index))
        answers = ContiguousArray(run.records.lazy.map(\.answer))
    }

    /// The answer to the request of this index.
    subscript(index: UInt64) -> Answer? {
        var (low, high) = (0, indices.count)
        while low < high {
            let middle = low + (high - low) / 2
            if indices[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low < indices.count && indices[low] == index ? answers[low] : nil
    }
}

/// The answers of one route in two runs.
public struct RouteAnswers: Equatable, Sendable {
    /// The route, or `all`.
    public let route: String
    /// How they differ.
    public let changes: AnswerChanges
}
