import DequeModule

/// Who gave each of a limited number of values first; the ones that were not asked for since
/// longest are forgotten.
struct FirstSeenValues {
    /// Who gave a value.
    enum Source: Equatable {
        /// A client: it was in a request before it was in a response.
        case client
        /// The response to this exchange.
        case response(Producer)
    }

    /// A response that gave a value.
    struct Producer: Equatable {
        /// Its exchange's position in the trace.
        var exchange: UInt64
        /// When it had ended, in recorded time.
        var end: Int64
        /// Where in it the value stands.
        var place: ResponsePlace
        /// Whether it is part of this replay.
        var isPlayed: Bool
    }

    private struct Entry {
        var source: Source
        var wasAskedFor = false
    }

    private let limit: Int
    private var entries: [[UInt8]: Entry] = [:]
    private var order: Deque<[UInt8]> = []
    /// How many values of responses were forgotten.
    private(set) var forgottenCount: UInt64 = 0

    /// Remembers at most `limit` values.
    init(limit: Int) {
        self.limit = limit
    }

    /// The source of a value, if it is known.
    mutating func source(of value: [UInt8]) -> Source? {
        guard let place = entries.index(forKey: value) else { return nil }
        entries.values[place].wasAskedFor = true
        return entries.values[place].source
    }

    /// Sets who gave a value.
    mutating func set(_ value: [UInt8], _ source: Source) {
        guard entries.updateValue(Entry(source: source), forKey: value) == nil else { return }
        order.append(value)
        if order.count > limit { forgetOne() }
    }

    private mutating func forgetOne() {
        while let oldest = order.popFirst() {
            if entries[oldest]?.wasAskedFor == true {
                entries[oldest]?.wasAskedFor = false
                order.append(oldest)
                continue
            }
            if case .response = entries.removeValue(forKey: oldest)?.source { forgottenCount += 1 }
            return
        }
    }
}
