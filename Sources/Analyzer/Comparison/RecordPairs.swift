/// The records of two runs side by side, by ascending index; one side is `nil` where a run lacks it.
struct RecordPairs: Sequence, IteratorProtocol {
    private var first: ContiguousArray<RequestRecord>.SubSequence
    private var second: ContiguousArray<RequestRecord>.SubSequence

    init(_ baseline: RunAnalysis, _ candidate: RunAnalysis) {
        first = baseline.records[...]
        second = candidate.records[...]
    }

    mutating func next() -> (baseline: RequestRecord?, candidate: RequestRecord?)? {
        switch (first.first, second.first) {
        case (nil, nil): return nil
        case (let one?, let other?) where one.index == other.index:
            return (first.popFirst(), second.popFirst())
        case (let one?, let other):
            if let other, other.index < one.index { return (nil, second.popFirst()) }
            return (first.popFirst(), nil)
        case (nil, _?): return (nil, second.popFirst())
        }
    }
}
