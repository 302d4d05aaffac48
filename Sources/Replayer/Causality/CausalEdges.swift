/// A value that a response was the first to give, and that later requests carry.
struct CausalValue: Equatable, Sendable {
    /// The position in the trace of the exchange whose response gave it.
    var producer: UInt64
    /// Where in that response it stands.
    var place: ResponsePlace
    /// The recorded value.
    var bytes: [UInt8]
}

/// What is known of the order of cause and effect in a recording, in numbers.
public struct CausalOverview: Equatable, Sendable {
    /// How often a request of the plan carries a value that a response of the plan was the first
    /// to give.
    public internal(set) var edges: UInt64 = 0
    /// How many different values those are.
    public internal(set) var values: UInt64 = 0
    /// How often the response is no part of this replay: of another shard, or outside of the slice.
    public internal(set) var elsewhere: UInt64 = 0
    /// How many values of responses were forgotten, because there were too many to remember.
    public internal(set) var forgottenValues: UInt64 = 0
    /// How many edges are not followed, because there were too many to remember.
    public internal(set) var forgottenEdges: UInt64 = 0
    /// How many JSON bodies of responses are not in the trace, too long or damaged.
    public internal(set) var unreadBodies: UInt64 = 0
}

/// Which requests of a trace carry values of which earlier responses.
struct CausalEdges: Equatable, Sendable {
    /// The values that are carried.
    var values: [CausalValue] = []
    /// What else was found, for one time through the trace.
    var account = CausalOverview()

    /// For each edge, in ascending order, the request that carries the value.
    private var consumers: [UInt64] = []
    /// For each edge, the number of the value.
    private var numbers: [UInt32] = []
    /// The numbers of the values that each response gives.
    private var producers: [UInt64: [UInt32]] = [:]
    /// How many edges begin at each response.
    private var useCounts: [UInt64: Int] = [:]

    /// How many edges there are.
    var count: Int { consumers.count }

    /// Adds an edge; consumers come in order.
    mutating func append(value number: UInt32, consumer: UInt64) {
        consumers.append(consumer)
        numbers.append(number)
    }

    /// Completes the edges by what each response gives.
    mutating func setProducers(_ producers: [UInt64: [UInt32]]) {
        self.producers = producers
        for number in numbers { useCounts[values[Int(number)].producer, default: 0] += 1 }
    }

    /// The numbers of the values that a request carries.
    func numbers(ofConsumer index: UInt64) -> ArraySlice<UInt32> {
        var (start, end) = (0, consumers.count)
        while start < end {
            let middle = start + (end - start) / 2
            if consumers[middle] < index { start = middle + 1 } else { end = middle }
        }
        while end < consumers.count, consumers[end] == index { end += 1 }
        return numbers[start..<end]
    }

    /// The numbers of the values that a response gives, in a fixed order.
    func numbers(ofProducer index: UInt64) -> [UInt32] { producers[index] ?? [] }

    /// How often requests carry what a response gives.
    func useCount(ofProducer index: UInt64) -> Int { useCounts[index] ?? 0 }

    /// The edges of a replay that plays the trace so many times.
    func overview(copies: UInt64) -> CausalOverview {
        var overview = account
        overview.edges = UInt64(count) &* copies
        overview.values = UInt64(values.count)
        overview.elsewhere &*= copies
        overview.forgottenEdges &*= copies
        return overview
    }
}
